"""What was accepted for a deadline and bears on its limits: one row for each act, in the order of entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, bindparam, func, insert, select, update

from alertd.store import reading
from alertd.store.bulk import in_parts
from alertd.store.ids import new_id_after
from alertd.store.rows import ActRow
from alertd.store.tables import acts

_LAST = select(func.max(acts.c.id)).where(acts.c.deadline == bindparam("k"))


def add(
    tx: Connection,
    deadline: int,
    kind: str,
    at: datetime,
    entered_at: datetime,
    *,
    end: date | datetime | None = None,
    limits: Any = None,
    by: str = "",
    reason: str = "",
) -> int:
    """Put an act on record that takes effect at `at`; returns its id. `end` is a day, or an instant."""
    identity = new_id_after(tx.execute(_LAST, {"k": deadline}).scalar_one())
    instant = end if isinstance(end, datetime) else None
    day = end if instant is None else None
    row = {"id": identity, "deadline": deadline, "kind": kind, "at": at, "entered_at": entered_at}
    row |= {"end_day": day, "end_at": instant, "limits": limits, "by": by, "reason": reason}
    tx.execute(insert(acts).values(**row))
    return identity


def end_pause(tx: Connection, deadline: int, until: datetime) -> None:
    """A deadline stands still no longer: the pause that had no end has one."""
    standing = (acts.c.deadline == deadline, acts.c.kind == "pause", acts.c.until.is_(None))
    tx.execute(update(acts).where(*standing, acts.c.void_at.is_(None)).values(until=until))


def take_back(tx: Connection, deadline: int, kind: str, now: datetime) -> None:
    """The acts of a kind do not count any more."""
    counting = (acts.c.deadline == deadline, acts.c.kind == kind, acts.c.void_at.is_(None))
    tx.execute(update(acts).where(*counting).values(void_at=now))


_OF = select(acts).where(acts.c.deadline == bindparam("k"), acts.c.void_at.is_(None)).order_by(acts.c.id)


def of(tx: Connection, deadline: int) -> Sequence[ActRow]:
    """The acts of a deadline that count, in the order of entry. Raises Unreadable."""
    return cast(Sequence[ActRow], reading.whole(tx, _OF, {"k": deadline}))


def having(tx: Connection, numbers: Collection[int]) -> set[int]:
    """Which of these deadlines have acts that count."""
    found: set[int] = set()
    for some in in_parts(numbers):
        query = select(acts.c.deadline).where(acts.c.deadline.in_(some), acts.c.void_at.is_(None))
        found.update(tx.execute(query.distinct()).scalars())
    return found


def of_many(tx: Connection, numbers: Collection[int]) -> dict[int, list[ActRow]]:
    """The acts that count of many deadlines, by number; those without any are left out.

    Raises Unreadable.
    """
    found: dict[int, list[ActRow]] = {}
    for some in in_parts(numbers):
        query = select(acts).where(acts.c.deadline.in_(some), acts.c.void_at.is_(None))
        for row in cast(Sequence[ActRow], reading.whole(tx, query.order_by(acts.c.id))):
            found.setdefault(row.deadline, []).append(row)
    return found
