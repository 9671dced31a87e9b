"""Rule texts: what an obligation's `rule` says and what `alertd when` takes.

Kinds: so long after a start ("5 hours", "5 to 15 working days", "at least 30 days", "3 working days
before"), days of each period or of one year (`rule_dates`), the date the event itself states ("as stated"),
again and again while a case is open ("every 12 hours while open"), and as long as it is ("while the case is
open"). A rolling of the last day may follow the first three ("roll forward"). The same in Chinese:
"5至15個工作日", "不少於30天",
"每12小時一次，直至結案", "案件辦理期間".
"""

from __future__ import annotations

from dataclasses import replace

from alertd.core.durations import read_amount, read_duration, read_half, read_more, read_unit
from alertd.core.limits import limits_after
from alertd.core.rule_dates import names_days, read_days
from alertd.core.rule_times import read_time
from alertd.core.text_error import TextError
from alertd.core.timing import THIS_YEAR, Duration, Roll, Rule, RuleKind, TimeUnit
from alertd.core.words import Token, TokenReader, scan

__all__ = ["TextError", "in_year", "limits_after", "parse_rule"]

_TURNS = {
    "yearly": Duration(1, TimeUnit.YEAR),
    "half-yearly": Duration(6, TimeUnit.MONTH),
    "quarterly": Duration(3, TimeUnit.MONTH),
    "monthly": Duration(1, TimeUnit.MONTH),
    "weekly": Duration(1, TimeUnit.WEEK),
    "daily": Duration(1, TimeUnit.DAY),
    "working-daily": Duration(1, TimeUnit.WORKING_DAY),
}


def parse_rule(text: str) -> Rule:
    """Read a rule, in English or Chinese, in any case and spacing.

    Raises:
        TextError: with the place and what was expected; its hint, if it has one, is a rule.
    """
    try:
        return _read(text)
    except TextError as error:
        if error.hint and not _is_rule(error.hint):
            raise TextError(error.code, error.values, error.position) from None
        raise


def _is_rule(text: str) -> bool:
    try:
        _read(text)
    except TextError:
        return False
    return True


def _read(text: str) -> Rule:
    reader = TokenReader(text, "rule")
    rule = replace(_read_body(reader), text=text.strip())
    if rule.kind not in (RuleKind.RECURRING, RuleKind.WHILE_OPEN):  # turns keep their rhythm
        rule = _with_roll(reader, rule)
    reader.finish()
    return rule


def in_year(rule: Rule, year: int) -> Rule:
    """The rule with the year of its plan for 今年; one that speaks of no such year as it is.

    Raises:
        TextError: the date is not in that year.
    """
    if rule.year != THIS_YEAR:
        return rule
    token = next(token for token in scan(rule.text) if token.kind == "this-year")
    end = token.position + len(token.text)
    return parse_rule(f"{rule.text[: token.position]}{year}年{rule.text[end:]}")


def _read_body(reader: TokenReader) -> Rule:
    first = reader.peek()
    assert first is not None
    if first.kind == "twofold":
        raise TextError("twofold", {"found": first.text}, first.position)
    if first.kind in _TURNS and _recurs(reader):
        return _read_recurring(reader)
    if names_days(reader):
        return read_days(reader)
    if reader.take("stated"):
        at = read_time(reader)
        reader.take("before")
        return Rule("", RuleKind.STATED, at=at)
    if first.kind == "next-day":
        return _read_next_day(reader)
    if reader.take("while-open"):
        return Rule("", RuleKind.WHILE_OPEN)
    if first.kind == "every":
        return _read_recurring(reader)
    if first.kind in ("at-least", "at-most", "within", "ahead", "number", "half"):
        return _read_elapsed(reader)
    if first.kind in ("by", "last-day"):
        values = {"found": first.text, "expected": "period"}
        raise TextError("unexpected", values, first.position, f"yearly {reader.text.strip()}")
    return reader.fail("rule")


def _with_roll(reader: TokenReader, rule: Rule) -> Rule:
    rests = False
    while mark := reader.take(",", "filler"):
        rests |= mark.kind == "filler"
    token = reader.take("forward", "back", "ahead")
    if token is None:
        return reader.fail("roll") if rests else rule
    if token.kind == "ahead" and rule.kind is RuleKind.ELAPSED and not rests:
        # 15日提前 is no rolling by itself: it is how 提前15日 is said, too
        hint = f"提前{_length(reader)}" if rule.minimum is None else ""
        raise TextError("ahead-behind", {"found": token.text}, token.position, hint)
    if rule.kind is RuleKind.ELAPSED and (rule.maximum is None or rule.by_the_hour):
        raise TextError("roll-needs-last-day", {"found": token.text}, token.position)
    return replace(rule, roll=Roll.FORWARD if token.kind == "forward" else Roll.BACK)


# ---------------------------------------------------------------- again and again while a case is open


def _recurs(reader: TokenReader) -> bool:
    """Whether a word such as "every month" is a turn's length and no calendar period: 每月一次，直至結案."""
    following = [token.kind for token in map(reader.peek, (1, 2)) if token is not None]
    return "while-open" in following or "times" in following


def _read_recurring(reader: TokenReader) -> Rule:
    """ "every 12 hours while open", 每12小時一次，直至結案; a number of one may be left out: 每個工作日."""
    named = reader.take(*_TURNS)
    every = _TURNS[named.kind] if named else _read_turn(reader)
    after = reader.peek(1)
    if after is not None and after.kind == "times":
        reader.take("number")
    while reader.take("times", ","):
        pass
    reader.need("while-open", "while-open")
    return Rule("", RuleKind.RECURRING, maximum=every)


def _read_turn(reader: TokenReader) -> Duration:
    reader.need("every", "rule")
    unit = reader.take("unit")
    if unit is not None and unit.unit is not None:
        return Duration(1, unit.unit)
    return read_duration(reader)


# ---------------------------------------------------------------- so long after (or before) a start


def _read_elapsed(reader: TokenReader) -> Rule:
    ahead = reader.take("ahead")
    bound = reader.take("at-least", "at-most", "within")
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
    if _starts_maximum(reader.peek()):
        return _read_window(reader, start, duration)
    return Rule("", RuleKind.ELAPSED, minimum=duration)


def _check_time(reader: TokenReader, clock: Token, duration: Duration, lead: Token | None) -> None:
    """A time of day needs a last day, and 15日12時前 may be by the 15th."""
    if duration.unit.exact or (lead is not None and lead.kind == "at-least"):
        raise TextError("time-needs-last-day", {"found": clock.text}, clock.position)
    if lead is None and duration.unit is TimeUnit.DAY and not reader.text.isascii():
        start, rest = reader.text[: clock.position].strip(), reader.text[clock.position :].strip()
        raise TextError("day-name", {"found": start}, 0, f"{start}內{rest}")


def _read_next_day(reader: TokenReader) -> Rule:
    """次日12時前, and 次日內, which is 1日內."""
    reader.take("next-day")
    at = read_time(reader)
    if reader.take("within", "before") is None:
        reader.fail("time")
    return Rule("", RuleKind.ELAPSED, maximum=Duration(1, TimeUnit.DAY), at=at)


def _length(reader: TokenReader) -> str:
    """The length of time in the text, as written."""
    amount, unit = reader.all_of("number", "half")[0], reader.all_of("unit", "month-mark")[-1]
    return reader.text[amount.position : unit.position + len(unit.text)]


def _no_last_day(reader: TokenReader, bound: Token) -> TextError:
    """ "At most 5 days before" says how early something may be, and not by when it must."""
    length = _length(reader)
    hint = f"{length} before" if length.isascii() else f"提前{length}"
    return TextError("early-only", {"found": bound.text}, bound.position, hint)


def _is_window(reader: TokenReader) -> bool:
    """Whether the other end follows a number without a unit: "at least 5 and at most 15 working days"."""
    return _starts_maximum(reader.peek())


def _starts_maximum(token: Token | None) -> bool:
    return token is not None and token.kind in ("and", ",", "at-most")


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
