"""What rules over the files for a time: who entered it, why, from when until when, and who ended it before.

A row is never changed but by its end and by `next_at`, and never taken away. One kind is what one module of
the engine makes and reads: which kinds there are, and what stands in `what`, is theirs to say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)

from alertd.store import reading
from alertd.store.ids import new_id
from alertd.store.reading import Found
from alertd.store.rows import OverrideRow
from alertd.store.tables import delivery_notices, notices, overrides
from alertd.store.types import Instant

#: what it may be about
DEADLINE, OBLIGATION, UNIT, PERSON = "deadline", "obligation", "unit", "person"


def add(
    tx: Connection,
    kind: str,
    about: tuple[str, str],
    author: str,
    reason: str,
    made_at: datetime,
    ends_at: datetime | None,
    begins_at: datetime | None = None,
    what: Any = None,
    next_at: datetime | None = None,
) -> int:
    """Enter one `about` something (what that is, and its name); it begins now where nothing else is said."""
    row = {
        "id": new_id(),
        "kind": kind,
        "about": about[0],
        "name": about[1],
        "what": {} if what is None else what,
        "author": author,
        "reason": reason,
        "made_at": made_at,
        "begins_at": begins_at or made_at,
        "ends_at": ends_at,
        "ended_at": None,
        "ended_by": "",
        "next_at": next_at,
    }
    tx.execute(insert(overrides).values(row))
    return int(row["id"])


def _not_over(now: datetime) -> ColumnElement[bool]:
    return and_(overrides.c.ended_at.is_(None), or_(overrides.c.ends_at.is_(None), overrides.c.ends_at > now))


def standing(tx: Connection, kind: str, now: datetime) -> Sequence[OverrideRow]:
    """Those of a kind that rule at `now`, oldest first. One that cannot be read does not; doctor names it."""
    query = select(overrides).where(overrides.c.kind == kind, overrides.c.begins_at <= now, _not_over(now))
    return reading.found(tx, query.order_by(overrides.c.id)).rows


def open_about(tx: Connection, kind: str, about: tuple[str, str], now: datetime) -> Sequence[OverrideRow]:
    """Those of a kind about one thing that rule or will, held until the commit. Raises Unreadable."""
    named = overrides.c.about == about[0], overrides.c.name == about[1]
    query = select(overrides).where(overrides.c.kind == kind, *named, _not_over(now))
    return reading.whole(tx, query.order_by(overrides.c.id).with_for_update())


def find(tx: Connection, override: int) -> OverrideRow | None:
    """One by its id, held until the commit; None where there is none. Raises Unreadable."""
    rows = reading.whole(tx, select(overrides).where(overrides.c.id == override).with_for_update())
    return rows[0] if rows else None


def not_over(tx: Connection, now: datetime, kinds: Collection[str] = ()) -> Sequence[OverrideRow]:
    """All that rule or will, oldest first; only of some `kinds` where any are named. Raises Unreadable."""
    query = select(overrides).where(_not_over(now)).order_by(overrides.c.id)
    return reading.whole(tx, query.where(overrides.c.kind.in_(list(kinds))) if kinds else query)


def silent_until(tx: Connection, delivery: int) -> datetime | None:
    """Until when a silence of any time held what is in a delivery at the latest; None where none did."""
    about = select(cast(notices.c.deadline, String)).join(
        delivery_notices, delivery_notices.c.notice == notices.c.id
    )
    ends = func.max(func.coalesce(overrides.c.ended_at, overrides.c.ends_at), type_=Instant)
    query = select(ends).where(
        overrides.c.kind == "silence",
        overrides.c.about == DEADLINE,
        overrides.c.name.in_(about.where(delivery_notices.c.delivery == delivery)),
    )
    return tx.execute(query).scalar_one_or_none()


def ever_about(tx: Connection, kind: str, about: tuple[str, str]) -> Sequence[OverrideRow]:
    """All there ever were of a kind about one thing, oldest first. Raises Unreadable."""
    named = overrides.c.about == about[0], overrides.c.name == about[1]
    query = select(overrides).where(overrides.c.kind == kind, *named)
    return reading.whole(tx, query.order_by(overrides.c.id))


def end(tx: Connection, override: int, at: datetime, by: str) -> bool:
    """End one before its end; False where it was over, or never was."""
    mine = overrides.c.id == override, _not_over(at)
    values = {"ended_at": at, "ended_by": by, "next_at": None}
    return tx.execute(update(overrides).where(*mine).values(**values)).rowcount == 1


_DUE = (
    select(overrides)
    .where(overrides.c.kind == bindparam("kind"), overrides.c.next_at <= bindparam("now"))
    .order_by(overrides.c.next_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def due(tx: Connection, kind: str, now: datetime, limit: int) -> Found[OverrideRow]:
    """Up to `limit` of a kind about which something is to be done, held until the commit."""
    return reading.found(tx, _DUE, {"kind": kind, "now": now, "most": limit})


def look_again(tx: Connection, override: int, at: datetime | None) -> None:
    """When something is to be done about one next; None when nothing is left."""
    tx.execute(update(overrides).where(overrides.c.id == override).values(next_at=at))
