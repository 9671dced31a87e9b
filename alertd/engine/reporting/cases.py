"""Cases: those that are open, and one with all its events and clocks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, false, func, or_, select

from alertd.core.case_ids import as_case_id
from alertd.core.model import EventType, Obligation
from alertd.engine.cases.events import starts_on
from alertd.engine.cases.reported import UNCONFIRMED
from alertd.engine.operations.unread import reads_due, reads_urgent
from alertd.engine.reporting.queries import Filter, Lost, Stood, listed, stood
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope, name_in
from alertd.engine.ruling.world import World
from alertd.store import reading
from alertd.store.deadlines import UNFINISHED as _UNFINISHED
from alertd.store.tables import cases, deadlines, events, notices

_CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Known:
    """One event of a case as it counts now; `instants` are aware, `by` is a person's id or a name."""

    id: str
    type: str
    title: str
    state: str
    instants: Mapping[str, datetime]
    parties: tuple[str, ...]
    stated_due: date | None
    severity: str
    urgent: str
    happened_at: datetime
    entered_at: datetime
    by: str

    @property
    def unconfirmed(self) -> bool:
        return self.state == UNCONFIRMED

    @property
    def cancelled(self) -> bool:
        return self.state == _CANCELLED


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its events and its clocks, oldest first, and the clocks that cannot be read."""

    id: str
    title: str
    parties: tuple[str, ...]
    version: int
    opened_at: datetime
    closed_at: datetime | None
    events: tuple[Known, ...]
    clocks: tuple[Stood, ...]
    lost: tuple[Lost, ...]


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that is open, the first event of it, and its unfinished clocks."""

    id: str
    title: str
    type: str
    parties: tuple[str, ...]
    opened_at: datetime
    clocks: tuple[Stood, ...]


def case(scope: Scope, name: str) -> Case:
    """The case of this name, in any case of letters. Raises Refused: "no-case"."""
    row = scope.tx.execute(select(cases).where(cases.c.id == name.lower())).first()
    if row is None:
        raise Refused("no-case", case=name)
    query = select(events).where(events.c.case_id == row.id)
    known = reading.found(scope.tx, query.order_by(events.c.happened_at, events.c.entered_at, events.c.id))
    clocks, lost = listed(scope, Filter(case=row.id))
    unread = [Lost(each.row.id, each.fault.where) for each in known.unread]
    return Case(
        id=row.id,
        title=row.title,
        parties=tuple(row.parties),
        version=row.version,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        events=tuple(map(_known, known.rows)),
        clocks=tuple(sorted(clocks, key=lambda each: (each.row.start, each.row.number))),
        lost=(*lost, *unread),
    )


def is_known(scope: Scope, name: str) -> bool:
    """Whether there is a case of this name."""
    return scope.tx.execute(select(cases.c.id).where(cases.c.id == name.lower())).first() is not None


def case_of(tx: Connection, event: str) -> str:
    """The case of a stored event. Raises Refused: "no-event"."""
    found = tx.execute(select(events.c.case_id).where(events.c.id == event)).scalar_one_or_none()
    if found is None:
        raise Refused("no-event", event=event)
    return str(found)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose cases are asked for: a unit owes something in them today; people were told or reported."""

    unit: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """Cases of units: one of them is a party of the case, or owes something in it that is not finished."""

    names: frozenset[str]


def _concerning(scope: Scope, whose: Whose) -> ColumnElement[bool]:
    current = scope.world.directory.current_unit
    units = [name for name in scope.world.register.units if current(name, scope.today) == whose.unit]
    of_case = deadlines.c.case_id == cases.c.id
    told = notices.join(deadlines, deadlines.c.number == notices.c.deadline)
    reported = [_reported_by(person) for person in whose.people]
    return or_(
        exists().where(of_case, deadlines.c.unit.in_(units)),
        exists().select_from(told).where(of_case, notices.c.person.in_(whose.people)),
        exists().where(events.c.case_id == cases.c.id, or_(false(), *reported)),
    )


def _reported_by(person: str) -> ColumnElement[bool]:
    return (events.c.entered_by == person) | events.c.entered_by.startswith(f"{person} (", autoescape=True)


def concerns(scope: Scope, name: str, whose: Whose) -> bool:
    """Whether a case concerns them."""
    query = select(cases.c.id).where(cases.c.id == name.lower(), _concerning(scope, whose))
    return scope.tx.execute(query).first() is not None


def _of_units(scope: Scope, units: Units) -> list[str]:
    """The open cases of units, the newest first.

    Parties are a list in one column, which each database would search in a way of its own.
    """
    owed = exists().where(
        deadlines.c.case_id == cases.c.id,
        deadlines.c.unit.in_(units.names),
        deadlines.c.state.in_(_UNFINISHED),
    )
    query = select(cases.c.id, cases.c.parties, owed.label("owed")).where(cases.c.closed_at.is_(None))
    rows = reading.found(scope.tx, query.order_by(cases.c.opened_at.desc(), cases.c.id)).rows
    return [row.id for row in rows if row.owed or units.names.intersection(row.parties)]


def open_cases(
    scope: Scope, whose: Whose | Units | None, most: int
) -> tuple[list[OpenCase], int, list[Lost]]:
    """The cases that are open, the newest first, at most so many; how many there are; what cannot be read.

    All of them, or those that concern somebody, or some units.
    """
    which: list[ColumnElement[bool]] = [cases.c.closed_at.is_(None)]
    if isinstance(whose, Units):
        names = _of_units(scope, whose)
        which.append(cases.c.id.in_(names[:most]))
        count = len(names)
    else:
        which += [_concerning(scope, whose)] if whose else []
        count = scope.tx.execute(select(func.count()).select_from(cases).where(*which)).scalar_one()
    newest = select(cases).where(*which).order_by(cases.c.opened_at.desc(), cases.c.id).limit(most)
    found = reading.found(scope.tx, newest)
    clocks, lost = _running(scope, [row.id for row in found.rows])
    kinds = _first_types(scope.tx, [row.id for row in found.rows])
    lost += [Lost(each.row.id, each.fault.where) for each in found.unread]
    return (
        [
            OpenCase(
                row.id,
                row.title,
                kinds.get(row.id, ""),
                tuple(row.parties),
                row.opened_at,
                tuple(clocks.get(row.id, ())),
            )
            for row in found.rows
        ],
        count,
        lost,
    )


def _running(scope: Scope, names: Collection[str]) -> tuple[dict[str, list[Stood]], list[Lost]]:
    wanted = deadlines.c.case_id.in_(names), deadlines.c.state.in_(_UNFINISHED)
    found, lost = stood(scope, select(deadlines).where(*wanted).order_by(deadlines.c.due))
    clocks: dict[str, list[Stood]] = {}
    for each in found:
        clocks.setdefault(str(each.row.case_id), []).append(each)
    return clocks, lost


def _first_types(tx: Connection, names: Collection[str]) -> dict[str, str]:
    """The type of the first event of each case that counts."""
    query = select(events.c.case_id, events.c.type).where(
        events.c.case_id.in_(names), events.c.state != _CANCELLED
    )
    found: dict[str, str] = {}
    for name, kind in tx.execute(query.order_by(events.c.entered_at, events.c.id)):
        found.setdefault(name, kind)
    return found


def _known(row: Any) -> Known:
    return Known(
        id=row.id,
        type=row.type,
        title=row.title,
        state=row.state,
        instants={name: datetime.fromisoformat(at) for name, at in row.instants.items()},
        parties=tuple(row.parties),
        stated_due=row.stated_due,
        severity=row.severity,
        urgent=row.urgent,
        happened_at=row.happened_at,
        entered_at=row.entered_at,
        by=name_in(row.entered_by),
    )


# ---------------------------------------------------------------- what may be reported


@dataclass(frozen=True, slots=True)
class Kind:
    """An event type, the duties it starts and those it closes, and what besides is asked of such an event."""

    type: EventType
    starts: tuple[Obligation, ...]
    closes: tuple[Obligation, ...]
    due: bool
    urgent: bool


def kinds(world: World) -> tuple[Kind, ...]:
    """The event types, as the files have them."""
    duties = world.register.obligations.values()
    return tuple(
        Kind(
            kind,
            tuple(duty for duty in duties if starts_on(duty, kind.id)),
            tuple(duty for duty in duties if kind.id in (*duty.closed_by, *duty.ends_on)),
            reads_due(world, kind),
            reads_urgent(world, kind),
        )
        for kind in world.register.event_types.values()
    )


def free_case(scope: Scope, kind: str, at: datetime) -> str:
    """What a new case may be called: after the type of its first event, and when that happened."""
    local = at.astimezone(scope.world.zone)
    base = as_case_id(f"{kind}-{local:%Y%m%d-%H%M}") or f"{local:%Y%m%d-%H%M}"
    taken = set(scope.tx.execute(select(cases.c.id).where(cases.c.id.startswith(base))).scalars())
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
