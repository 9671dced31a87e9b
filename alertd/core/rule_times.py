"""The time of day within a rule text: 16:00, 16時, 16時30分, 24時."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from alertd.core.text_error import TextError
from alertd.core.timing import PeriodDay, TimeUnit
from alertd.core.words import TokenReader

_HOURS, _MINUTES = 24, 60


def read_time(reader: TokenReader, days: Sequence[PeriodDay] = ()) -> time | None:
    """The time of the last day, if the text goes on with one; None also for 24:00, which is its end.

    Raises:
        TextError: there is no such time, or it could be that of any of several `days`.
    """
    named = reader.peek(1 if _is_lead(reader) else 0)
    mark = reader.peek(2 if _is_lead(reader) else 1)
    if named is None or named.kind != "number" or mark is None or mark.kind not in ("clock-mark", ":"):
        return None
    reader.take("at", "by", ",")
    hour = reader.need("number", "time")
    reader.take("clock-mark", ":")
    minute = reader.take("number")
    if minute is None and mark.kind == ":":
        reader.fail("time")
    unit = reader.peek()
    if minute is not None and mark.kind != ":":
        if unit is None or unit.unit is not TimeUnit.MINUTE:
            reader.fail("time")
        reader.take("unit")
    if len(days) > 1:
        raise TextError("time-of-several", {"found": hour.text + mark.text}, hour.position)
    minutes = hour.number * _MINUTES + (minute.number if minute else 0)
    # nought o'clock is the end of the day before to some, and of the day itself to others
    if (minute is not None and minute.number >= _MINUTES) or not 0 < minutes <= _HOURS * _MINUTES:
        raise TextError("no-such-time", {"found": hour.text + mark.text}, hour.position)
    if minutes == _HOURS * _MINUTES:
        return None
    return time(*divmod(minutes, _MINUTES))


def _is_lead(reader: TokenReader) -> bool:
    token = reader.peek()
    return token is not None and token.kind in ("at", "by", ",")
