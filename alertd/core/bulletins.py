"""When the bulletin is mailed by itself, about which period, and to whom. Pure: time is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Person, Register
from alertd.core.occurrences import occurrences_due_after
from alertd.core.periods import Occurrence, occurrence_at
from alertd.core.positions import position_called
from alertd.core.timing import OfficeHours, Period, Rule, RuleKind

#: occurrences looked at: over a long holiday several days may roll to one
_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class BulletinSchedule:
    """`rule` names one day for each period (`fits`); each issue is about the period the rule is about.

    `to` are positions, each of them meant in every unit, and people by their id or name.
    """

    rule: Rule
    to: tuple[str, ...]
    ranking: bool = False

    @property
    def kind(self) -> Period:
        """The length of its periods."""
        assert self.rule.period is not None  # or it would not fit
        return self.rule.period


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue: its period, as the label of an occurrence and as days, and the instant it is made at."""

    period: str
    first: date
    last: date
    at: datetime


def fits(rule: Rule) -> bool:
    """Whether a rule says when a bulletin leaves: one day in each period, again and again."""
    again = rule.kind is RuleKind.CALENDAR and rule.year is None
    return again and len(rule.days) == 1 and rule.opening is None


def next_issue(
    schedule: BulletinSchedule, after: datetime, calendar: WorkCalendar, office: OfficeHours
) -> Issue | None:
    """The first issue that is due later than an instant.

    It is made at the time of day the rule names, else when the office opens on that day.
    """
    for occurrence, limits in occurrences_due_after(schedule.rule, after, calendar, office, _LOOKED_AT):
        assert limits.due is not None  # of a calendar rule
        assert limits.last_day is not None
        timed = schedule.rule.at is not None
        at = limits.due if timed else calendar.instant(limits.last_day, office.opens)
        if at > after:
            return _issue(occurrence, at)
    return None


def newest_over(schedule: BulletinSchedule, now: datetime, calendar: WorkCalendar) -> Issue:
    """The newest period that is over, made now: what somebody means who names none."""
    running = occurrence_at(schedule.kind, calendar.local_date(now))
    return _issue(occurrence_at(schedule.kind, running.first_day - timedelta(days=1)), now)


def of_days(first: date, last: date, at: datetime) -> Issue:
    """An issue about these days, both included, called after their period where they are one."""
    for period in Period:
        occurrence = occurrence_at(period, first)
        if (occurrence.first_day, occurrence.last_day) == (first, last):
            return _issue(occurrence, at)
    return Issue(f"{first.isoformat()}..{last.isoformat()}", first, last, at)


def kind_of(issue: Issue) -> str:
    """What issues are alike that may be compared: those of periods of one length."""
    for period in Period:
        occurrence = occurrence_at(period, issue.first)
        if (occurrence.first_day, occurrence.last_day) == (issue.first, issue.last):
            return str(period)
    return f"{(issue.last - issue.first).days + 1} days"


def _issue(occurrence: Occurrence, at: datetime) -> Issue:
    return Issue(occurrence.label, occurrence.first_day, occurrence.last_day, at)


def reader_named(register: Register, text: str) -> Person | None:
    """The person with this id, or the only one with this name; None for nobody, and for several."""
    if text in register.people:
        return register.people[text]
    found = [person for person in register.people.values() if person.name == text]
    return found[0] if len(found) == 1 else None


def position_of_readers(text: str) -> str | None:
    """The position that a text names, if the bulletin can be mailed to whoever holds it."""
    position = position_called(text)
    return None if position in ("receiver", "co-lead") else position


def unknown_readers(register: Register, to: Iterable[str]) -> list[str]:
    """Those of a list that are neither positions nor people."""
    return [each for each in to if position_of_readers(each) is None and reader_named(register, each) is None]
