"""Alerts, notices and deliveries: what was decided, for whom, and what became of each message.

The intention is written in the transaction that decides it; sending comes after. A delivery is leased, which
counts the attempt before it is made, tried once, and given its receipt; a lease that runs out makes it due
again, so a crash repeats at most the attempts in flight. `not_before` is NULL exactly when nothing is left to
do. What follows from a failed attempt waits in `failures` (store.failures) until it is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection, Row, bindparam, exists, func, or_, select, update

from alertd.store import reading
from alertd.store.bulk import insert_all, update_all
from alertd.store.ids import new_id
from alertd.store.reading import Found
from alertd.store.rows import DeliveryRow, Joinable, NoticeRow
from alertd.store.tables import (
    alerts,
    cases,
    deadlines,
    deliveries,
    delivery_notices,
    notices,
    receipts,
)
from alertd.store.types import Instant, Soonest

WAITING, LEASED = "waiting", "leased"
#: characters the column holds
BUNDLE_WIDTH = 200


@dataclass(slots=True)
class Intent:
    """Rows of one firing transaction, collected and written together."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    def write(self, tx: Connection) -> None:
        for table, rows in (
            (alerts, self.alerts),
            (notices, self.notices),
            (deliveries, self.deliveries),
            (delivery_notices, self.links),
        ):
            insert_all(tx, table, rows)


def new_delivery(
    at: datetime,
    mail_domain: str,
    person: str,
    route: tuple[str, str],
    bundle: str,
    template: str = "message",
    **more: Any,
) -> dict[str, Any]:
    """A delivery decided at `at` over a route (channel, address), waiting to leave at once; not yet written.

    `more` are columns that differ from that. It is the only place that makes one.
    """
    identity = new_id()
    return {
        "id": identity,
        "person": person,
        "channel": route[0],
        "address": route[1],
        "template": template,
        "payload": None,
        "bundle": bundle_name(bundle),
        "state": WAITING,
        "drill": False,
        "created_at": at,
        "not_before": at,
        "lease_owner": "",
        "attempts": 0,
        "first_attempt_at": None,
        "due": None,
        "last_resort": False,
        "message_id": f"{identity:x}@{mail_domain}",
        "subject": "",
        "body": "",
        "sent_at": None,
        **more,
    }


def add_deliveries(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Deliveries made by `new_delivery` that carry no notices."""
    insert_all(tx, deliveries, rows)


def bundle_name(text: str) -> str:
    """The name of a bundle as it is stored. PostgreSQL refuses what is wider than its column."""
    width = BUNDLE_WIDTH
    if len(text) <= width:
        return text
    return f"{text[: width - 33]}~{sha256(text.encode()).hexdigest()[:32]}"


def waiting_bundles(tx: Connection, bundles: Iterable[str]) -> dict[str, Joinable]:
    """Deliveries not yet tried that a new notice for the same bundle may still join, held until the commit.

    Held, because a node that leased one meanwhile would send it without the notice that joined it. What joins
    one that cannot be read would wait with it, and leaves by itself instead.
    """
    wanted = list(bundles)
    found: dict[str, Joinable] = {}
    for start in range(0, len(wanted), 500):
        query = (
            select(deliveries.c.bundle, deliveries.c.id, deliveries.c.due, deliveries.c.not_before)
            .where(
                deliveries.c.bundle.in_(wanted[start : start + 500]),
                deliveries.c.state == WAITING,
                deliveries.c.attempts == 0,
            )
            .with_for_update(skip_locked=True)
        )
        found.update((row.bundle, row) for row in reading.found(tx, query).rows)
    return found


def bring_forward(tx: Connection, waiting: Joinable, due: datetime | None, not_before: datetime) -> None:
    """What joins a waiting delivery may be due before what is in it, and may have to leave sooner."""
    values: dict[str, datetime] = {}
    if not_before < waiting.not_before:
        values["not_before"] = not_before
    if due is not None and (waiting.due is None or due < waiting.due):
        values["due"] = due
    if values:
        tx.execute(update(deliveries).where(deliveries.c.id == waiting.id).values(values))


def links_of(tx: Connection, ids: Iterable[int]) -> set[tuple[int, int]]:
    """The (delivery, notice) pairs of these deliveries."""
    wanted = list(ids)
    found: set[tuple[int, int]] = set()
    for start in range(0, len(wanted), 500):
        rows = tx.execute(
            select(delivery_notices).where(delivery_notices.c.delivery.in_(wanted[start : start + 500]))
        )
        found.update((row.delivery, row.notice) for row in rows)
    return found


#: drills, and what is not addressed to officials: all that may leave while nothing is sent for real
_HARMLESS = or_(deliveries.c.drill.is_(True), deliveries.c.template.not_in(("message", "told")))
_NEXT_ON = select(func.min(deliveries.c.not_before, type_=Soonest)).where(
    deliveries.c.channel == bindparam("channel")
)
_NEXT_DRILL_ON = _NEXT_ON.where(_HARMLESS)


def next_on(tx: Connection, channel: str, drills_only: bool = False) -> datetime | None:
    """When a channel next has something to send; in the past when it has now."""
    query = _NEXT_DRILL_ON if drills_only else _NEXT_ON
    return tx.execute(query, {"channel": channel}).scalar_one_or_none()


#: an attempt was counted when a delivery was leased; whether it was made, a node that died cannot say
_RELEASED = {"state": WAITING, "lease_owner": "", "not_before": deliveries.c.created_at}
_UNTRIED = {**_RELEASED, "attempts": deliveries.c.attempts - 1}


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


_DUE = (
    select(deliveries)
    .where(deliveries.c.not_before <= bindparam("now"), deliveries.c.channel == bindparam("channel"))
    .order_by(deliveries.c.not_before)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_DRILLS = _DUE.where(_HARMLESS)
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
) -> Found[DeliveryRow]:
    """Lease up to `limit` due deliveries of one channel until `until`, oldest first, and count the attempt.

    With `drills_only` real messages to officials stay where they are. The rows are as they were before: the
    attempt to come is number `attempts + 1`. What cannot be read is held, not leased: the caller puts it off.
    """
    query = _DUE_DRILLS if drills_only else _DUE
    found: Found[DeliveryRow] = reading.found(tx, query, {"now": now, "channel": channel, "most": limit})
    leases = [{"k": row.id, "until": until, "owner": owner, "now": now} for row in found.rows]
    update_all(tx, _LEASE, leases)
    return found


def put_off(tx: Connection, delivery: int, until: datetime) -> None:
    """Let a delivery wait until then, whatever stands in its row."""
    values = {"state": WAITING, "lease_owner": "", "not_before": until}
    tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(**values))


def waiting_elsewhere(
    tx: Connection, channels: Collection[str], before: datetime, limit: int
) -> Found[DeliveryRow]:
    """Up to `limit` real messages that were due `before` on other channels, held till the commit."""
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
    return reading.found(tx, query)


_MOVE = update(deliveries).where(deliveries.c.id == bindparam("k")).values(address=bindparam("address"))
_END = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"))
    .values(state=bindparam("state"), not_before=None, lease_owner="")
)


def move(tx: Connection, rows: Sequence[DeliveryRow]) -> None:
    """Let deliveries go to the addresses that stand in these rows."""
    update_all(tx, _MOVE, [{"k": row.id, "address": row.address} for row in rows])


def give_up(tx: Connection, ids: Iterable[int]) -> None:
    """Let deliveries end as if their provider had refused them."""
    update_all(tx, _END, [{"k": each, "state": "refused"} for each in ids])


def drop(tx: Connection, delivery: int) -> None:
    """Let a delivery end unsent: somebody else gets what was in it, or nobody needs it any more."""
    update_all(tx, _END, [{"k": delivery, "state": "dropped"}])


def hand_back(tx: Connection, owner: str, ids: Collection[int]) -> int:
    """Make leased deliveries due again that `owner` did not attempt; the attempt does not count."""
    done = 0
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        mine = deliveries.c.id.in_(wanted[start : start + 500]), deliveries.c.lease_owner == owner
        done += tx.execute(update(deliveries).where(*mine).values(**_UNTRIED)).rowcount
    return done


# Built once: putting a statement of sixty columns together takes longer than running it.
_CONTENTS = (
    select(
        delivery_notices.c.delivery,
        notices,
        alerts.c.kind.label("alert_kind"),
        alerts.c.step,
        alerts.c.level,
        alerts.c.reached_at,
        alerts.c.merged,
        alerts.c.detail.label("alert_detail"),
        cases.c.title.label("case_title"),
        *(column.label(f"d_{column.name}") for column in deadlines.c),
    )
    .select_from(delivery_notices)
    .join(notices, notices.c.id == delivery_notices.c.notice)
    .join(alerts, alerts.c.id == notices.c.alert)
    .join(deadlines, deadlines.c.number == notices.c.deadline)
    .outerjoin(cases, cases.c.id == deadlines.c.case_id)
    .where(delivery_notices.c.delivery.in_(bindparam("ids", expanding=True)))
    .order_by(delivery_notices.c.delivery, notices.c.id)
)


def contents(tx: Connection, ids: Sequence[int]) -> dict[int, list[NoticeRow]]:
    """For each delivery its notices with their alert, deadline and case, in the order they were decided.

    Raises Unreadable.
    """
    found: dict[int, list[NoticeRow]] = {delivery: [] for delivery in ids}
    for start in range(0, len(ids), 500):
        rows = reading.whole(tx, _CONTENTS, {"ids": list(ids[start : start + 500])})
        for row in cast(Sequence[NoticeRow], rows):
            found[row.delivery].append(row)
    return found


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


def leased_by(tx: Connection, owner: str, ids: Sequence[int]) -> frozenset[int]:
    """Which of these deliveries `owner` still holds the lease of."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        mine = select(deliveries.c.id).where(
            deliveries.c.id.in_(ids[start : start + 500]), deliveries.c.lease_owner == owner
        )
        found.update(tx.execute(mine.with_for_update()).scalars())
    return frozenset(found)


def add_receipts(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_all(tx, receipts, rows)


def told(tx: Connection, deadline: int, drills: bool = True) -> Sequence[Row[Any]]:
    """Every notice of a deadline whose message has left or is about to, oldest first.

    Without `drills` only those told for real: whoever heard of it in a rehearsal alone does not count. Raises
    Unreadable.
    """
    query = (
        select(notices, alerts.c.kind.label("alert_kind"), alerts.c.step)
        .join(alerts, alerts.c.id == notices.c.alert)
        .where(notices.c.deadline == deadline)
        .order_by(notices.c.id)
    )
    if not drills:
        real = exists().where(
            delivery_notices.c.notice == notices.c.id,
            deliveries.c.id == delivery_notices.c.delivery,
            deliveries.c.drill.is_(False),
        )
        query = query.where(real)
    return reading.whole(tx, query)
