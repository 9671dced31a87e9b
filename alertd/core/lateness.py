"""How late something is, in calendar days and in working days. Pure: time is an argument.

The day after the last day is the first day late (Civil Code art. 201 and 203, checked 2026-11-22: the last
day ends at 24:00). Working days late are those among them that the official calendar says are worked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alertd.core.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Lateness:
    """`span` is exact, from due; `days` and `working_days` are whole days after the last day."""

    span: timedelta
    days: int
    working_days: int


def lateness(due: datetime, last_day: date | None, until: datetime, calendar: WorkCalendar) -> Lateness:
    """How late at `until`; nothing is late at `due` itself. Hour clocks have no `last_day`."""
    if until <= due:
        return Lateness(timedelta(0), 0, 0)
    first = last_day or calendar.local_date(due)
    last = calendar.local_date(until)
    return Lateness(until - due, max((last - first).days, 0), calendar.workdays_after(first, last))
