"""An event as it is reported: the day it states as a start, and what of its case it closes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import Connection

from alertd.core.model import State
from alertd.core.rights import Act, by_event
from alertd.core.timing import Limits
from alertd.engine.cases import turns
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow

#: an event whose state is this is not confirmed yet; `confirm_by` says when leaders hear of that
UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as somebody reports it. `instants` are by name (occurred, received …), all aware.

    `result` is what a judgement came to, for events that close one (core.gates.RESULTS).
    """

    type: str
    case: str
    parties: tuple[str, ...]
    instants: Mapping[str, datetime]
    stated_due: date | None = None
    title: str = ""
    id: str = ""
    severity: str = ""
    result: str = ""
    unconfirmed: bool = False
    urgent: str = ""  # why it is; "" where it is not
    bare: frozenset[str] = frozenset()  # instants of which only the day is known


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


def closed_by(tx: Connection, world: World, event: Reported) -> list[DeadlineRow]:
    """The case's deadlines that wait for this kind of event, each party's own, and no other clock.

    Of turns that recur only the one it answers.
    """
    closers = {o.id for o in world.register.obligations.values() if event.type in o.closed_by}
    rows = [
        row
        for row in (deadlines.of_case(tx, event.case) if closers else ())
        if row.obligation in closers
        and by_event(Act.HAND_IN, State(row.state))
        and _concerns(world, event, row)
    ]
    answered = turns.handed_in(rows, happened_at(world, event)) if any(row.turn for row in rows) else []
    return [row for row in rows if not row.turn or row in answered]


def ended_by(tx: Connection, world: World, event: Reported) -> list[DeadlineRow]:
    """The turns of the case that this kind of event ends, open or not."""
    ending = {o.id for o in world.register.obligations.values() if event.type in o.ends_on}
    rows = deadlines.of_case(tx, event.case) if ending else ()
    return [row for row in rows if row.obligation in ending and _concerns(world, event, row)]


def _concerns(world: World, event: Reported, row: DeadlineRow) -> bool:
    """Whether the event is about whoever owes it now, or once did, or about no party of its own."""
    return not {row.party, row.unit}.isdisjoint(event.parties) or _owed_by_office(world, row.obligation)


def only_the_day(event: Reported, happened: datetime) -> bool:
    """Whether of what `happened_at` gives only the day is known."""
    return any(event.instants.get(name) == happened for name in event.bare)


def happened_at(world: World, event: Reported, now: datetime | None = None) -> datetime:
    """When it happened: the first instant of its type, else the last that was given."""
    kind = world.register.event_types.get(event.type)
    first = kind.instants[0] if kind and kind.instants else ""
    last = max(event.instants.values(), default=now)
    found = event.instants.get(first) or last
    if found is None:
        raise Refused("instant-missing", type=event.type, instants=first)
    return found


def ended_after(tx: Connection, world: World, row: DeadlineRow, case: str, state: State) -> list[DeadlineRow]:
    """The turns of a case that end once the deadline in `row` is in this state: `OBLIGATION.done`."""
    ending = {o.id for o in world.register.obligations.values() if f"{row.obligation}.{state}" in o.ends_on}
    if not ending:
        return []
    office = _owed_by_office(world, row.obligation)
    rows = [each for each in deadlines.of_case(tx, case) if each.obligation in ending]
    return [each for each in rows if office or each.party == row.party]


def _owed_by_office(world: World, obligation: str) -> bool:
    known = world.register.obligations.get(obligation)
    return known is not None and known.owed_by != "event.party"
