"""Questions about deadlines and deliveries, answered from one consistent picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from alertd.core.measures import Bound, Fraction
from alertd.core.model import Measure, Standing, State
from alertd.engine.deadlines.figures import Figures
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines as deadline_store
from alertd.store import reading
from alertd.store.reading import Found
from alertd.store.rows import DeadlineRow, DeliveryRow
from alertd.store.tables import (
    deadlines,
    deliveries,
    delivery_notices,
    events,
    notices,
    receipts,
)
from alertd.store.types import Unreadable

_NOTHING = Bound(0.0)


@dataclass(frozen=True, slots=True)
class Stood:
    """A deadline row with what is derived from it now."""

    row: DeadlineRow
    standing: Standing | None
    measure: Measure | None
    total: float | None  # an amount, or per cent of a ratio
    owed: Bound = _NOTHING  # what the measure asks for in the end
    minimum: float = 0.0  # what this party owes of a quota
    expected: float | None = None  # what pace asks for now
    fraction: Fraction | None = None  # what a ratio stands at


@dataclass(frozen=True, slots=True)
class Lost:
    """What a list cannot show: what it is called there, and the columns that cannot be read."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deadlines; empty means all. `standing` is applied after reading, since it is not stored."""

    states: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()  # who owes it, or owed it at first
    units: tuple[str, ...] = ()  # who owes it now
    case: str = ""
    obligation: str = ""
    numbers: tuple[int, ...] = ()
    opened_by: datetime | None = None
    begins: datetime | None = None  # its limit lies after this,
    ends: datetime | None = None  # and not after that


def listed(scope: Scope, wanted: Filter) -> tuple[list[Stood], list[Lost]]:
    """Matching deadlines, the next due first, those without a due date last; and those not to be read."""
    found, lost = stood(scope, _matching(wanted))
    if wanted.standings:
        found = [each for each in found if each.standing in wanted.standings]
    return found, lost


def _matching(wanted: Filter) -> Select[Any]:
    query = select(deadlines)
    if wanted.states:
        query = query.where(deadlines.c.state.in_(wanted.states))
    if wanted.parties:
        query = query.where(deadlines.c.party.in_(wanted.parties) | deadlines.c.unit.in_(wanted.parties))
    if wanted.units:
        query = query.where(deadlines.c.unit.in_(wanted.units))
    if wanted.case:
        query = query.where(deadlines.c.case_id == wanted.case)
    if wanted.obligation:
        query = query.where(deadlines.c.obligation == wanted.obligation)
    if wanted.numbers:
        query = query.where(deadlines.c.number.in_(wanted.numbers))
    if wanted.opened_by:
        query = query.where(deadlines.c.opens_at <= wanted.opened_by)
    if wanted.begins:
        query = query.where(deadlines.c.due > wanted.begins)
    if wanted.ends:
        query = query.where(deadlines.c.due <= wanted.ends)
    return _in_order(query)


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(deadlines.c.due.is_(None), deadlines.c.due, deadlines.c.number)


@dataclass(frozen=True, slots=True)
class Sight:
    """Of which deadlines somebody may know: those of these units, and those `person` was told of."""

    units: frozenset[str] | None  # None: all
    person: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list. `after` is the last row looked at where there may be more, else None."""

    found: list[Stood]
    lost: list[Lost]
    after: tuple[datetime | None, int] | None


def paged(
    scope: Scope, wanted: Filter, sight: Sight, after: tuple[datetime | None, int] | None, most: int
) -> Leaf:
    """At most `most` of what `listed` lists, as far as somebody sees it, behind where the last page ended.

    A page may be short, or empty, where standings are asked for: those are not stored.
    """
    query = _matching(wanted)
    if sight.units is not None:
        mine = deadlines.c.unit.in_(sight.units) | deadlines.c.party.in_(sight.units)
        if sight.person:
            told = notices.c.deadline == deadlines.c.number, notices.c.person == sight.person
            mine = mine | exists().where(*told)
        query = query.where(mine)
    if after is not None:
        query = query.where(_beyond(*after))
    rows = scope.tx.execute(
        query.with_only_columns(deadlines.c.number, deadlines.c.due).limit(most + 1)
    ).all()
    shown = [row.number for row in rows[:most]]
    found, lost = stood(scope, _in_order(select(deadlines).where(deadlines.c.number.in_(shown))))
    if wanted.standings:
        found = [each for each in found if each.standing in wanted.standings]
    last = rows[most - 1] if len(rows) > most else None
    return Leaf(found, lost, (last.due, last.number) if last is not None else None)


def _beyond(due: datetime | None, number: int) -> Any:
    """What comes after a deadline in the order of lists."""
    number_after = deadlines.c.number > number
    if due is None:
        return deadlines.c.due.is_(None) & number_after
    return deadlines.c.due.is_(None) | (deadlines.c.due > due) | ((deadlines.c.due == due) & number_after)


def asked_of(scope: Scope, person: str) -> tuple[list[Stood], list[Lost]]:
    """Unfinished deadlines that a message asked this person about; and those not to be read."""
    mine = exists().where(
        notices.c.deadline == deadlines.c.number, notices.c.person == person, notices.c.ask.is_(True)
    )
    query = select(deadlines).where(deadlines.c.state.in_(deadline_store.UNFINISHED), mine)
    return stood(scope, query.order_by(deadlines.c.due.is_(None), deadlines.c.due))


def stood(scope: Scope, query: Select[Any]) -> tuple[list[Stood], list[Lost]]:
    """The deadlines of a query with how they stand; and those not to be read."""
    figures, found = Figures(scope), reading.found(scope.tx, query)
    standing, lost = [], [Lost(each.row.id, each.fault.where) for each in found.unread]
    for row in found.rows:
        try:
            standing.append(stand(figures, row, scope.now))
        except Unreadable as fault:  # of a figure that it is measured by
            lost.append(Lost(row.id, fault.where))
    return standing, lost


def stand(figures: Figures, row: DeadlineRow, now: datetime) -> Stood:
    """How a deadline stands, with its figures where it is measured."""
    measure, standing = figures.measure(row.obligation), figures.standing(row, now)
    if measure is None:
        return Stood(row, standing, None, None)
    return Stood(
        row,
        standing,
        measure,
        figures.total(row),
        figures.bound(row),
        figures.minimum(row),
        figures.expected(row, now),
        figures.fraction(row) if measure.percent is not None else None,
    )


def event_type(tx: Connection, event: str) -> str:
    """The type of a stored event. Raises Refused where there is none."""
    found = tx.execute(select(events.c.type).where(events.c.id == event)).scalar_one_or_none()
    if found is None:
        raise Refused("no-event", event=event)
    return str(found)


def parties_of_event(tx: Connection, event: str) -> tuple[str, ...]:
    """The units a stored event concerns. Raises Refused where there is none."""
    found = tx.execute(select(events.c.parties).where(events.c.id == event)).first()
    if found is None:
        raise Refused("no-event", event=event)
    return tuple(found.parties)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider answered to one attempt."""

    attempt: int
    at: datetime
    result: str
    code: str
    detail: str
    node: str
    seconds: float | None  # None where nothing was attempted


@dataclass(frozen=True, slots=True)
class Posted:
    """One delivery with the deadlines it speaks of and its last receipt."""

    row: DeliveryRow
    deadlines: tuple[str, ...]
    last: Receipt | None


def outbox(
    tx: Connection,
    states: Sequence[str] = (),
    person: str = "",
    channel: str = "",
    limit: int = 200,
) -> tuple[list[Posted], list[Lost]]:
    """The newest deliveries first; and those of them not to be read."""
    query = select(deliveries)
    if states:
        query = query.where(deliveries.c.state.in_(states))
    if person:
        query = query.where(deliveries.c.person == person)
    if channel:
        query = query.where(deliveries.c.channel == channel)
    found = reading.found(tx, query.order_by(deliveries.c.id.desc()).limit(limit))
    return _posted(tx, found.rows), [Lost(f"{each.row.id:x}", each.fault.where) for each in found.unread]


def posted_one(tx: Connection, delivery: int) -> Posted | None:
    """The delivery with this id. Raises Unreadable."""
    rows = reading.whole(tx, select(deliveries).where(deliveries.c.id == delivery))
    return _posted(tx, rows)[0] if rows else None


def _posted(tx: Connection, rows: Sequence[Any]) -> list[Posted]:
    names: dict[int, list[str]] = {}
    last: dict[int, Receipt] = {}
    for start in range(0, len(rows), 500):
        ids = [row.id for row in rows[start : start + 500]]
        links = tx.execute(
            select(delivery_notices.c.delivery, deadlines.c.id)
            .join(notices, notices.c.id == delivery_notices.c.notice)
            .join(deadlines, deadlines.c.number == notices.c.deadline)
            .where(delivery_notices.c.delivery.in_(ids))
            .order_by(notices.c.id)
        )
        for delivery, name in links:
            names.setdefault(delivery, []).append(name)
        query = select(receipts).where(receipts.c.delivery.in_(ids)).order_by(receipts.c.attempt)
        for receipt in reading.found(tx, query).rows:
            last[receipt.delivery] = _receipt(receipt)
    return [Posted(row, tuple(dict.fromkeys(names.get(row.id, ()))), last.get(row.id)) for row in rows]


def receipts_of(tx: Connection, delivery: int) -> tuple[Receipt, ...]:
    """What came of each attempt at a delivery, in order. Raises Unreadable."""
    query = select(receipts).where(receipts.c.delivery == delivery).order_by(receipts.c.attempt)
    return tuple(map(_receipt, reading.whole(tx, query)))


def _receipt(row: Any) -> Receipt:
    return Receipt(row.attempt, row.at, row.result, row.code, row.detail, row.node, row.seconds)


def held(tx: Connection) -> int:
    """How many deadlines are unfinished: what `alertd run` says it holds."""
    unfinished = deadlines.c.state.in_(deadline_store.UNFINISHED)
    return tx.execute(select(func.count()).select_from(deadlines).where(unfinished)).scalar_one()


def unexplained(tx: Connection) -> Found[DeadlineRow]:
    """Open deadlines with neither a next action nor a reason why not: the auditor's question."""
    lost = select(deadlines).where(
        deadlines.c.state.in_(deadline_store.UNFINISHED)
        | ((deadlines.c.state == State.DONE) & deadlines.c.review_due.is_not(None)),
        deadlines.c.next_action_at.is_(None),
        deadlines.c.waits == "",
    )
    return reading.found(tx, lost)
