"""When a step of a policy is reached: "due - 3 working days", "start + 2 hours", "last-workday", "50%"."""

from __future__ import annotations

from alertd.core.durations import read_duration
from alertd.core.model import Anchor, StepTime
from alertd.core.text_error import TextError
from alertd.core.words import Reader, Token

__all__ = ["TextError", "parse_share", "parse_step_time"]

_ANCHORS = tuple(anchor.value for anchor in Anchor if anchor is not Anchor.PERCENT)


def parse_step_time(text: str) -> StepTime:
    """Read `ANCHOR [+|- DURATION]` or `N%`; the anchors are those of `model.Anchor`.

    Raises:
        TextError: with the place and what was expected.
    """
    reader = Reader(text, "anchor")
    if number := reader.take("number"):
        percent = _read_percent(reader, number)
        reader.finish()
        return StepTime(text.strip(), Anchor.PERCENT, percent=percent)
    token = reader.take(*_ANCHORS) or reader.fail("anchor")
    anchor = Anchor(token.kind)
    sign = reader.take("+", "-")
    if sign is None:
        reader.finish("sign")
        return StepTime(text.strip(), anchor)
    offset = read_duration(reader)
    reader.finish()
    return StepTime(text.strip(), anchor, offset, before=sign.kind == "-")


def parse_share(text: str) -> int:
    """Read a percentage from 0% to 100%; returns the whole number of hundredths.

    Raises:
        TextError: with the place and what was expected.
    """
    reader = Reader(text, "percent")
    percent = _read_percent(reader, reader.need("number", "percent"))
    reader.finish()
    return percent


def _read_percent(reader: Reader, number: Token) -> int:
    reader.need("%", "percent")
    if number.number > 100:
        raise TextError("percent-range", {"found": f"{number.text}%"}, number.position)
    return number.number
