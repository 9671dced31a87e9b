"""Days and instants that somebody gives: what they may be, by whatever way they come in.

A day is a fact whose time is not known. Clocks that count hours take no day for an instant, and what has
happened does not lie ahead, but for the few minutes that clocks differ by.
"""

from __future__ import annotations

from datetime import date, datetime, time

from alertd.core.limits import AHEAD, FIRST_YEAR, LAST_YEAR
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store.rows import DeadlineRow


def instant_of(world: World, at: date | datetime) -> datetime:
    """An instant, or the beginning of a day. Raises Refused outside the years that can be counted."""
    if not FIRST_YEAR < at.year < LAST_YEAR:
        raise Refused("far-year", found=at.isoformat(), first=FIRST_YEAR + 1, last=LAST_YEAR - 1)
    return at if isinstance(at, datetime) else world.calendar.instant(at, time(0))


def only_a_day(at: date | datetime | None) -> bool:
    """Whether the time is not known."""
    return at is not None and not isinstance(at, datetime)


def refuse_ahead(now: datetime, at: datetime, code: str = "ahead") -> None:
    """Raises Refused under `code` for an instant more than five minutes ahead."""
    if at > now + AHEAD:
        raise Refused(code, at=at.isoformat())


def refuse_day(at: date | datetime | None, rule: str, by_the_hour: bool) -> None:
    """Raises Refused for a day where hours are counted."""
    if at is not None and by_the_hour and only_a_day(at):
        raise Refused("bare-date", found=at.isoformat(), rule=rule)


def past(scope: Scope, row: DeadlineRow, at: date | datetime | None) -> datetime:
    """When something was done to a deadline: now unless somebody says otherwise; of a day its beginning.

    Raises Refused: "bare-date", "far-year", "not-yet".
    """
    if at is None:
        return scope.now
    refuse_day(at, row.rule, row.by_the_hour)
    instant = instant_of(scope.world, at)
    refuse_ahead(scope.now, instant, "not-yet")
    return instant


def past_within(scope: Scope, row: DeadlineRow, at: date | datetime | None) -> datetime:
    """The same, and never after now, which is where a clock stands."""
    return min(past(scope, row, at), scope.now)
