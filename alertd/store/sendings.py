"""What left over channels that have limits: how many, with which words, and what the provider calls each.

A message is counted when it is leased, before the call, and once however often it is tried: several nodes
and restarts count together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, select, update

from alertd.store.bulk import in_parts, insert_all, update_all
from alertd.store.outbox import TAKEN as _TAKEN
from alertd.store.rows import DeliveryRow
from alertd.store.sending_tables import sendings
from alertd.store.tables import deliveries, receipts

#: a provider reports within so long what became of a message; what left before is of no more use
KEPT = timedelta(days=8)


#: results of receipts that say what a provider tells of a message it took: facts, never an acknowledgement
DELIVERED, READ = "delivered", "read"


class Sent(NamedTuple):
    """What one attempt said, and what its provider calls the message; "" where nothing new is known."""

    delivery: int
    mark: str
    provider_id: str


def known(tx: Connection, ids: Iterable[int]) -> frozenset[int]:
    """Which of these deliveries were counted before."""
    found: set[int] = set()
    for some in in_parts(ids):
        found.update(tx.execute(select(sendings.c.delivery).where(sendings.c.delivery.in_(some))).scalars())
    return frozenset(found)


def counts(tx: Connection, channel: str, since: datetime) -> Counter[str]:
    """How many messages were counted from `since` on, by person."""
    query = select(sendings.c.person, func.count()).where(
        sendings.c.channel == channel, sendings.c.at >= since
    )
    return Counter({row[0]: row[1] for row in tx.execute(query.group_by(sendings.c.person))})


def count(tx: Connection, rows: Sequence[DeliveryRow], at: datetime) -> None:
    """Count these; none of them was counted before."""
    made = [
        {"delivery": r.id, "channel": r.channel, "person": r.person, "at": at, "mark": "", "provider_id": ""}
        for r in rows
    ]
    insert_all(tx, sendings, made)


def marks(tx: Connection, channel: str, person: str, since: datetime) -> dict[int, str]:
    """The marks of what a person was sent since then, by delivery."""
    query = select(sendings.c.delivery, sendings.c.mark).where(
        sendings.c.channel == channel, sendings.c.at >= since, sendings.c.person == person
    )
    return {row[0]: row[1] for row in tx.execute(query.where(sendings.c.mark != ""))}


_RECORD = update(sendings).where(sendings.c.delivery == bindparam("k")).values(mark=bindparam("said"))
_NAME = update(sendings).where(sendings.c.delivery == bindparam("k")).values(provider_id=bindparam("named"))


def record(tx: Connection, sent: Sequence[Sent]) -> None:
    """Note what attempts said, and what the provider calls each message that it took."""
    update_all(tx, _RECORD, [{"k": each.delivery, "said": each.mark} for each in sent if each.mark])
    named = [each for each in sent if each.provider_id]
    update_all(tx, _NAME, [{"k": each.delivery, "named": each.provider_id} for each in named])


def called(tx: Connection, channel: str, provider_id: str) -> int | None:
    """The delivery that a provider calls so; the newest, should it call several the same."""
    query = select(sendings.c.delivery).where(
        sendings.c.channel == channel, sendings.c.provider_id == provider_id
    )
    return tx.execute(query.order_by(sendings.c.delivery.desc()).limit(1)).scalar_one_or_none()


class Open(NamedTuple):
    """A message that its provider took, and whether it is known to have been delivered."""

    delivery: int
    provider_id: str
    attempts: int
    arrived: bool


def unsettled(tx: Connection, channel: str, since: datetime, most: int) -> list[Open]:
    """Up to so many that left from `since` on and are not known to have been read or lost, newest first.

    What has not arrived goes before what has.
    """

    def known(result: str) -> ColumnElement[bool]:
        mine = receipts.c.delivery == sendings.c.delivery
        return exists(select(receipts.c.id).where(mine, receipts.c.result == result))

    arrived = known(DELIVERED).label("arrived")
    query = (
        select(sendings.c.delivery, sendings.c.provider_id, deliveries.c.attempts, arrived)
        .join(deliveries, deliveries.c.id == sendings.c.delivery)
        .where(
            sendings.c.channel == channel,
            sendings.c.at >= since,
            sendings.c.provider_id != "",
            deliveries.c.state.in_(_TAKEN),
            ~known(READ),
        )
        .order_by(arrived, sendings.c.delivery.desc())
    )
    return [Open(row[0], row[1], row[2], bool(row[3])) for row in tx.execute(query.limit(most))]


def forget(tx: Connection, now: datetime) -> int:
    """Take away what is of no more use; how many that is."""
    return tx.execute(delete(sendings).where(sendings.c.at < now - KEPT)).rowcount
