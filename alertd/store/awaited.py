"""Browsers that were sent to a provider of accounts, and are awaited: each may come back once.

What the browser holds is in no row: only its hash is, as of codes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, delete, insert, select, update

from alertd.store import reading
from alertd.store.page_tables import accounts_awaited
from alertd.store.sign_ins import KEPT, digest


class AwaitedRow(Protocol):
    """A row of `accounts_awaited`."""

    asked: str
    provider: str
    back: str
    made_at: datetime
    ends_at: datetime


def add(tx: Connection, secret: str, provider: str, back: str, now: datetime, ends_at: datetime) -> None:
    """Await the browser that holds `secret`."""
    row = {"asked": digest(secret), "provider": provider, "back": back}
    tx.execute(insert(accounts_awaited).values(**row, made_at=now, ends_at=ends_at))


def running(tx: Connection, secret: str, provider: str, now: datetime) -> AwaitedRow | None:
    """The sign-in that a browser began with this provider, None where none is awaited. Raises Unreadable."""
    mine = accounts_awaited.c.asked == digest(secret), accounts_awaited.c.ends_at > now
    rows = reading.whole(tx, select(accounts_awaited).where(*mine, accounts_awaited.c.provider == provider))
    return rows[0] if rows else None


def end(tx: Connection, asked: str, now: datetime) -> bool:
    """Await it no more; False where somebody else ended it."""
    mine = accounts_awaited.c.asked == asked, accounts_awaited.c.ends_at > now
    return tx.execute(update(accounts_awaited).where(*mine).values(ends_at=now)).rowcount == 1


def forget(tx: Connection, now: datetime) -> int:
    """Take away what was over long ago; how many that is."""
    return tx.execute(delete(accounts_awaited).where(accounts_awaited.c.ends_at < now - KEPT)).rowcount
