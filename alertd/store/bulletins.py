"""Which bulletins were mailed: each period once, on whatever node; as a drill and for real apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from alertd.store import reading, settings
from alertd.store.tables import bulletins


def lock(tx: Connection) -> None:
    """Let other nodes that are about to mail one wait until the commit."""
    settings.lock(tx, settings.BULLETIN)


def find(tx: Connection, period: str, drill: bool) -> Any | None:
    """The issue about a period, None where there was none. Raises Unreadable."""
    query = select(bulletins).where(bulletins.c.period == period, bulletins.c.drill.is_(drill))
    return next(iter(reading.whole(tx, query, known_by=bulletins.c.period)), None)


def before(tx: Connection, kind: str, drill: bool, at: datetime) -> Any | None:
    """The newest issue about a period of this length made before an instant. Raises Unreadable."""
    query = (
        select(bulletins)
        .where(bulletins.c.kind == kind, bulletins.c.drill.is_(drill), bulletins.c.as_of < at)
        .order_by(bulletins.c.as_of.desc())
        .limit(1)
    )
    return next(iter(reading.whole(tx, query, known_by=bulletins.c.period)), None)


def add(tx: Connection, row: Mapping[str, Any]) -> None:
    """Keep one, with what it says in each language."""
    tx.execute(insert(bulletins).values(**row))


def forget_after(tx: Connection, now: datetime) -> None:
    """Forget those that a clock made which ran ahead: their time is still to come."""
    tx.execute(delete(bulletins).where(bulletins.c.drafted_at > now))
