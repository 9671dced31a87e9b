"""What was asked for and who decided it: extensions, and deadlines that belong to another unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from alertd.core.model import RUNNING, State
from alertd.store import reading
from alertd.store.deadlines import UNFINISHED
from alertd.store.ids import new_id
from alertd.store.reading import Found
from alertd.store.tables import deadlines, requests

EXTEND, DECLINE = "extend", "decline"
GRANTED, REFUSED = "granted", "refused"
_MATTERS = or_(
    deadlines.c.state.in_(UNFINISHED),
    and_(requests.c.kind == EXTEND, deadlines.c.state == State.DONE, deadlines.c.done_at > deadlines.c.due),
)


def add(
    tx: Connection,
    deadline: int,
    kind: str,
    now: datetime,
    actor: str,
    reason: str,
    wanted: str,
    asked: str,
    next_at: datetime,
) -> int:
    """A new request, undecided; `wanted` is a day, an instant or a unit as text, "" for none.

    `asked` is the position that decides it, `next_at` when it is looked at if nobody has decided it.
    """
    identity = new_id()
    tx.execute(
        insert(requests).values(
            id=identity,
            deadline=deadline,
            kind=kind,
            asked_at=now,
            asked_by=actor,
            reason=reason,
            wanted=wanted,
            decision="",
            decided_at=None,
            decided_by="",
            asked=(asked,),
            next_at=next_at,
        )
    )
    return identity


_UNDECIDED = (
    select(requests, *(column.label(f"d_{column.name}") for column in deadlines.c))
    .join(deadlines, deadlines.c.number == requests.c.deadline)
    .where(requests.c.decision == "", requests.c.next_at <= bindparam("now"), deadlines.c.state.in_(RUNNING))
    .order_by(requests.c.next_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=requests)
)


def due(tx: Connection, now: datetime, limit: int) -> Found[Any]:
    """Undecided requests to look at, each with its deadline as `d_` columns, held until the commit."""
    return reading.found(tx, _UNDECIDED, {"now": now, "most": limit})


def look_again(tx: Connection, identity: int, at: datetime | None, asked: Sequence[str]) -> None:
    """When a request is looked at next if nobody decides it, and which positions were asked by now."""
    values = {"next_at": at, "asked": tuple(asked)}
    tx.execute(update(requests).where(requests.c.id == identity).values(**values))


def bring_forward(tx: Connection, deadline: int, limit: datetime) -> None:
    """A limit that came nearer passes before an undecided request was to be looked at."""
    waits = requests.c.deadline == deadline, requests.c.decision == "", requests.c.next_at > limit
    tx.execute(update(requests).where(*waits).values(next_at=limit))


def undecided(tx: Connection, deadline: int, kind: str) -> Row[Any] | None:
    """The request of this kind that waits for a decision, held until the caller commits."""
    return tx.execute(
        select(requests)
        .where(requests.c.deadline == deadline, requests.c.kind == kind, requests.c.decision == "")
        .order_by(requests.c.id.desc())
        .with_for_update()
    ).first()


def waits(tx: Connection, deadline: int, kind: str) -> bool:
    """Whether a request of this kind is undecided; holds nothing."""
    query = select(requests.c.id).where(
        requests.c.deadline == deadline, requests.c.kind == kind, requests.c.decision == ""
    )
    return tx.execute(query).first() is not None


def asking(tx: Connection, obligation: str) -> set[int]:
    """The numbers of the unfinished deadlines of an obligation about which something is undecided."""
    query = (
        select(requests.c.deadline)
        .join(deadlines, deadlines.c.number == requests.c.deadline)
        .where(
            requests.c.decision == "", deadlines.c.state.in_(UNFINISHED), deadlines.c.obligation == obligation
        )
    )
    return set(tx.execute(query).scalars())


def waiting(tx: Connection, obligation: str = "") -> list[tuple[Row[Any], Row[Any]]]:
    """Every undecided request that still matters (of one obligation) with its deadline, oldest first.

    Of a deadline that is unfinished, or was handed in late: more time may make that in time.

    Raises Unreadable.
    """
    query = (
        select(requests)
        .join(deadlines, deadlines.c.number == requests.c.deadline)
        .where(requests.c.decision == "", _MATTERS)
        .order_by(requests.c.asked_at, requests.c.id)
    )
    if obligation:
        query = query.where(deadlines.c.obligation == obligation)
    found = reading.whole(tx, query)
    wanted = select(deadlines).where(deadlines.c.number.in_({each.deadline for each in found}))
    rows = {row.number: row for row in reading.whole(tx, wanted)}
    return [(each, rows[each.deadline]) for each in found]


def of_deadline(tx: Connection, deadline: int) -> Sequence[Row[Any]]:
    """Every request about a deadline, oldest first. Raises Unreadable."""
    query = select(requests).where(requests.c.deadline == deadline).order_by(requests.c.id)
    return reading.whole(tx, query)


def decide(tx: Connection, identity: int, decision: str, now: datetime, actor: str) -> None:
    tx.execute(
        update(requests)
        .where(requests.c.id == identity)
        .values(decision=decision, decided_at=now, decided_by=actor, next_at=None)
    )
