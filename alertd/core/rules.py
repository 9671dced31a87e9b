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
from functools import lru_cache
from typing import NoReturn

from alertd.core.durations import read_duration
from alertd.core.limits import limits_after
from alertd.core.rule_choices import read_choices
from alertd.core.rule_dates import names_days, read_days
from alertd.core.rule_hints import nearest
from alertd.core.rule_leads import lead_end
from alertd.core.rule_lengths import AT_ONCE, length_written, names_length, read_length
from alertd.core.rule_times import read_time, read_times
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Roll, Rule, RuleKind, TimeUnit
from alertd.core.words import TokenReader, scan

__all__ = ["TextError", "in_year", "kind_on_record", "limits_after", "parse_rule", "rule_on_record"]

_TURNS = {
    "yearly": Duration(1, TimeUnit.YEAR),
    "half-yearly": Duration(6, TimeUnit.MONTH),
    "quarterly": Duration(3, TimeUnit.MONTH),
    "monthly": Duration(1, TimeUnit.MONTH),
    "weekly": Duration(1, TimeUnit.WEEK),
    "daily": Duration(1, TimeUnit.DAY),
    "working-daily": Duration(1, TimeUnit.WORKING_DAY),
}


#: of what turns at times of the day are counted
_LAST_DAYS = {
    "weekly": (" by sunday", "日前"),
    "daily": (" by 24:00", "24時前"),
    "working-daily": (" by 24:00", "24時前"),
}
_TURNS_AT = ("daily", "working-daily")


def parse_rule(text: str) -> Rule:
    """Read a rule, in English or Chinese, in any case and spacing.

    Raises:
        TextError: with the place and what was expected; its hint, if it has one, is a rule.
    """
    try:
        return _read(text)
    except TextError as error:
        hint = next((each for each in nearest(text, error) if _may_be_meant(each, error.hint)), "")
        if hint != error.hint:
            raise TextError(error.code, error.values, error.position, hint) from None
        raise


def _may_be_meant(text: str, own: str) -> bool:
    """Whether a text is a rule; of what is left of another one, none that counts back without saying so."""
    try:
        rule = _read(text)
    except TextError:
        return False
    return text == own or not rule.before or text.startswith("提前")


def _read(text: str) -> Rule:
    begin = lead_end(text)
    reader = TokenReader(text, "rule", begin)
    first = reader.peek()
    if begin and first is not None and first.kind != "immediately" and not names_length(reader):
        reader.fail("duration")
    rule = replace(read_choices(reader, _read_body(reader)), text=text.strip())
    if rule.kind not in (RuleKind.RECURRING, RuleKind.WHILE_OPEN):  # turns keep their rhythm
        rule = _with_roll(reader, rule)
    reader.finish()
    if begin and rule.before:
        raise TextError("lead-ahead", {"found": text[:begin].strip(" ,，")})
    return rule


@lru_cache(maxsize=1000)
def rule_on_record(text: str) -> Rule | None:
    """The rule that stands with a deadline; None where this version refuses its text.

    A deadline whose rule an earlier version read otherwise can still be handed in, and closes with its case.
    """
    try:
        return parse_rule(text)
    except TextError:
        return None


def kind_on_record(text: str) -> RuleKind | None:
    """Its kind."""
    rule = rule_on_record(text)
    return None if rule is None else rule.kind


def in_year(rule: Rule, year: int) -> Rule:
    """The rule with the year of its plan for 今年; one that speaks of no such year as it is.

    Raises:
        TextError: the date is not in that year.
    """
    if not rule.of_plan_year:
        return rule
    token = next(token for token in scan(rule.text, lead_end(rule.text)) if token.kind == "this-year")
    end = token.position + len(token.text)
    return parse_rule(f"{rule.text[: token.position]}{year}年{rule.text[end:]}")


def _read_body(reader: TokenReader) -> Rule:
    first = reader.peek()
    assert first is not None
    if first.kind == "twofold":
        raise TextError("twofold", {"found": first.text}, first.position)
    if first.kind in _TURNS and _recurs(reader):
        return _read_recurring(reader)
    if first.kind in _TURNS_AT and reader.all_of("while-open"):
        return _read_timed_turns(reader)
    if names_days(reader):
        return read_days(reader)
    if reader.take("stated"):
        at = read_time(reader)
        reader.take("before")
        return Rule("", RuleKind.STATED, at=at)
    if reader.take("while-open"):
        return Rule("", RuleKind.WHILE_OPEN)
    if reader.take("immediately"):
        return AT_ONCE
    if first.kind == "every":
        return _read_recurring(reader)
    if names_length(reader):
        return read_length(reader)
    behind = reader.peek(1)
    if first.unit is TimeUnit.YEAR and behind is not None and behind.kind == "last-day":
        values = {"found": first.text + behind.text, "expected": "period"}
        raise TextError("unexpected", values, first.position, f"每年{reader.text.strip()}")
    if first.kind in ("by", "last-day"):
        values = {"found": first.text, "expected": "period"}
        raise TextError("unexpected", values, first.position, f"yearly {reader.text.strip()}")
    return reader.fail("rule")


def _with_roll(reader: TokenReader, rule: Rule) -> Rule:
    rests = False
    behind = reader.peek(1)
    opened = behind is not None and behind.kind in ("filler", "forward", "back") and reader.take("(")
    while mark := reader.take(",", "filler"):
        rests |= mark.kind == "filler"
    token = reader.take("forward", "back", "ahead")
    if token is None:
        return reader.fail("roll") if rests else rule
    if token.kind == "ahead" and rule.kind is RuleKind.ELAPSED and not rests:
        # 15日提前 is no rolling by itself: it is how 提前15日 is said, too
        plain = rule.minimum is None and rule.other is None and bool(reader.all_of("number", "half"))
        hint = f"提前{length_written(reader)}" if plain else ""
        raise TextError("ahead-behind", {"found": token.text}, token.position, hint)
    if rule.kind is RuleKind.ELAPSED and (rule.maximum is None or rule.by_the_hour):
        raise TextError("roll-needs-last-day", {"found": token.text}, token.position)
    if opened:
        reader.need(")", "end")
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
    _take_once(reader)
    return Rule("", RuleKind.RECURRING, maximum=every)


def _read_timed_turns(reader: TokenReader) -> Rule:
    """ "Daily at 08:00 and 17:00 while open", 每日8時和17時各一次，直至結案."""
    named = reader.take(*_TURNS_AT) or reader.fail("rule")
    times = read_times(reader)
    _take_once(reader)
    return Rule("", RuleKind.RECURRING, maximum=_TURNS[named.kind], times=times)


def _take_once(reader: TokenReader) -> None:
    """一次，直至結案; more than once in a turn is not said."""
    while reader.take("before", "each"):
        pass
    after = reader.peek(1)
    number = reader.take("number") if after is not None and after.kind == "times" else None
    if number is not None and after is not None and number.number != 1:
        raise TextError("more-than-once", {"found": number.text + after.text}, number.position)
    while reader.take("times", ","):
        pass
    if reader.take("while-open") is None:
        _refuse_once(reader)


def _refuse_once(reader: TokenReader) -> NoReturn:
    """每月一次 without a case says how often, and no day; the last one is the nearest."""
    named = next(iter(reader.all_of(*_TURNS)), None)
    if named is None or reader.peek() is not None:
        reader.fail("while-open")
    ends, plain = _LAST_DAYS.get(named.kind, (" by last day", "最後一日前"))
    hint = named.text + (ends if reader.text.isascii() else plain)
    raise TextError("once-without-day", {"found": reader.text.strip()}, named.position, hint)


def _read_turn(reader: TokenReader) -> Duration:
    reader.need("every", "rule")
    unit = reader.take("unit")
    if unit is not None and unit.unit is not None:
        return Duration(1, unit.unit)
    return read_duration(reader)
