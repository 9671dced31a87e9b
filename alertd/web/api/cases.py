"""Cases: the open ones, and one with all its events and clocks."""

from __future__ import annotations

from datetime import date, datetime

from alertd.engine.reporting.cases import Case as Found
from alertd.engine.reporting.cases import Units, case, open_cases
from alertd.engine.reporting.queries import Stood
from alertd.engine.ruling.refusal import Refused
from alertd.web.api.deadlines import Deadline, deadline_of
from alertd.web.api.endpoint import Ask, Reply
from alertd.web.api.seen import owed_in_sight

_MOST = 200


class OpenCase(Reply):
    """A case that is open: the type of its first event, and how many of its clocks run."""

    id: str
    title: str
    type: str
    parties: tuple[str, ...]
    opened_at: datetime
    running: int


class Cases(Reply):
    """Open cases, the newest first, at most 200; `lost` are those that cannot be read."""

    cases: tuple[OpenCase, ...]
    lost: tuple[str, ...]


class Event(Reply):
    """One event as it counts now. `state`: recorded, unconfirmed, cancelled; `by` is who reported it."""

    id: str
    type: str
    title: str
    state: str
    instants: dict[str, datetime]
    parties: tuple[str, ...]
    stated_due: date | None
    severity: str
    urgent: str
    happened_at: datetime
    entered_at: datetime
    by: str


class Case(Reply):
    """A case with its events and its clocks, oldest first, as far as the token sees them."""

    id: str
    title: str
    parties: tuple[str, ...]
    version: int
    opened_at: datetime
    closed_at: datetime | None
    events: tuple[Event, ...]
    deadlines: tuple[Deadline, ...]
    lost: tuple[str, ...]


def find(ask: Ask) -> Cases:
    """Those of which somebody in sight owes something, or which concern a unit in sight."""
    units = owed_in_sight(ask)
    found, _, lost = open_cases(ask.scope, None if units is None else Units(units), _MOST)
    return Cases(
        cases=tuple(
            OpenCase(
                id=each.id,
                title=each.title,
                type=each.type,
                parties=each.parties,
                opened_at=each.opened_at,
                running=len(each.clocks),
            )
            for each in found
        ),
        lost=tuple(each.name for each in lost) if units is None else (),
    )


def show(ask: Ask) -> Case:
    """Raises Refused where there is none, or none that the token sees."""
    name = ask.placed["case"]
    found = case(ask.scope, name)
    if not _concerns(ask, found.parties, found.clocks):
        raise Refused("no-case", case=name)
    return _given(ask, found)


def _concerns(ask: Ask, parties: tuple[str, ...], clocks: tuple[Stood, ...]) -> bool:
    units = owed_in_sight(ask)
    if units is None:
        return True
    return bool(units.intersection(parties)) or any(each.row.unit in units for each in clocks)


def _given(ask: Ask, found: Found) -> Case:
    units = owed_in_sight(ask)
    clocks = [each for each in found.clocks if units is None or each.row.unit in units]
    events = [each for each in found.events if units is None or units.intersection(each.parties)]
    return Case(
        id=found.id,
        title=found.title,
        parties=found.parties,
        version=found.version,
        opened_at=found.opened_at,
        closed_at=found.closed_at,
        events=tuple(Event.model_validate(each) for each in events),
        deadlines=tuple(deadline_of(each, ask) for each in clocks),
        lost=tuple(each.name for each in found.lost) if units is None else (),
    )
