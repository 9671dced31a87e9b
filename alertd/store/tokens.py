"""Tokens of the API: what other systems hold. The store keeps the SHA-256 of each, and never forgets a name.

A name stands in the audit as who acted; given out twice it would say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from alertd.store import reading
from alertd.store.ids import new_id
from alertd.store.rows import TokenRow
from alertd.store.sign_ins import digest
from alertd.store.tables import tokens


def add(
    tx: Connection,
    name: str,
    secret: str,
    may: tuple[str, ...],
    parties: tuple[str, ...],
    person: str,
    now: datetime,
    ends_at: datetime | None,
) -> None:
    """Let whoever holds `secret` use the API, until it ends."""
    row = {
        "id": new_id(),
        "name": name,
        "secret": digest(secret),
        "may": may,
        "parties": parties,
        "person": person,
        "made_at": now,
        "ends_at": ends_at,
        "seen_at": None,
    }
    tx.execute(insert(tokens).values(row))


def of_secret(tx: Connection, secret: str, now: datetime) -> TokenRow | None:
    """The token of whoever holds `secret`, None where there is none or it is over. Raises Unreadable."""
    rows = reading.whole(tx, select(tokens).where(tokens.c.secret == digest(secret)))
    return next((row for row in rows if row.ends_at is None or row.ends_at > now), None)


def named(tx: Connection, name: str) -> TokenRow | None:
    """The token with this name, also one that is over. Raises Unreadable."""
    rows = reading.whole(tx, select(tokens).where(tokens.c.name == name))
    return rows[0] if rows else None


def every(tx: Connection) -> Sequence[TokenRow]:
    """All tokens there ever were, by name. Raises Unreadable."""
    return reading.whole(tx, select(tokens).order_by(tokens.c.name))


def seen(tx: Connection, number: int, now: datetime) -> None:
    """Note that somebody used a token."""
    tx.execute(update(tokens).where(tokens.c.id == number).values(seen_at=now))


def end(tx: Connection, name: str, now: datetime) -> bool:
    """End a token; False where there is none, or it was over."""
    running = tokens.c.ends_at.is_(None) | (tokens.c.ends_at > now)
    return tx.execute(update(tokens).where(tokens.c.name == name, running).values(ends_at=now)).rowcount == 1
