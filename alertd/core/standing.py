"""How a deadline stands: derived from the row and the time, never stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from alertd.core.calendar import WorkCalendar
from alertd.core.measures import Count
from alertd.core.model import Standing, State

#: yellow begins this many working days before the last day (domain: supervision practice in several cities)
NEAR_WORKING_DAYS = 3
#: on an hour clock it begins half way, and no later than so long before the limit: one of half an hour or
#: less presses from its first minute
NEAR_BY_THE_HOUR = timedelta(minutes=30)
_DAY = timedelta(days=1)


class Colour(StrEnum):
    """Supervision practice: green in time, yellow near the limit or behind pace, red late, grey unknown."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


#: the colour of a standing wherever one is shown (docs/decisions/0026-no-figures-is-grey.md)
COLOURS = {
    Standing.EARLY: Colour.GREEN,
    Standing.ON_TRACK: Colour.GREEN,
    Standing.NEAR: Colour.YELLOW,
    Standing.BEHIND: Colour.YELLOW,
    Standing.OVERDUE: Colour.RED,
    Standing.NO_FIGURES: Colour.GREY,
    Standing.NOT_APPLICABLE: Colour.GREY,
}
UNFINISHED = frozenset({State.SCHEDULED, State.OPEN, State.SUSPENDED, State.RETURNED})


def standing_of(
    row: Any, now: datetime, calendar: WorkCalendar, count: Count | None = None
) -> Standing | None:
    """The standing of a deadline row at `now`, None once it is closed.

    `count` is what its measure says, None where nothing is measured.
    """
    if row.state not in UNFINISHED:
        return None
    if count is not None and not count.applies:
        return Standing.NOT_APPLICABLE
    if row.due is not None and now > row.due:
        return Standing.OVERDUE
    if now < row.opens_at:  # and not by its state: the daemon that opens it may have stood still
        return Standing.ON_TRACK
    if count is not None:
        return _counted(count)
    if row.due is not None and _near(row, now, calendar):
        return Standing.NEAR
    if row.earliest is not None and now < row.earliest:
        return Standing.EARLY
    return Standing.ON_TRACK


def _counted(count: Count) -> Standing:
    if count.value is None:
        return Standing.NO_FIGURES
    return Standing.ON_TRACK if count.on_pace else Standing.BEHIND


def _near(row: Any, now: datetime, calendar: WorkCalendar) -> bool:
    """Whether yellow has begun; of a clock of three working days or fewer it has from the first moment."""
    if row.by_the_hour:
        half = row.start + (row.due - row.start) / 2
        return bool(now >= min(half, row.due - NEAR_BY_THE_HOUR))
    if row.last_day is None:
        return False
    near_from = calendar.previous_workday(row.last_day, NEAR_WORKING_DAYS)
    return calendar.local_date(now) >= near_from


def near_until(now: datetime, calendar: WorkCalendar) -> date:
    """The latest last day of a day clock that is near at `now`: for counting many without looking at each."""
    today = calendar.local_date(now)
    last = today
    while calendar.previous_workday(last + _DAY, NEAR_WORKING_DAYS) <= today:
        last += _DAY
    return last
