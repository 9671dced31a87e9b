"""Lengths of time and repeats as admins write them."""

from __future__ import annotations

from alertd.core.model import Repeat
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, TimeUnit
from alertd.core.words import Token, TokenReader

__all__ = [
    "LARGEST",
    "TextError",
    "parse_duration",
    "parse_repeat",
    "read_amount",
    "read_duration",
    "read_unit",
]

#: the largest amount of a unit; keeps every computed date inside the calendar
LARGEST = {TimeUnit.MONTH: 1200, TimeUnit.YEAR: 100}
_LARGEST = 9999


def parse_duration(text: str) -> Duration:
    """Read a length of time: "10m", "2 hours", "3 working days", "2 wd", "5個工作日", "三個月".

    Chinese numerals are read up to 99, other digits up to 9999 (1200 months, 100 years).

    Raises:
        TextError: with the place and what was expected.
    """
    reader = TokenReader(text, "duration")
    duration = read_duration(reader)
    reader.finish()
    return duration


def parse_repeat(text: str) -> Repeat:
    """Read a repeat: "every 10 minutes until acknowledged, at most 6", also "每10分鐘直至簽收,至多6次".

    The cap is required: nothing may speak for ever.

    Raises:
        TextError: with the place and what was expected.
    """
    reader = TokenReader(text, "repeat")
    reader.need("every", "repeat")
    every = read_duration(reader)
    reader.take(",")
    reader.need("until-acknowledged", "repeat")
    reader.take(",")
    if reader.peek() is None:
        raise TextError("cap-missing", {}, len(text), f"{text.rstrip()}, at most 6")
    reader.need("at-most", "repeat")
    cap = reader.need("number", "amount")
    check_amount(cap, _LARGEST)
    reader.take("times")
    reader.finish()
    return Repeat(every, cap.number)


def read_duration(reader: TokenReader) -> Duration:
    """Take a number and a unit from the reader."""
    amount = reader.need("number", "duration")
    return read_amount(amount, read_unit(reader, amount))


def read_unit(reader: TokenReader, amount: Token) -> TimeUnit:
    """Take a unit; a Chinese month name (3月) after the amount is told apart from three months (3個月)."""
    token = reader.peek()
    if token is not None and token.kind == "month-mark":
        raise TextError(
            "month-name", {"found": amount.text + token.text}, amount.position, f"{amount.text}個月"
        )
    if token is not None and token.kind == "day-mark":
        raise TextError(
            "day-name", {"found": amount.text + token.text}, amount.position, f"每月{amount.text}日前"
        )
    unit = reader.need("unit", "unit").unit
    assert unit is not None
    return unit


def read_amount(amount: Token, unit: TimeUnit) -> Duration:
    """The duration of a number token, if the number is one the calendar can hold."""
    check_amount(amount, LARGEST.get(unit, _LARGEST))
    return Duration(amount.number, unit)


def check_amount(amount: Token, limit: int) -> None:
    """Refuse zero and what is larger than the limit."""
    if amount.number == 0:
        raise TextError("zero", {"found": amount.text}, amount.position)
    if amount.number > limit:
        raise TextError("too-large", {"found": amount.text, "limit": str(limit)}, amount.position)
