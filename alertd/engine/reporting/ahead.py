"""What is due when: the days somebody looks at, and how many limits each day of a year has.

A limit belongs to a day when it lies after the day's beginning and not after its end, as in the bulletin:
24:00 of the last day is the next day's 00:00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alertd.core.limits import FIRST_YEAR, LAST_YEAR
from alertd.core.model import RUNNING, State
from alertd.core.standing import UNFINISHED
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import reports

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
#: states of a deadline that nobody owes or owed
GONE = (State.CANCELLED, State.WITHDRAWN)
#: days that may be asked for, counted from the first one
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day, both included; None where there is no bound."""

    first: date | None = None
    last: date | None = None

    def begins(self, world: World) -> datetime | None:
        """The instant after which its limits lie."""
        return None if self.first is None else world.calendar.midnight_after(self.first - _DAY)

    def ends(self, world: World) -> datetime | None:
        """The instant at which its last limits lie."""
        return None if self.last is None else world.calendar.midnight_after(self.last)


def span_of(today: date, first: date | None, last: date | None, days: int = 0) -> Span:
    """What was asked for; `days` are so many from the first day on, from today where none is named.

    Raises Refused: "period-reversed", "far-year", "days-or-last", "many-days".
    """
    for day in filter(None, (first, last)):
        if not FIRST_YEAR < day.year < LAST_YEAR:
            raise Refused("far-year", found=day.isoformat(), first=FIRST_YEAR + 1, last=LAST_YEAR - 1)
    if days and last:
        raise Refused("days-or-last")
    if not 0 <= days <= MOST_DAYS:
        raise Refused("many-days", found=days, most=MOST_DAYS)
    if days:
        first = first or today
        last = first + (days - 1) * _DAY
    if first and last and last < first:
        raise Refused("period-reversed", first=first, last=last)
    return Span(first, last)


def day_of(world: World, due: datetime) -> date:
    """The day a limit belongs to."""
    return world.calendar.local_date(due - _MOMENT)


@dataclass(frozen=True, slots=True)
class DayLimits:
    """The limits of one day that somebody owes or owed: open in time, open and late, closed."""

    open: int = 0
    late: int = 0
    closed: int = 0

    @property
    def count(self) -> int:
        return self.open + self.late + self.closed

    def plus(self, other: DayLimits) -> DayLimits:
        return DayLimits(self.open + other.open, self.late + other.late, self.closed + other.closed)


def days_of_year(scope: Scope, year: int) -> Mapping[date, DayLimits]:
    """The limits of each day of a year that has any, in order of days. Raises Refused: "far-year"."""
    if not FIRST_YEAR < year < LAST_YEAR:
        raise Refused("far-year", found=str(year), first=FIRST_YEAR + 1, last=LAST_YEAR - 1)
    world, midnight = scope.world, scope.world.calendar.midnight_after
    begins, ends = midnight(date(year - 1, 12, 31)), midnight(date(year, 12, 31))
    found: dict[date, DayLimits] = {}
    for due, state, count in reports.limits_between(scope.tx, begins, ends, GONE):
        day = day_of(world, due)
        late = state in RUNNING and due < scope.now
        unfinished = state in UNFINISHED
        each = DayLimits(
            open=count if unfinished and not late else 0,
            late=count if late else 0,
            closed=0 if unfinished else count,
        )
        found[day] = found.get(day, DayLimits()).plus(each)
    return dict(sorted(found.items()))
