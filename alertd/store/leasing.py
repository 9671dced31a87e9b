"""Leases on deliveries, and what becomes of them.

A delivery is leased, which counts the attempt before it is made, tried once, and given its receipt. A lease
that runs out makes it due again for its owner, and for the others when its owner is dead or has forgotten it
(docs/decisions/0036-the-databases-time.md), so a crash repeats at most the attempts in flight. `not_before`
is NULL exactly when nothing is left to do. What follows from a failed attempt waits in `failures`
(store.failures) until it is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from alertd.store import reading, receipts
from alertd.store.bulk import in_parts, update_all
from alertd.store.outbox import ACCEPTED, CHANGE, DROPPED, LEASED, REFUSED, TO_PEOPLE, WAITING
from alertd.store.reading import Found
from alertd.store.rows import DeliveryRow
from alertd.store.tables import deliveries
from alertd.store.types import Instant, Soonest

#: drills, and what is for neither officials nor other systems: all that may leave while nothing is real
HARMLESS = or_(deliveries.c.drill.is_(True), deliveries.c.template.not_in((*TO_PEOPLE, CHANGE)))
#: what a node has leased is its own as long as it lives, whatever anybody's clock says
_NOT_ANOTHERS = deliveries.c.lease_owner.in_(("", bindparam("owner")))
_NEXT_ON = select(func.min(deliveries.c.not_before, type_=Soonest)).where(
    deliveries.c.channel == bindparam("channel"), _NOT_ANOTHERS
)
_NEXT_DRILL_ON = _NEXT_ON.where(HARMLESS)


def next_on(tx: Connection, channel: str, owner: str, drills_only: bool = False) -> datetime | None:
    """When `owner` next has something to send on a channel; in the past when it has now."""
    query = _NEXT_DRILL_ON if drills_only else _NEXT_ON
    return tx.execute(query, {"channel": channel, "owner": owner}).scalar_one_or_none()


#: an attempt was counted when a delivery was leased; whether it was made, a node that died cannot say
_RELEASED = {"state": WAITING, "lease_owner": "", "not_before": deliveries.c.created_at}
_UNTRIED = {
    **_RELEASED,
    "attempts": deliveries.c.attempts - 1,
    "first_attempt_at": case((deliveries.c.attempts > 1, deliveries.c.first_attempt_at), else_=None),
}


def release_all(tx: Connection) -> int:
    """Make every leased delivery due at once; for the only daemon of a store, at its start."""
    return tx.execute(update(deliveries).where(deliveries.c.state == LEASED).values(**_RELEASED)).rowcount


def release(tx: Connection, owners: Collection[str], untried: bool = False) -> int:
    """Make what these owners have leased due at once, for others to send.

    `untried` says that none of it was attempted, as of a node that ends in order.
    """
    leased = (deliveries.c.state == LEASED, deliveries.c.not_before.is_not(None))
    mine = deliveries.c.lease_owner.in_(owners)
    return tx.execute(
        update(deliveries).where(*leased, mine).values(**(_UNTRIED if untried else _RELEASED))
    ).rowcount


def release_forgotten(tx: Connection, channels: Collection[str], before: datetime) -> int:
    """Make due what is leased still on these channels though its lease ran out `before`, whoever owns it."""
    over = deliveries.c.channel.in_(list(channels)), deliveries.c.not_before < before
    return tx.execute(
        update(deliveries).where(*over, deliveries.c.state == LEASED).values(**_RELEASED)
    ).rowcount


#: what waits for its first attempt goes before what failed, hours before days, and then by its time
_ORDER = (
    case((deliveries.c.attempts == 0, 0), else_=1),
    deliveries.c.by_the_hour.desc(),
    deliveries.c.not_before,
)
_MAY_LEAVE = (
    deliveries.c.not_before <= bindparam("now"),
    deliveries.c.channel == bindparam("channel"),
    _NOT_ANOTHERS,
)
_DUE = (
    select(deliveries)
    .where(*_MAY_LEAVE)
    .order_by(*_ORDER)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_DRILLS = _DUE.where(HARMLESS)
#: what was tried before goes first
_AGAIN = _DUE.order_by(None).order_by(deliveries.c.attempts == 0, deliveries.c.not_before)
_AGAIN_DRILLS = _AGAIN.where(HARMLESS)
_LEASE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"))
    .values(
        state=LEASED,
        not_before=bindparam("until"),
        lease_owner=bindparam("owner"),
        attempts=deliveries.c.attempts + 1,
        first_attempt_at=func.coalesce(deliveries.c.first_attempt_at, bindparam("now", type_=Instant)),
    )
)


def claim(
    tx: Connection,
    channel: str,
    now: datetime,
    until: datetime,
    owner: str,
    limit: int,
    drills_only: bool = False,
    retries: int | None = None,
    again: bool = False,
) -> Found[DeliveryRow]:
    """Lease up to `limit` due deliveries of one channel until `until`, and count the attempt.

    First tries go before retries, of which there are at most `retries` where a number is given; with `again`
    retries go first. With `drills_only` real messages to officials stay where they are. What another node has
    leased is left to it: `release` and `release_forgotten` make that due. The rows are as they were before:
    the attempt to come is number `attempts + 1`. What cannot be read is held, not leased: the caller puts it
    off.
    """
    query = _AGAIN if again else _DUE
    if drills_only:
        query = _AGAIN_DRILLS if again else _DUE_DRILLS
    if retries is not None and retries < limit:
        failed = select(deliveries.c.id).where(*_MAY_LEAVE, deliveries.c.attempts > 0)
        few = failed.order_by(deliveries.c.by_the_hour.desc(), deliveries.c.not_before).limit(retries)
        query = query.where(or_(deliveries.c.attempts == 0, deliveries.c.id.in_(few)))
    about = {"now": now, "channel": channel, "most": limit, "owner": owner}
    found: Found[DeliveryRow] = reading.found(tx, query, about)
    leases = [{"k": row.id, "until": until, "owner": owner, "now": now} for row in found.rows]
    update_all(tx, _LEASE, leases)
    return found


def put_off(tx: Connection, delivery: int, until: datetime) -> None:
    """Let a delivery wait until then, whatever stands in its row."""
    values = {"state": WAITING, "lease_owner": "", "not_before": until}
    tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(**values))


def waiting_elsewhere(
    tx: Connection, channels: Collection[str], before: datetime, limit: int, drills_only: bool = False
) -> Found[DeliveryRow]:
    """Up to `limit` real messages that were due `before` on other channels, held till the commit.

    With `drills_only` those to officials stay where they are.
    """
    query = (
        select(deliveries)
        .where(
            deliveries.c.state == WAITING,
            deliveries.c.drill.is_(False),
            deliveries.c.not_before <= before,
            deliveries.c.channel.not_in(list(channels)),
        )
        .order_by(deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return reading.found(tx, query.where(HARMLESS) if drills_only else query)


def changes_before(
    tx: Connection, channels: Collection[str], before: datetime, limit: int
) -> Found[DeliveryRow]:
    """Up to `limit` changes made `before` that these channels have not taken, held till the commit."""
    query = (
        select(deliveries)
        .where(
            deliveries.c.state == WAITING,
            deliveries.c.template == CHANGE,
            deliveries.c.channel.in_(list(channels)),
            deliveries.c.not_before.is_not(None),
            deliveries.c.created_at < before,
        )
        .order_by(deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return reading.found(tx, query)


_MOVE = update(deliveries).where(deliveries.c.id == bindparam("k")).values(address=bindparam("address"))
_ASIDE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"))
    .values(last_resort=True, not_before=bindparam("now", type_=Instant))
)
_END = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"))
    .values(state=bindparam("state"), not_before=None, lease_owner="")
)


def waiting_on(tx: Connection, channels: Collection[str], now: datetime, limit: int) -> Found[DeliveryRow]:
    """Up to `limit` real messages that have not left over these channels by `now`, held till the commit.

    With those that were tried and wait to be tried again; without those that are a last resort already.
    """
    query = (
        select(deliveries)
        .where(
            deliveries.c.state == WAITING,
            deliveries.c.drill.is_(False),
            deliveries.c.last_resort.is_(False),
            deliveries.c.template.in_(TO_PEOPLE),
            deliveries.c.channel.in_(list(channels)),
            or_(deliveries.c.not_before <= now, deliveries.c.attempts > 0),
        )
        .order_by(deliveries.c.by_the_hour.desc(), deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return reading.found(tx, query)


def put_aside(tx: Connection, ids: Iterable[int], now: datetime) -> None:
    """Let deliveries leave when their channel serves again; another way is decided meanwhile."""
    update_all(tx, _ASIDE, [{"k": each, "now": now} for each in ids])


def resume(tx: Connection, ids: Collection[int], now: datetime) -> int:
    """Let refused deliveries leave once more, as their last resort; how many did not end otherwise."""
    refused = deliveries.c.id.in_(list(ids)), deliveries.c.state == "refused"
    values = {"state": WAITING, "not_before": now, "last_resort": True}
    return tx.execute(update(deliveries).where(*refused).values(**values)).rowcount


def states(tx: Connection, ids: Collection[int]) -> dict[int, str]:
    """What stands of these deliveries, held till the commit; without those there are none of."""
    found: dict[int, str] = {}
    for some in in_parts(ids):
        wanted = deliveries.c.id.in_(some)
        rows = tx.execute(select(deliveries.c.id, deliveries.c.state).where(wanted).with_for_update())
        found.update((row.id, row.state) for row in rows)
    return found


def refused(tx: Connection, channel: str, since: datetime | None, limit: int) -> tuple[int, ...]:
    """Up to `limit` real messages that were refused, of those made `since` then, oldest first."""
    query = select(deliveries.c.id).where(
        deliveries.c.state == "refused",
        deliveries.c.drill.is_(False),
        deliveries.c.template.in_(TO_PEOPLE),
    )
    if channel:
        query = query.where(deliveries.c.channel == channel)
    if since is not None:
        query = query.where(deliveries.c.created_at >= since)
    return tuple(tx.execute(query.order_by(deliveries.c.id).limit(limit)).scalars())


_ANEW = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"), deliveries.c.state != LEASED)
    .values(
        state=WAITING,
        not_before=bindparam("now", type_=Instant),
        first_attempt_at=None,
        last_resort=False,
        sent_at=None,
        lease_owner="",
    )
)


def anew(tx: Connection, ids: Iterable[int], now: datetime) -> None:
    """Let deliveries leave once more from `now` on, whatever became of them; their receipts stay."""
    update_all(tx, _ANEW, [{"k": each, "now": now} for each in ids])


def routes(tx: Connection, ids: Collection[int]) -> frozenset[tuple[str, str]]:
    """Over which (channel, address) these deliveries go."""
    query = select(deliveries.c.channel, deliveries.c.address).where(deliveries.c.id.in_(list(ids)))
    return frozenset((row.channel, row.address) for row in tx.execute(query))


def move(tx: Connection, rows: Sequence[DeliveryRow]) -> None:
    """Let deliveries go to the addresses that stand in these rows."""
    update_all(tx, _MOVE, [{"k": row.id, "address": row.address} for row in rows])


def reroute(tx: Connection, delivery: int, channel: str, address: str, at: datetime) -> None:
    """Let a delivery leave over another channel from `at` on, as if nobody had tried it."""
    values = {"state": WAITING, "lease_owner": "", "not_before": at, "channel": channel, "address": address}
    mine = deliveries.c.id == delivery
    tx.execute(update(deliveries).where(mine).values(**values, attempts=0, first_attempt_at=None))


def give_up(tx: Connection, rows: Sequence[DeliveryRow], at: datetime, node: str, why: str) -> None:
    """Let deliveries end as if their provider had refused them."""
    _end(tx, rows, REFUSED, at, node, why)


def drop(tx: Connection, row: DeliveryRow, at: datetime, node: str) -> None:
    """Let a delivery end unsent: somebody else gets what was in it, or nobody needs it any more."""
    _end(tx, [row], DROPPED, at, node)


def arrived(tx: Connection, row: DeliveryRow, at: datetime, node: str, code: str) -> None:
    """Let a delivery end as taken that waits to be tried again, because its provider says that it arrived."""
    values = {"state": ACCEPTED, "not_before": None, "sent_at": at}
    tx.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))
    end = receipts.receipt(at, node, row.id, row.address, row.attempts, ACCEPTED, code=code)
    receipts.add(tx, [end])


def _end(
    tx: Connection, rows: Sequence[DeliveryRow], state: str, at: datetime, node: str, why: str = ""
) -> None:
    update_all(tx, _END, [{"k": row.id, "state": state} for row in rows])
    ends = [receipts.receipt(at, node, row.id, row.address, row.attempts, state, detail=why) for row in rows]
    receipts.add(tx, ends)


def hand_back(tx: Connection, owner: str, ids: Collection[int]) -> int:
    """Make leased deliveries due again that `owner` did not attempt; the attempt does not count."""
    done = 0
    for some in in_parts(ids):
        mine = deliveries.c.id.in_(some), deliveries.c.lease_owner == owner
        done += tx.execute(update(deliveries).where(*mine).values(**_UNTRIED)).rowcount
    return done


def hand_back_all(tx: Connection, owner: str, channels: Collection[str]) -> int:
    """Make due again whatever `owner` has leased on these channels, none of which it attempted."""
    mine = deliveries.c.channel.in_(list(channels)), deliveries.c.lease_owner == owner
    return tx.execute(update(deliveries).where(*mine).values(**_UNTRIED)).rowcount


_KEEP = update(deliveries).where(deliveries.c.id == bindparam("k")).values(payload=bindparam("payload"))
_RECORD = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"), deliveries.c.lease_owner == bindparam("owner"))
    .values(
        state=bindparam("state"),
        not_before=bindparam("not_before"),
        attempts=bindparam("attempts"),
        first_attempt_at=bindparam("first_attempt_at"),
        last_resort=bindparam("last_resort"),
        subject=bindparam("subject"),
        body=bindparam("body"),
        sent_at=bindparam("sent_at"),
        lease_owner="",
    )
)


def record(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What became of leased deliveries. A lease lost to another owner is left to that owner."""
    update_all(tx, _RECORD, rows)


def keep(tx: Connection, payloads: Sequence[tuple[int, Mapping[str, Any]]], mine: Collection[int]) -> None:
    """What the next attempt at a delivery must know of this one, for those that are `mine`."""
    rows = [{"k": delivery, "payload": payload} for delivery, payload in payloads if delivery in mine]
    update_all(tx, _KEEP, rows)


def leased_by(tx: Connection, owner: str, ids: Sequence[int]) -> frozenset[int]:
    """Which of these deliveries `owner` still holds the lease of."""
    found: set[int] = set()
    for some in in_parts(ids):
        mine = select(deliveries.c.id).where(deliveries.c.id.in_(some), deliveries.c.lease_owner == owner)
        found.update(tx.execute(mine.with_for_update()).scalars())
    return frozenset(found)
