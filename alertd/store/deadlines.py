"""Deadlines in the store. Rows carry the column names of `tables.deadlines`; instants come back in UTC."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, bindparam, func, select, text, update

from alertd.core.model import RUNNING, State
from alertd.store import reading
from alertd.store.bulk import insert_all, update_all
from alertd.store.reading import Found, Unread
from alertd.store.rows import DeadlineRow
from alertd.store.tables import audit, deadlines, events, notices, requests, traces
from alertd.store.types import Soonest

#: states in which an obligation is still owed
UNFINISHED = (State.SCHEDULED, State.OPEN, State.SUSPENDED, State.RETURNED)
#: a number of more digits is no row's: both databases count rows in 64 bits
_NUMBER_DIGITS = 18


def numbers(tx: Connection, count: int) -> list[int]:
    """So many numbers for new deadlines, ascending; the caller holds the write lock of an SQLite file.

    None that a chain of the audit has: a row that somebody took out is not to be taken for a new one.
    """
    if tx.dialect.name != "sqlite":
        return list(tx.execute(_NEXT_NUMBERS, {"count": count}).scalars())
    used = (tx.execute(select(func.max(c))).scalar_one() or 0 for c in (deadlines.c.number, audit.c.deadline))
    first = max(used) + 1
    return list(range(first, first + count))


_NEXT_NUMBERS = text(
    "SELECT nextval(pg_get_serial_sequence('deadlines', 'number')) FROM generate_series(1, :count)"
)


def insert_many(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New deadlines, numbered in order where they have no number. Raises Collision on an id already there."""
    insert_all(tx, deadlines, rows)


def insert_traces(tx: Connection, lines: Mapping[str, Any]) -> None:
    """Traces by content hash; those already there are left alone."""
    if not lines:
        return
    known = set(tx.execute(select(traces.c.digest).where(traces.c.digest.in_(lines.keys()))).scalars().all())
    fresh = [{"digest": digest, "lines": body} for digest, body in lines.items() if digest not in known]
    insert_all(tx, traces, fresh)


def trace_of(tx: Connection, digest: str) -> Any:
    return tx.execute(select(traces.c.lines).where(traces.c.digest == digest)).scalar_one_or_none()


# Built once: putting a statement of so many columns together takes longer than running it.
_DUE = (
    select(deadlines)
    .where(deadlines.c.next_action_at <= bindparam("now"))
    .order_by(deadlines.c.next_action_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def claim_due(tx: Connection, now: datetime, limit: int) -> Found[DeadlineRow]:
    """Up to `limit` deadlines whose next action has come, held until the caller commits.

    On PostgreSQL rows another node holds are passed over; on SQLite the caller holds the write lock anyway.
    """
    return reading.found(tx, _DUE, {"now": now, "most": limit})


_SAVE_DECISION = (
    update(deadlines)
    .where(deadlines.c.number == bindparam("k"))
    .values(
        state=bindparam("state"),
        fired=bindparam("fired"),
        next_action_at=bindparam("next_action_at"),
        waits=bindparam("waits"),
        audit_seq=bindparam("audit_seq"),
        audit_head=bindparam("audit_head"),
    )
)


def save_decisions(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What `decide` changed; each row has `k` (the number) and the six columns of the cursor."""
    update_all(tx, _SAVE_DECISION, rows)


def change(tx: Connection, number: int, **values: Any) -> None:
    tx.execute(update(deadlines).where(deadlines.c.number == number).values(**values))


_HOLD = select(deadlines).where(deadlines.c.number == bindparam("k")).with_for_update()


def hold(tx: Connection, number: int) -> DeadlineRow:
    """The deadline, held until the caller commits. Raises Unreadable."""
    (row,) = reading.whole(tx, _HOLD, {"k": number})
    return cast(DeadlineRow, row)


def find(tx: Connection, name: str) -> DeadlineRow | None:
    """By id, or by number with or without a leading `#`; an input method may have made them full width.

    Raises Unreadable.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    bare = name.removeprefix("#")
    numbered = bare.isascii() and bare.isdigit() and len(bare) <= _NUMBER_DIGITS
    column = deadlines.c.number == int(bare) if numbered else deadlines.c.id == name
    rows = reading.whole(tx, select(deadlines).where(column))
    return cast(DeadlineRow, rows[0]) if rows else None


def of_case(tx: Connection, case_id: str) -> Sequence[DeadlineRow]:
    """All deadlines of a case by number. Raises Unreadable: what follows for a case takes all of it."""
    query = select(deadlines).where(deadlines.c.case_id == case_id).order_by(deadlines.c.number)
    return cast(Sequence[DeadlineRow], reading.whole(tx, query))


_OF_OCCURRENCE = select(deadlines).where(
    deadlines.c.obligation == bindparam("of"), deadlines.c.occurrence == bindparam("about")
)


def of_occurrences(tx: Connection, pairs: Iterable[tuple[str, str]]) -> Found[DeadlineRow]:
    """All deadlines of these (obligation, occurrence) pairs."""
    rows: list[DeadlineRow] = []
    unread: list[Unread[DeadlineRow]] = []
    for obligation, occurrence in pairs:
        some: Found[DeadlineRow] = reading.found(tx, _OF_OCCURRENCE, {"of": obligation, "about": occurrence})
        rows += some.rows
        unread += some.unread
    return Found(rows, unread)


def coming_besides(
    tx: Connection, obligations: Iterable[str], occurrences: Iterable[str], now: datetime
) -> Found[DeadlineRow]:
    """Unfinished deadlines of duties that the calendar dates, due after `now`, but for these occurrences."""
    query = select(deadlines).where(
        deadlines.c.obligation.in_(list(obligations)),
        deadlines.c.state.in_(UNFINISHED),
        deadlines.c.event_id.is_(None),
        deadlines.c.occurrence.not_in(list(occurrences)),
        deadlines.c.due > now,
    )
    return reading.found(tx, query)


def unfinished_of(tx: Connection, obligation: str) -> Found[DeadlineRow]:
    query = select(deadlines).where(deadlines.c.obligation == obligation, deadlines.c.state.in_(UNFINISHED))
    return reading.found(tx, query)


def started(
    tx: Connection, after: int = 0, limit: int | None = None, last: int | None = None
) -> Found[DeadlineRow]:
    """Unfinished deadlines that events started, by number; so many after one of them, up to the `last`."""
    query = select(deadlines).where(
        deadlines.c.event_id.is_not(None), deadlines.c.state.in_(UNFINISHED), deadlines.c.number > after
    )
    if last is not None:
        query = query.where(deadlines.c.number <= last)
    return reading.found(tx, query.order_by(deadlines.c.number).limit(limit))


def running_under(tx: Connection, policy: str) -> Found[DeadlineRow]:
    """Running deadlines that follow a policy."""
    query = select(deadlines).where(deadlines.c.policy == policy, deadlines.c.state.in_(RUNNING))
    return reading.found(tx, query)


def _each_obligation() -> Select[Any]:
    """From each obligation in the index to the next one: as many looks as there are obligations."""
    name = deadlines.c.obligation
    each = select(func.min(name).label("name")).cte("names", recursive=True)
    beyond = select(func.min(name)).where(name > each.c.name).scalar_subquery()
    each = each.union_all(select(beyond).where(each.c.name.is_not(None)))
    return select(each.c.name).where(each.c.name.is_not(None))


_EACH_OBLIGATION = _each_obligation()


def obligations_met(tx: Connection) -> set[str]:
    """The obligations that have deadlines, whatever their state. Costs the same however many deadlines."""
    return set(tx.execute(_EACH_OBLIGATION).scalars())


_NEXT = (
    select(func.min(deadlines.c.next_action_at, type_=Soonest)),
    select(func.min(notices.c.next_at, type_=Soonest)),
    select(func.min(events.c.confirm_by, type_=Soonest)),
    select(func.min(requests.c.next_at, type_=Soonest))
    .join(deadlines, deadlines.c.number == requests.c.deadline)
    .where(requests.c.decision == "", deadlines.c.state.in_(RUNNING)),
)


def next_action(tx: Connection) -> datetime | None:
    """When the next deadline, notice, unconfirmed event or undecided request is to be looked at.

    In the past when one is due.
    """
    times = [tx.execute(query).scalar_one_or_none() for query in _NEXT]
    return min((time for time in times if time is not None), default=None)
