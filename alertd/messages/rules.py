"""A rule in the reader's language, written so that `alertd when` takes it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alertd.core.rules import parse_rule
from alertd.core.text_error import TextError
from alertd.core.timing import (
    LAST,
    LAST_DAY,
    LONGEST_MONTHS,
    Clock,
    Duration,
    Period,
    PeriodDay,
    Roll,
    Rule,
    RuleKind,
    TimeUnit,
)
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue, clock_said, duration_text

#: the period a later date lies in
_LATER = {Period.YEAR: "next-year", Period.WEEK: "next-week"}


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
    return words.script(text) if rule.of_plan_year else rule_said(rule, language)


def rule_said(rule: Rule, language: str) -> str:
    """The rule as this program writes it; `parse_rule` gives the same rule again."""
    words = catalogue(language)
    body = _with_other(rule, words)
    if rule.urgent is not None:
        body = words.say("rule.or-urgent", rule=body, urgent=_body(rule.urgent, words))
    return body if rule.roll is Roll.NONE else words.say(f"rule.roll-{rule.roll.value}", rule=body)


def _with_other(rule: Rule, words: Catalogue) -> str:
    """With the second limit: 2個工作日內，最遲12月15日."""
    body = _body(rule, words)
    if rule.other is None:
        return body
    if rule.other.kind is not RuleKind.CALENDAR:
        other = _body(rule.other, words)
        return words.say("rule.later" if rule.later else "rule.earlier", rule=body, other=other)
    other = _date(rule.other, words)
    if rule.later:
        return words.say("rule.later", rule=body, other=other)
    if rule.at is None and not rule.same_day:
        body = words.say("rule.within", length=body)
    return words.say("rule.at-latest", rule=body, other=other)


def _date(rule: Rule, words: Catalogue) -> str:
    date = _day(rule.days[0], Period.YEAR, words)
    if rule.at is not None:
        date = words.say("rule.other-at", date=date, clock=clock_said(rule.at, words))
    return date if rule.year is None else words.say("rule.in-year", year=rule.year, date=date)


def _body(rule: Rule, words: Catalogue) -> str:
    if rule.kind is RuleKind.CALENDAR:
        return _calendar(rule, words)
    if rule.kind is RuleKind.RECURRING and rule.times:
        daily = "" if rule.maximum == Duration(1, TimeUnit.DAY) else "working-"
        return words.say(f"rule.{daily}daily-turns", clock=_times(rule.times, words))
    if rule.kind is RuleKind.RECURRING and rule.maximum is not None:
        return words.say("rule.recurring", length=duration_text(rule.maximum, words.language))
    if rule.kind is RuleKind.ELAPSED:
        return _elapsed(rule, words)
    if rule.at is not None:
        return words.say("rule.stated-at", clock=clock_said(rule.at, words))
    return words.say(f"rule.{rule.kind.value}")


def _elapsed(rule: Rule, words: Catalogue) -> str:
    low, high = rule.minimum, rule.maximum
    if high is None:
        return words.say("rule.at-least", length=duration_text(low, words.language)) if low else ""
    if rule.immediate:
        return words.say("rule.immediately")
    length = duration_text(high, words.language)
    if rule.same_day:
        return words.say(
            "rule.same-day" if rule.at is None else "rule.same-day-at", clock=clock_said(rule.at, words)
        )
    if rule.at is not None:
        if not rule.before and high == Duration(1, TimeUnit.DAY):
            return words.say("rule.next-day-at", clock=clock_said(rule.at, words))
        key = "rule.before-at" if rule.before else "rule.within-at"
        return words.say(key, length=length, clock=clock_said(rule.at, words))
    if rule.before:
        return words.say("rule.before", length=length)
    if low is None:
        return length
    least = duration_text(low, words.language) if low.more or high.more else low.amount
    return words.say("rule.window", low=least, length=length)


def _times(times: Sequence[Clock | None], words: Catalogue) -> str:
    return words.say("rule.joint").join(clock_said(at, words) for at in times)


def _calendar(rule: Rule, words: Catalogue) -> str:
    assert rule.period is not None
    date = words.say("rule.joint").join(_day(day, rule.period, words) for day in rule.days)
    if rule.opening is not None:
        date = words.say("rule.window-of-days", first=_day(rule.opening, rule.period, words), last=date)
    if rule.at is not None and rule.period is not Period.DAY:
        date = words.say("rule.date-at", date=date, clock=clock_said(rule.at, words))
    if rule.year is not None:
        key = "rule.once" if rule.opening is None else "rule.once-window"
        return words.say(key, year=rule.year, date=date)
    since = season = ""
    if rule.since is not None:
        since = words.say("rule.since", since=_since(rule.since, rule.period, words))
    if rule.season is not None:
        first, last = rule.season
        season = words.say("rule.season" if first <= last else "rule.season-over", first=first, last=last)
    if rule.period is Period.DAY:
        clock = _times(rule.times or (rule.at,), words)
        key = "rule.daily" if rule.days[0].nth is None else "rule.working-daily"
        return words.say(key, since=since, season=season, clock=clock)
    named = f"every-{rule.period.value}" if rule.every > 1 else rule.period.value
    if rule.opening is not None:
        named += "-window"
    elif rule.days[0].following and rule.every == 1 and _says_period(rule):
        named += "-next"
    return words.say(f"rule.{named}", every=rule.every, since=since, season=season, date=date)


def _says_period(rule: Rule) -> bool:
    """Whether a date in the next period says of which kind it is: 次年1月30日前 is of each year."""
    if rule.period is Period.WEEK:
        return True
    return rule.period in (Period.YEAR, Period.MONTH) and not rule.since and not rule.season


def _since(since: date, period: Period, words: Catalogue) -> str:
    if period is Period.YEAR and (since.month, since.day) == (1, 1):
        return words.say("rule.since-year", year=since.year)
    return words.say("rule.since-day", year=since.year, month=since.month, day=since.day)


def _day(day: PeriodDay, period: Period, words: Catalogue) -> str:
    said = _bare_day(day, period, words)
    if day.month is not None and (period is not Period.YEAR or day.day is None):
        key = "rule.in-month" if period is Period.YEAR else "rule.in-nth-month"
        said = words.say(key, month=day.month, day=said)
    if not day.following:
        return said
    return words.say(f"rule.of-{_LATER.get(period, 'next-month')}", day=said)


def _bare_day(day: PeriodDay, period: Period, words: Catalogue) -> str:
    nth = "last" if day.nth == LAST else "nth"
    if day.weekday is not None:
        weekday = words.say(f"rule.weekday-{day.weekday}")
        if day.nth is None:
            return weekday
        return words.say(f"rule.{nth}-weekday", weekday=weekday, nth=words.word("rule.ordinal", str(day.nth)))
    if day.nth is not None:
        return words.say(f"rule.{nth}-working-day", nth=day.nth)
    assert day.day is not None
    if period is Period.YEAR and day.month is not None:
        last = day.day > LONGEST_MONTHS[day.month - 1]
        return words.say("rule.month-end" if last else "rule.date", month=day.month, day=day.day)
    return words.say("rule.last-day" if day.day == LAST_DAY else "rule.day", day=day.day)
