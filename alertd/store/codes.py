"""Codes that sign somebody in, each with a link that does the same: kept as hashes, and only one at a time.

The browser that asked for a code holds a random text, and a code is right only together with it. So the
store, which has neither, does not even help in trying all the codes there are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, delete, insert, select, update

from alertd.store import reading
from alertd.store.sign_ins import KEPT, digest
from alertd.store.tables import sign_in_codes


class CodeRow(Protocol):
    """A row of `sign_in_codes`. `person` is "" where the name that was typed is nobody's."""

    asked: str
    person: str
    code: str
    key: str
    guesses: int
    made_at: datetime
    ends_at: datetime


def code_digest(secret: str, code: str) -> str:
    """What is kept of a code: with what its browser holds."""
    return digest(f"{secret}:{code}")


def add(
    tx: Connection, secret: str, person: str, code: str, key: str, now: datetime, ends_at: datetime
) -> None:
    """Keep a code, and the `key` of the link that does the same, for the browser that holds `secret`."""
    row = {"asked": digest(secret), "person": person, "code": code_digest(secret, code)}
    row |= {"key": digest(key)}
    tx.execute(insert(sign_in_codes).values(**row, guesses=0, made_at=now, ends_at=ends_at))


def running(tx: Connection, asked: str, now: datetime) -> CodeRow | None:
    """The code for whoever asked, by the digest of what they hold; None for none. Raises Unreadable."""
    mine = select(sign_in_codes).where(sign_in_codes.c.asked == asked, sign_in_codes.c.ends_at > now)
    rows = reading.whole(tx, mine)
    return rows[0] if rows else None


def guessed(tx: Connection, asked: str) -> None:
    """Count a wrong guess at a code."""
    mine = sign_in_codes.c.asked == asked
    tx.execute(update(sign_in_codes).where(mine).values(guesses=sign_in_codes.c.guesses + 1))


def use_link(tx: Connection, key: str, now: datetime) -> str:
    """Whom a link signs in; link and code are used up. "" for nobody, where it is over or no such link."""
    mine = sign_in_codes.c.key == digest(key), sign_in_codes.c.ends_at > now
    person = tx.execute(select(sign_in_codes.c.person).where(*mine)).scalar_one_or_none()
    used = tx.execute(update(sign_in_codes).where(*mine).values(ends_at=now)).rowcount == 1
    return person if used and person else ""


def end(tx: Connection, asked: str, now: datetime) -> bool:
    """Let a code serve no more; False where it did not."""
    mine = sign_in_codes.c.asked == asked, sign_in_codes.c.ends_at > now
    return tx.execute(update(sign_in_codes).where(*mine).values(ends_at=now)).rowcount == 1


def void(tx: Connection, person: str, now: datetime) -> None:
    """Let all codes of a person serve no more."""
    mine = sign_in_codes.c.person == person, sign_in_codes.c.ends_at > now
    tx.execute(update(sign_in_codes).where(*mine).values(ends_at=now))


def forget(tx: Connection, now: datetime) -> int:
    """Take away what was over long ago; how many that is."""
    return tx.execute(delete(sign_in_codes).where(sign_in_codes.c.ends_at < now - KEPT)).rowcount
