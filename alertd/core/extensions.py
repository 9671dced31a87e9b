"""How far a limit may be extended: by so much in all, and never past what the law allows. Pure."""

from __future__ import annotations

from datetime import date, datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import day_after, shifted
from alertd.core.timing import Duration, Extension


def furthest(
    allowed: Extension, start: datetime, due: datetime, last_day: date | None, calendar: WorkCalendar
) -> tuple[tuple[str, datetime], ...]:
    """The bounds of an extension, each as exclusive `due`: "most" after the limit as it was before any
    extension (`due`, with its `last_day` on a day clock), and "limit" from the `start` of the clock.
    """
    found = []
    if allowed.most is not None:
        found.append(("most", _after(due, last_day, allowed.most, calendar)))
    if allowed.limit is not None:
        first = calendar.local_date(start) if last_day is not None else None
        found.append(("limit", _after(start, first, allowed.limit, calendar)))
    return tuple(found)


def _after(instant: datetime, day: date | None, duration: Duration, calendar: WorkCalendar) -> datetime:
    """So long after an instant; after a day, which is not counted, where whole days are counted."""
    if duration.unit.exact:
        return shifted(instant, duration, calendar)
    return calendar.midnight_after(day_after(day or calendar.local_date(instant), duration, calendar))
