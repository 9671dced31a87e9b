"""Addresses at which calendars are read: each is good for one holder and one calendar, until it is renewed.

What stands in an address is a random text; the store keeps its SHA-256 alone, as of a session's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from alertd.store import reading
from alertd.store.ids import new_id
from alertd.store.rows import CalendarAddressRow
from alertd.store.sign_ins import digest
from alertd.store.tables import calendar_addresses


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose address it is and what its calendar is about: a person, a unit or a case, by its name."""

    holder: str
    about: str
    name: str


def add(tx: Connection, secret: str, subject: Subject, now: datetime) -> None:
    """Let whoever holds `secret` read a calendar; the holder's address of the same calendar ends."""
    end(tx, subject, now)
    row = {"id": new_id(), "secret": digest(secret), "made_at": now, "ended_at": None}
    names = {"holder": subject.holder, "about": subject.about, "name": subject.name}
    tx.execute(insert(calendar_addresses).values(**row, **names))


def end(tx: Connection, subject: Subject, now: datetime) -> int:
    """End a holder's address of a calendar; how many that were."""
    mine = (
        calendar_addresses.c.holder == subject.holder,
        calendar_addresses.c.about == subject.about,
        calendar_addresses.c.name == subject.name,
        calendar_addresses.c.ended_at.is_(None),
    )
    return tx.execute(update(calendar_addresses).where(*mine).values(ended_at=now)).rowcount


def good(tx: Connection, secret: str) -> CalendarAddressRow | None:
    """The address with this secret, None where there is none or it has ended. Raises Unreadable."""
    mine = calendar_addresses.c.secret == digest(secret), calendar_addresses.c.ended_at.is_(None)
    rows: Sequence[CalendarAddressRow] = reading.whole(tx, select(calendar_addresses).where(*mine))
    return rows[0] if rows else None


def has_ended(tx: Connection, secret: str) -> bool:
    """Whether there was an address with this secret that has ended."""
    mine = calendar_addresses.c.secret == digest(secret), calendar_addresses.c.ended_at.is_not(None)
    return tx.execute(select(calendar_addresses.c.id).where(*mine)).first() is not None


def of_holder(tx: Connection, holder: str) -> Sequence[CalendarAddressRow]:
    """A holder's addresses that are good, the oldest first. Raises Unreadable."""
    mine = calendar_addresses.c.holder == holder, calendar_addresses.c.ended_at.is_(None)
    return reading.whole(tx, select(calendar_addresses).where(*mine).order_by(calendar_addresses.c.id))
