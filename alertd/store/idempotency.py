"""What was answered to a request that may come again: the same answer, and nothing is done twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from alertd.store.tables import idempotency_keys

#: how long an answer is kept. Telegram gives a press again for 24 hours (Bot API, "Getting updates").
KEPT = timedelta(days=7)


def answered(tx: Connection, key: str) -> str | None:
    """What was answered to the request of this key, None if it is new."""
    found = select(idempotency_keys.c.answer).where(idempotency_keys.c.key == key)
    return tx.execute(found).scalar_one_or_none()


def keep(tx: Connection, key: str, answer: str, now: datetime) -> None:
    """Keep an answer in the transaction of what was done; two nodes at once collide, and one comes again."""
    tx.execute(insert(idempotency_keys).values(key=key, answer=answer, at=now))


def forget(tx: Connection, now: datetime) -> int:
    """Take away what nobody asks again; how many that is."""
    return tx.execute(delete(idempotency_keys).where(idempotency_keys.c.at < now - KEPT)).rowcount
