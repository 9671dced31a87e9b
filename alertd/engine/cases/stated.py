"""The day an event states, as a start: "5 working days before" the reply is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING

from alertd.core.timing import Limits
from alertd.engine.ruling.world import World

if TYPE_CHECKING:
    from alertd.engine.cases.reported import Reported

#: the name of that day where an obligation says what starts it
STATED = "stated"


def dated(world: World, event: Reported) -> Reported:
    """The event with the day it states among its instants, as that day's beginning."""
    if event.stated_due is None:
        return event
    day = world.calendar.instant(event.stated_due, time(0))
    return replace(event, instants={**event.instants, STATED: day})


def opened(limits: Limits, given: str, event: Reported) -> Limits:
    """A clock that runs from the stated day is open from the event on: it is known since then."""
    told: list[datetime] = [at for name, at in event.instants.items() if name != STATED]
    if given != STATED or not told:
        return limits
    return replace(limits, opens_at=min(limits.opens_at, *told))
