"""A rule in the reader's language, written so that `alertd when` takes it again."""

from __future__ import annotations

from alertd.core.rules import parse_rule
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Period, Roll, Rule, RuleKind
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue, duration_text

#: the longest day each month may have; what lies beyond is its last day
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def rule_text(text: str, language: str) -> str:
    """5至15個工作日 for "5 to 15 working days" and the other way round; as it is written where it is no rule.

    A rule that already stands in the reader's language keeps the admin's own words.
    """
    words = catalogue(language)
    if text.isascii() is (language == "en"):
        return words.script(text)
    try:
        rule = parse_rule(text)
    except TextError:
        return words.script(text)
    body = _body(rule, words)
    return body if rule.roll is Roll.NONE else words.say(f"rule.roll-{rule.roll.value}", rule=body)


def _body(rule: Rule, words: Catalogue) -> str:
    if rule.kind is RuleKind.CALENDAR:
        return _calendar(rule, words)
    if rule.kind is RuleKind.RECURRING and rule.maximum is not None:
        return words.say("rule.recurring", length=duration_text(rule.maximum, words.language))
    if rule.kind is RuleKind.ELAPSED:
        return _elapsed(rule.minimum, rule.maximum, rule.before, words)
    return words.say(f"rule.{rule.kind.value}")


def _elapsed(low: Duration | None, high: Duration | None, before: bool, words: Catalogue) -> str:
    if high is None:
        return words.say("rule.at-least", length=duration_text(low, words.language)) if low else ""
    length = duration_text(high, words.language)
    if before:
        return words.say("rule.before", length=length)
    return words.say("rule.window", low=low.amount, length=length) if low else length


def _calendar(rule: Rule, words: Catalogue) -> str:
    assert rule.period is not None
    assert rule.day is not None
    if rule.period is Period.YEAR and rule.month is not None:
        last = rule.day > _LONGEST[rule.month - 1]
        date = words.say("rule.month-end" if last else "rule.date", month=rule.month, day=rule.day)
    elif rule.day == max(_LONGEST):
        date = words.say("rule.last-day")
    else:
        date = words.say("rule.day", day=rule.day)
    following = "-next" if rule.next_period else ""
    return words.say(f"rule.{rule.period.value}{following}", date=date)
