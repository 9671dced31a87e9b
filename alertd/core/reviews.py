"""The receiver's own short clock: it starts with the hand-in and asks until it is struck off or sent back.

Pure. The steps are built in, since every review is alike: half-way, on the last day, and once after it with
those who supervise. Their instants follow `steptimes`, as a policy's do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.escalation import Reach
from alertd.core.limits import limits_after
from alertd.core.model import Step
from alertd.core.steptimes import parse_step_time, step_instant
from alertd.core.timing import Duration, OfficeHours, Rule, RuleKind

PREFIX = "review-"
_RECEIVER = frozenset({"receiver"})
#: (step, when on a day clock, when on an hour clock, who, level)
_STEPS = (
    ("review-half", "50%", "50%", ("receiver",), 1),
    ("review-last", "last-workday", "due", ("receiver",), 2),
    ("review-late", "due + 1 working day", "due + 1 hour", ("receiver", "supervisor"), 5),
)


def review_due(
    handed_in: datetime, within: Duration, calendar: WorkCalendar, office: OfficeHours
) -> datetime:
    """When the receiver must have looked at what came in at `handed_in`: counted as every limit is."""
    rule = Rule("", RuleKind.ELAPSED, maximum=within)
    due = limits_after(rule, handed_in, calendar, office).due
    assert due is not None
    return due


@dataclass(frozen=True, slots=True)
class _Clock:
    start: datetime
    opens_at: datetime
    earliest: datetime | None
    due: datetime | None
    last_day: date | None
    office_due: datetime | None


def review_reaches(
    handed_in: datetime, due: datetime, calendar: WorkCalendar, office: OfficeHours
) -> tuple[Reach, ...]:
    """The steps of one review in the order they are reached; a `due` at midnight ends the day before."""
    local = due.astimezone(calendar.zone)
    by_the_hour = local.time() != datetime.min.time()
    last_day = None if by_the_hour else calendar.local_date(due - timedelta(microseconds=1))
    clock = _Clock(handed_in, handed_in, None, due, last_day, due)
    found = []
    for name, by_day, by_hour, to, level in _STEPS:
        when = parse_step_time(by_hour if by_the_hour else by_day)
        at = step_instant(when, clock, by_the_hour, calendar, office)
        if at is not None:
            found.append(Reach(name, max(at, handed_in), Step(name, when, to, _RECEIVER, level)))
    return tuple(sorted(found, key=lambda reach: (reach.at, reach.step.level)))
