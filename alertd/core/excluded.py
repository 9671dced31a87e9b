"""Time that does not count: how far a limit moves when its clock stood still. Pure.

Hours are excluded exactly. Days are excluded whole, as the rule counts them: the day the clock stopped is not
counted, the day it ran again is (Civil Code art. 201: the first day of a period is not counted; checked
2026-11-22). So a clock stopped and started on one day does not move.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import day_after
from alertd.core.timing import Duration, Rule, TimeUnit


@dataclass(frozen=True, slots=True)
class Excluded:
    """What is taken out: an exact `span` on hour clocks, else `days` of `unit`."""

    span: timedelta
    days: int
    unit: TimeUnit

    @property
    def none(self) -> bool:
        return not self.span and not self.days


def excluded(
    rule: Rule, by_the_hour: bool, first: datetime, last: datetime, calendar: WorkCalendar
) -> Excluded:
    """The time from `first` to `last` in the unit the rule counts; working days only where it says so."""
    if by_the_hour:
        # in UTC: two instants of one zone are subtracted by the wall clock, across a clock change too
        return Excluded(max(last.astimezone(UTC) - first.astimezone(UTC), timedelta(0)), 0, TimeUnit.HOUR)
    limit = rule.maximum or rule.minimum
    unit = limit.unit if limit is not None else TimeUnit.DAY
    stopped, started = calendar.local_date(first), calendar.local_date(last)
    if unit is TimeUnit.WORKING_DAY:
        return Excluded(timedelta(0), calendar.workdays_after(stopped, started), unit)
    return Excluded(timedelta(0), max((started - stopped).days, 0), TimeUnit.DAY)


def day_shifted(day: date, out: Excluded, calendar: WorkCalendar) -> date:
    """A day after the excluded days, not rolled."""
    return day if out.days == 0 else day_after(day, Duration(out.days, out.unit), calendar)
