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
    "read_half",
    "read_more",
    "read_unit",
]

#: the largest amount of a unit; keeps every computed date inside the calendar
LARGEST = {TimeUnit.MONTH: 1200, TimeUnit.YEAR: 100}
_LARGEST = 9999
#: what half a unit is; of others a half is not said
HALVES = {
    TimeUnit.YEAR: Duration(6, TimeUnit.MONTH),
    TimeUnit.MONTH: Duration(15, TimeUnit.DAY),
    TimeUnit.HOUR: Duration(30, TimeUnit.MINUTE),
}
#: how many of a smaller unit a larger one has, wherever it lies in the calendar
_SMALLER = {
    (TimeUnit.HOUR, TimeUnit.MINUTE): 60,
    (TimeUnit.YEAR, TimeUnit.MONTH): 12,
    (TimeUnit.WEEK, TimeUnit.DAY): 7,
}


def parse_duration(text: str) -> Duration:
    """Read a length of time: "10m", "2 hours", "3 working days", "2 wd", "5個工作日", "三個月".

    Numbers go up to 9999 (1200 months, 100 years), in Chinese numerals too. What has two units is one length:
    1小時30分鐘 is 90 minutes.

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
    """Take a number and a unit from the reader, or two that make one length; half a year, half an hour."""
    if (half := read_half(reader)) is not None:
        return half
    amount = reader.need("number", "duration")
    return read_more(reader, read_amount(amount, read_unit(reader, amount)))


def read_half(reader: TokenReader) -> Duration | None:
    """半年, 半個月 (15 days), 半小時, if the text goes on with one."""
    half, behind = reader.peek(), reader.peek(1)
    if half is None or half.kind != "half":
        return None
    if behind is not None and behind.kind == "month-mark":  # 半月 is 半個月
        reader.take("half")
        reader.take("month-mark")
        return HALVES[TimeUnit.MONTH]
    reader.take("half")
    length = HALVES.get(behind.unit) if behind is not None and behind.unit is not None else None
    if length is None:
        reader.fail("half")
    reader.take("unit")
    return length


def read_more(reader: TokenReader, length: Duration, mixed: bool = False) -> Duration:
    """The length with a second, smaller unit behind it, if one is there: 1小時30分鐘, 2 weeks 3 days.

    Days beyond months are read only where they are `mixed`: 1個月15日.
    """
    amount, unit = reader.peek(), reader.peek(1)
    if amount is None or amount.kind != "number" or unit is None or unit.unit is None:
        return length
    times = _SMALLER.get((length.unit, unit.unit))
    days_beyond = mixed and length.unit in (TimeUnit.MONTH, TimeUnit.YEAR) and unit.unit is TimeUnit.DAY
    if times is None and not days_beyond:
        return length
    reader.take("number")
    reader.take("unit")
    more = read_amount(amount, unit.unit)
    if times is None:
        return Duration(length.amount, length.unit, more.amount)
    whole = length.amount * times + more.amount
    if whole > (limit := LARGEST.get(unit.unit, _LARGEST)):
        raise TextError("too-large", {"found": str(whole), "limit": str(limit)}, amount.position)
    return Duration(whole, unit.unit)


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
