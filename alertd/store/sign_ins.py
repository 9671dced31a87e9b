"""Who may open pages: keys that sign somebody in once, and the sessions that come of them.

What a browser holds is a random text; the store keeps its SHA-256 alone, so that whoever reads the store, or
a copy of it, can open nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from alertd.store import reading
from alertd.store.rows import SessionRow
from alertd.store.tables import sessions, sign_in_keys

#: what is over is kept so long for whoever asks who was signed in
KEPT = timedelta(days=30)


def digest(secret: str) -> str:
    """What is stored of a secret that somebody else holds."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Who:
    """Who is signed in: a person, the desk of a unit, or with neither the office."""

    person: str = ""
    desk: str = ""


def add_key(tx: Connection, secret: str, who: Who, now: datetime, ends_at: datetime) -> None:
    """Let whoever holds `secret` sign in as `who` until it ends."""
    row = {"key": digest(secret), "person": who.person, "desk": who.desk}
    tx.execute(insert(sign_in_keys).values(**row, made_at=now, ends_at=ends_at, used_at=None))


def use_key(tx: Connection, secret: str, now: datetime) -> Who | None:
    """Who is signed in by a key; it is used up. None where it is no key, used or over."""
    mine = sign_in_keys.c.key == digest(secret)
    good = (mine, sign_in_keys.c.used_at.is_(None), sign_in_keys.c.ends_at > now)
    if tx.execute(update(sign_in_keys).where(*good).values(used_at=now)).rowcount != 1:
        return None
    return Who(*tx.execute(select(sign_in_keys.c.person, sign_in_keys.c.desk).where(mine)).one())


def begin(
    tx: Connection, number: int, secret: str, who: Who, about: str, now: datetime, ends_at: datetime
) -> None:
    """Begin a session; `about` names the browser as it calls itself."""
    row = {
        "id": number,
        "secret": digest(secret),
        "person": who.person,
        "desk": who.desk,
        "about": about,
        "made_at": now,
        "seen_at": now,
        "ends_at": ends_at,
    }
    tx.execute(insert(sessions).values(row))


def running(tx: Connection, secret: str, now: datetime) -> SessionRow | None:
    """The session of whoever holds `secret`, None where there is none or it is over. Raises Unreadable."""
    mine = select(sessions).where(sessions.c.secret == digest(secret), sessions.c.ends_at > now)
    rows = reading.whole(tx, mine)
    return rows[0] if rows else None


def every_running(tx: Connection, now: datetime) -> Sequence[SessionRow]:
    """All sessions that are not over, the newest first. Raises Unreadable."""
    return reading.whole(tx, select(sessions).where(sessions.c.ends_at > now).order_by(sessions.c.id.desc()))


def seen(tx: Connection, number: int, now: datetime) -> None:
    """Note that somebody used a session."""
    tx.execute(update(sessions).where(sessions.c.id == number).values(seen_at=now))


def end(tx: Connection, number: int, now: datetime) -> bool:
    """End a session; False where it was over."""
    mine = sessions.c.id == number, sessions.c.ends_at > now
    return tx.execute(update(sessions).where(*mine).values(ends_at=now)).rowcount == 1


def forget(tx: Connection, now: datetime) -> int:
    """Take away what was over long ago; how many that is."""
    old = now - KEPT
    keys = tx.execute(delete(sign_in_keys).where(sign_in_keys.c.ends_at < old)).rowcount
    return keys + tx.execute(delete(sessions).where(sessions.c.ends_at < old)).rowcount
