"""Rule texts that say how long after a start something is due, or before: 5小時, 次日12時前.

"5 hours", "at least 30 days", "3 working days before", "2 working days at 16:00", "the same day at 18:00".
"""

from __future__ import annotations

from alertd.core.durations import read_amount, read_half, read_more, read_unit
from alertd.core.rule_times import names_time, read_time
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Rule, RuleKind, TimeUnit
from alertd.core.words import Token, TokenReader

#: 立即
AT_ONCE = Rule("", RuleKind.ELAPSED, maximum=Duration(0, TimeUnit.MINUTE))
_NAMED_DAYS = {"same-day": Duration(0, TimeUnit.DAY), "next-day": Duration(1, TimeUnit.DAY)}
_FIRST = ("more-than", "less-than", "at-least", "at-most", "within", "ahead", "number", "half", *_NAMED_DAYS)


def names_length(reader: TokenReader) -> bool:
    """Whether the text goes on with a length of time, or a day named by the start."""
    first = reader.peek()
    assert first is not None
    return first.kind in _FIRST or (names_time(reader) and bool(reader.all_of(*_NAMED_DAYS)))


def read_length(reader: TokenReader) -> Rule:
    """Read such a rule, up to what may follow it. Raises TextError."""
    first, behind = reader.peek(), reader.peek(1)
    if first is not None and first.kind == "within" and behind is not None and behind.kind in _NAMED_DAYS:
        reader.take("within")
        return _read_named_day(reader)
    if first is not None and first.kind in _NAMED_DAYS:
        return _read_named_day(reader)
    return _read_time_first(reader) if names_time(reader) else _read_elapsed(reader)


def _read_elapsed(reader: TokenReader) -> Rule:
    strict = reader.take("more-than", "less-than")
    ahead = reader.take("ahead")
    bound = reader.take("at-least", "at-most", "within")
    ahead = ahead or (reader.take("ahead") if bound is not None and bound.kind == "at-least" else None)
    start = reader.peek()
    if (duration := read_half(reader)) is None:
        amount = reader.need("number", "duration")
        token = reader.peek()
        if token is not None and token.kind in ("to", "-") and bound is None and ahead is None:
            return _read_window(reader, amount)
        if bound is not None and bound.kind == "at-least" and _is_window(reader):
            return _read_window(reader, amount)
        duration = read_amount(amount, _read_unit_or_month(reader, amount))
        duration = read_more(reader, duration, mixed=True)
    assert start is not None
    _refuse_strict(reader, strict or reader.take("beyond"), duration)
    if reader.take("or-more"):
        return _read_window_down(reader, start, duration)
    reader.take("or-less")
    token = reader.peek()
    if token is not None and token.kind in ("to", "-") and bound is None and ahead is None:
        return _read_window(reader, start, duration)
    bound = reader.take("within") or bound
    clock = reader.peek()
    at = read_time(reader)
    if clock is not None and reader.peek() is not clock:
        _check_time(reader, clock, duration, bound or ahead)
        reader.take("before")
        return Rule("", RuleKind.ELAPSED, maximum=duration, at=at, before=ahead is not None)
    if reader.take("before") or ahead is not None:
        if bound is not None and bound.kind != "at-least":
            raise _no_last_day(reader, bound)
        return Rule("", RuleKind.ELAPSED, maximum=duration, at=read_time(reader), before=True)
    if bound is None or bound.kind != "at-least":
        return Rule("", RuleKind.ELAPSED, maximum=duration)
    if _is_window(reader):
        return _read_window(reader, start, duration)
    return Rule("", RuleKind.ELAPSED, minimum=duration)


def _refuse_strict(reader: TokenReader, strict: Token | None, length: Duration) -> None:
    """超過, 不滿 and 以外 leave the number itself out, 以上, 以下 and 以內 do not (Civil Code art. 1259)."""
    if strict is None:
        return
    more = strict.kind != "less-than"
    whole = length.unit in (TimeUnit.DAY, TimeUnit.WORKING_DAY)
    amount = length.amount + (whole if more else -whole)
    unit = reader.all_of("unit")[0].text if reader.all_of("unit") else ""
    if reader.text.isascii():
        hint = f"{'at least' if more else 'at most'} {amount} {unit}"
    else:
        hint = f"{'不少於' if more else '不超過'}{amount}{unit}"
    raise TextError("strict-bound", {"found": strict.text}, strict.position, hint if amount else "")


def _read_window_down(reader: TokenReader, low: Token, minimum: Duration) -> Rule:
    """5日以上, and 5日以上15日以下, which is 5至15日."""
    reader.take("and", ",")
    high = reader.peek()
    if high is None or high.kind not in ("number", "half"):
        return Rule("", RuleKind.ELAPSED, minimum=minimum)
    rule = _read_window(reader, low, minimum)
    reader.take("or-less")
    return rule


def _check_time(reader: TokenReader, clock: Token, duration: Duration, lead: Token | None) -> None:
    """A time of day needs a last day, and 15日12時前 may be by the 15th."""
    if duration.unit.exact or (lead is not None and lead.kind == "at-least"):
        raise TextError("time-needs-last-day", {"found": clock.text}, clock.position)
    if lead is None and duration.unit is TimeUnit.DAY and not reader.text.isascii():
        start, rest = reader.text[: clock.position].strip(), reader.text[clock.position :].strip()
        raise TextError("day-name", {"found": start}, 0, f"{start}內{rest}")


def _read_named_day(reader: TokenReader) -> Rule:
    """次日12時前, and 次日內, which is 1日內; 當日, 當日18時前, 當天下班前."""
    day = reader.take(*_NAMED_DAYS) or reader.fail("rule")
    timed = names_time(reader)
    at = read_time(reader)
    if reader.take("within", "before") is None and not timed and day.kind == "next-day":
        reader.fail("time")
    return Rule("", RuleKind.ELAPSED, maximum=_NAMED_DAYS[day.kind], at=at)


def _read_time_first(reader: TokenReader) -> Rule:
    """ "By 18:00 the same day", "close of business the next day"."""
    at = read_time(reader)
    reader.take(",")
    day = reader.take(*_NAMED_DAYS) or reader.fail("end")
    return Rule("", RuleKind.ELAPSED, maximum=_NAMED_DAYS[day.kind], at=at)


def length_written(reader: TokenReader) -> str:
    """The length of time in the text, as written."""
    amount, unit = reader.all_of("number", "half")[0], reader.all_of("unit", "month-mark")[-1]
    return reader.text[amount.position : unit.position + len(unit.text)]


def _no_last_day(reader: TokenReader, bound: Token) -> TextError:
    """ "At most 5 days before" says how early something may be, and not by when it must."""
    length = length_written(reader)
    hint = f"{length} before" if length.isascii() else f"提前{length}"
    return TextError("early-only", {"found": bound.text}, bound.position, hint)


def _is_window(reader: TokenReader) -> bool:
    """Whether the other end follows: "at least 5 and at most 15 working days"."""
    token, behind = reader.peek(), reader.peek(1)
    if token is None or (behind is not None and behind.kind == "at-latest"):
        return False
    return token.kind in ("and", ",", "at-most")


def _read_window(reader: TokenReader, low: Token, minimum: Duration | None = None) -> Rule:
    reader.take("to", "-")
    while reader.take("and", ",", "at-most"):
        pass
    high = reader.peek()
    if (maximum := read_half(reader)) is None:
        amount = reader.need("number", "duration")
        maximum = read_more(reader, read_amount(amount, read_unit(reader, amount)), mixed=True)
    assert high is not None
    reader.take("within")
    if minimum is None:
        minimum = read_amount(low, maximum.unit)
    if minimum.unit is not maximum.unit:
        units = {"first": minimum.unit.value, "second": maximum.unit.value}
        raise TextError("units-differ", units, high.position)
    if (minimum.amount, minimum.more) >= (maximum.amount, maximum.more):
        numbers = {"minimum": str(minimum.amount), "maximum": str(maximum.amount)}
        raise TextError("window-empty", numbers, low.position)
    return Rule("", RuleKind.ELAPSED, minimum=minimum, maximum=maximum)


def _read_unit_or_month(reader: TokenReader, amount: Token) -> TimeUnit:
    """A unit; "12月30日前" without 每年 is told apart, and gets its own hint."""
    mark, day = reader.peek(), reader.peek(1)
    if (
        mark is not None
        and mark.kind == "month-mark"
        and day is not None
        and day.kind in ("number", "last-day", "to")
    ):
        hint = f"每年{reader.text.strip().removesuffix('前')}前"
        raise TextError("month-name", {"found": amount.text + mark.text}, amount.position, hint)
    return read_unit(reader, amount)
