"""Many rows for the supervisors' views, with no more columns than a view needs.

Each function raises Unreadable for a row that cannot be read: figures without it would be wrong ones.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, null, or_, select

from alertd.store import reading
from alertd.store.audit import REGISTER
from alertd.store.deadlines import UNFINISHED
from alertd.store.reading import Found
from alertd.store.tables import audit, breaches, deadlines, events, fractions, progress, revisions

#: rows that say how a deadline began, or that a message went out, not that anything about it changed
_NOTHING_DONE = ("created", "taken-over", "alert", "opened", "acknowledged", "retimed")
_STANDING = (
    "unit", "obligation", "state", "start", "opens_at", "earliest", "due", "last_day", "by_the_hour",
    "carried_from",
)  # fmt: skip
_NAMED = (
    "number", "id", "obligation", "occurrence", "party", "unit", "case_id", "opens_at", "due", "due_soft",
    "last_day", "by_the_hour", "since",
)  # fmt: skip


@contextmanager
def uncollected() -> Iterator[None]:
    """Read many rows without the garbage collector, which would walk all of them again and again for nothing.

    Rows refer to no rows, so none of them needs it.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _some(names: Sequence[str]) -> Select[Any]:
    return select(*(deadlines.c[name] for name in names))


def opened(tx: Connection, now: datetime, but: Collection[str]) -> Sequence[Any]:
    """Unfinished deadlines that have opened by `now`, without those of the obligations `but`."""
    query = _some(_STANDING).where(_running(now), deadlines.c.obligation.not_in(but))
    return reading.whole(tx, query, known_by=deadlines.c.id)


def opened_whole(tx: Connection, now: datetime, of: Collection[str]) -> Sequence[Any]:
    """The same of the obligations `of`, with every column."""
    return reading.whole(tx, select(deadlines).where(_running(now), deadlines.c.obligation.in_(of)))


def opened_found(tx: Connection, now: datetime, of: Collection[str]) -> Found[Any]:
    """The same, and those of them that cannot be read."""
    return reading.found(tx, select(deadlines).where(_running(now), deadlines.c.obligation.in_(of)))


def _running(now: datetime) -> ColumnElement[bool]:
    return and_(deadlines.c.state.in_(UNFINISHED), deadlines.c.opens_at <= now)


def limits_between(
    tx: Connection, begins: datetime, ends: datetime, but: Collection[str]
) -> Sequence[tuple[datetime, str, int]]:
    """Limits after `begins` and not after `ends`, each with a state and how many have both.

    Deadlines in the states `but` are left out.
    """
    query = (
        select(deadlines.c.due, deadlines.c.state, func.count())
        .where(deadlines.c.due > begins, deadlines.c.due <= ends, deadlines.c.state.not_in(but))
        .group_by(deadlines.c.due, deadlines.c.state)
    )
    return [(due, state, count) for due, state, count in tx.execute(query)]


class FalseAlarms(NamedTuple):
    """What was called off, and when: events by their id, and by number the deadlines they had started."""

    events: Mapping[str, datetime]
    deadlines: Mapping[int, datetime]


def false_alarms(tx: Connection, as_of: datetime) -> FalseAlarms:
    """Events cancelled by `as_of` of which nothing was reported again for their case by then."""
    query = select(audit.c.at, audit.c.detail).where(
        audit.c.deadline == REGISTER, audit.c.action == "event-cancelled", audit.c.at <= as_of
    )
    when = {detail["event"]: at for at, detail in tx.execute(query)}
    if not when:
        return FalseAlarms({}, {})
    cases = select(events.c.case_id).where(events.c.state == "cancelled")
    known = tx.execute(
        select(events.c.id, events.c.type, events.c.case_id).where(
            events.c.case_id.in_(cases), events.c.entered_at <= as_of
        )
    ).fetchall()
    stands = {(row.type, row.case_id) for row in known if row.id not in when}
    off = {row.id: when[row.id] for row in known if row.id in when and (row.type, row.case_id) not in stands}
    of_them = select(deadlines.c.number, deadlines.c.event_id).where(deadlines.c.case_id.in_(cases))
    numbers = {number: off[event] for number, event in tx.execute(of_them) if event in off}
    return FalseAlarms(off, numbers)


def countable(
    tx: Connection, as_of: datetime, begins: datetime, settled: datetime, besides: Collection[int] = ()
) -> Sequence[Any]:
    """Deadlines there were at `as_of`, without those due by `begins` and closed for good by `settled`.

    The numbers `besides` are among them however long they have been closed.
    """
    return reading.whole(tx, _some(_NAMED).where(*_countable(as_of, begins, settled, besides)))


def _countable(
    as_of: datetime, begins: datetime, settled: datetime, besides: Collection[int]
) -> tuple[ColumnElement[bool], ...]:
    over = and_(
        deadlines.c.state.not_in(UNFINISHED), deadlines.c.due <= begins, deadlines.c.closed_at <= settled
    )
    # A condition on NULL is neither true nor false, and NOT leaves it so.
    known = and_(deadlines.c.due.is_not(None), deadlines.c.closed_at.is_not(None))
    return deadlines.c.since <= as_of, or_(not_(known), not_(over), deadlines.c.number.in_(besides))


class Audited(NamedTuple):
    """One audit row of a deadline, without its hashes."""

    at: datetime
    action: str
    detail: Mapping[str, Any]


def histories(
    tx: Connection, as_of: datetime, begins: datetime, settled: datetime, besides: Collection[int] = ()
) -> dict[int, list[Audited]]:
    """What was done to the deadlines `countable` gives, by number, oldest first; later rows included."""
    return _acts(tx, *_countable(as_of, begins, settled, besides))


def numbered(tx: Connection, numbers: Collection[int]) -> tuple[Sequence[Any], dict[int, list[Audited]]]:
    """A few deadlines with the columns of `countable`, and what was done to them."""
    which = deadlines.c.number.in_(numbers)
    return reading.whole(tx, _some(_NAMED).where(which)), _acts(tx, which)


def _acts(tx: Connection, *which: ColumnElement[bool]) -> dict[int, list[Audited]]:
    query = (
        select(audit.c.deadline, audit.c.at, audit.c.action, audit.c.detail)
        .join(deadlines, deadlines.c.number == audit.c.deadline)
        .where(audit.c.action.not_in(_NOTHING_DONE), *which)
        .order_by(audit.c.deadline, audit.c.seq)
    )
    found: dict[int, list[Audited]] = {}
    rows: Sequence[Any] = reading.whole(tx, query, known_by=deadlines.c.id)
    for number, at, action, detail in rows:
        found.setdefault(number, []).append(Audited(at, action, detail))
    return found


def reported(
    tx: Connection, names: Sequence[str], as_of: datetime
) -> dict[tuple[str, str | None], list[Any]]:
    """The days figures were reported for, entered by `as_of`: by party, and the case they were for.

    `names` are the ids of one obligation: it may have been renamed.
    """
    cases = {progress: progress.c.case_id, fractions: null()}
    found: dict[tuple[str, str | None], list[Any]] = {}
    for table, case in cases.items():
        rows = tx.execute(
            select(table.c.party, case, table.c.on_day)
            .where(table.c.obligation.in_(names), table.c.entered_at <= as_of)
            .distinct()
        )
        for party, about, day in rows:
            found.setdefault((party, about), []).append(day)
    return found


def breaches_between(
    tx: Connection, begins: datetime, ends: datetime, as_of: datetime, previous: datetime
) -> Sequence[Any]:
    """Breaches of a period entered by `as_of`, and earlier ones entered after `previous`, in order."""
    late = and_(breaches.c.at <= begins, breaches.c.entered_at > previous)
    query = (
        select(breaches)
        .where(or_(breaches.c.at > begins, late), breaches.c.at <= ends, breaches.c.entered_at <= as_of)
        .order_by(breaches.c.at, breaches.c.id)
    )
    return reading.whole(tx, query)


def texts_at(tx: Connection, at: datetime) -> dict[str, str]:
    """The text of every file that ruled at an instant, {} before the first."""
    rows = tx.execute(
        select(audit.c.detail)
        .where(audit.c.deadline == 0, audit.c.action == "revision-applied", audit.c.at <= at)
        .order_by(audit.c.seq)
    ).scalars()
    digests: dict[str, str] = {}
    for detail in rows:
        digests.update(detail.get("files", {}))
        for file in detail.get("gone", ()):
            digests.pop(file, None)
    known = tx.execute(
        select(revisions.c.file, revisions.c.digest, revisions.c.text).where(
            revisions.c.digest.in_(digests.values())
        )
    )
    return {row.file: row.text for row in known if digests.get(row.file) == row.digest}
