"""The time of day within a rule text: 16:00, 16時30分, 24時, 下午4時, and 下班, when the office closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from alertd.core.text_error import TextError
from alertd.core.timing import Clock, Closing, PeriodDay, TimeUnit
from alertd.core.words import Token, TokenReader

_HOURS, _MINUTES = 24, 60
_NOON = 12
_NONE = _HOURS + 1
_MARKS = ("clock-mark", ":")
_LEADS = ("at", "by", ",")
_HALVES = ("morning", "noon", "afternoon")


def names_time(reader: TokenReader, ahead: int = 0) -> bool:
    """Whether the text goes on with a time, a word such as "at" before it or not."""
    token, behind = reader.peek(ahead), reader.peek(ahead + 1)
    if token is None:
        return False
    if token.kind in _LEADS:
        return names_time(reader, ahead + 1)
    if token.kind in ("closing", *_HALVES):
        return True
    return token.kind == "number" and behind is not None and behind.kind in _MARKS


def read_time(reader: TokenReader, days: Sequence[PeriodDay] = ()) -> Clock | None:
    """The time of the last day, if the text goes on with one; None also for 24:00, which is its end.

    Raises:
        TextError: there is no such time, or it could be that of any of several `days`.
    """
    if not names_time(reader):
        return None
    while reader.take(*_LEADS):
        pass
    start = reader.peek()
    found = _read_clock(reader)
    if len(days) > 1 and start is not None:
        raise TextError("time-of-several", {"found": _from(reader, start)}, start.position)
    return found


def read_times(reader: TokenReader) -> tuple[Clock | None, ...]:
    """The times of a day, one or several in their order: 8時和17時, 09:00 and close of business.

    Raises:
        TextError: there is none, or they are not in their order.
    """
    if not names_time(reader):
        reader.take("by", "at")
        reader.fail("time")
    found = [read_time(reader)]
    while _goes_on(reader):
        reader.take(",", "and")
        start = reader.peek()
        at = read_time(reader)
        if start is not None and not _ascend(found[-1], at):
            raise TextError("times-order", {"found": _from(reader, start)}, start.position)
        found.append(at)
    return tuple(found)


def _goes_on(reader: TokenReader) -> bool:
    separator = reader.peek()
    return separator is not None and separator.kind in (",", "and") and names_time(reader, 1)


def _ascend(one: Clock | None, other: Clock | None) -> bool:
    """Whether the other is later; when the office closes is its own business, so that comes last."""
    if one is None or isinstance(one, Closing):
        return False
    return not isinstance(other, time) or one < other


def _read_clock(reader: TokenReader) -> Clock | None:
    if reader.take("closing"):
        return Closing.OFFICE
    half = reader.take(*_HALVES)
    hour = reader.need("number", "time")
    mark = reader.take(*_MARKS) or reader.fail("time")
    unit = reader.peek(1)
    minute = None
    if mark.kind == ":":
        minute = reader.need("number", "time")
    elif unit is not None and unit.unit is TimeUnit.MINUTE:
        minute = reader.take("number")
        reader.take("unit")
    hours = _of_day(half, hour.number)
    minutes = hours * _MINUTES + (minute.number if minute else 0)
    # nought o'clock is the end of the day before to some, and of the day itself to others
    if (minute is not None and minute.number >= _MINUTES) or not 0 < minutes <= _HOURS * _MINUTES:
        start = half or hour
        raise TextError("no-such-time", {"found": _from(reader, start)}, start.position)
    return None if minutes == _HOURS * _MINUTES else time(*divmod(minutes, _MINUTES))


def _of_day(half: Token | None, hour: int) -> int:
    """下午4時 and 下午16時 are one; there is no 上午16時, and 下午12時 may be noon or midnight."""
    if half is None:
        return hour
    if half.kind == "noon":
        return hour if hour == _NOON else _NONE
    if half.kind == "morning":
        return hour if hour < _NOON else _NONE
    if hour in (0, _NOON) or hour >= _HOURS:
        return _NONE
    return hour + _NOON if hour < _NOON else hour


def _from(reader: TokenReader, start: Token) -> str:
    """The text from a token to where the reader stands."""
    behind = reader.peek()
    return reader.text[start.position : behind.position if behind else None].strip()
