"""What is kept of the PINs of officers (core.pins says how)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from alertd.store.tables import pins


def keep(tx: Connection, person: str, kept: str, now: datetime) -> None:
    """Keep what stands for somebody's PIN, in place of what was there."""
    forget(tx, person)
    tx.execute(insert(pins).values(person=person, hash=kept, at=now))


def of(tx: Connection, person: str) -> str:
    """What is kept for somebody, "" where they have none."""
    return tx.execute(select(pins.c.hash).where(pins.c.person == person)).scalar_one_or_none() or ""


def forget(tx: Connection, person: str) -> bool:
    """Take somebody's PIN away; False where there was none."""
    return tx.execute(delete(pins).where(pins.c.person == person)).rowcount == 1
