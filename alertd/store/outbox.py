"""Alerts, notices and deliveries: what was decided, for whom, and what became of each message.

The intention is written in the transaction that decides it; sending comes after, by leases (store.leasing).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, select, update

from alertd.core.reviews import PREFIX
from alertd.store import reading
from alertd.store.bulk import in_parts, insert_all
from alertd.store.ids import new_id
from alertd.store.rows import DeliveryRow, Joinable, NoticeRow
from alertd.store.tables import (
    alerts,
    cases,
    deadlines,
    deliveries,
    delivery_notices,
    notices,
)

WAITING, LEASED = "waiting", "leased"
#: a provider has it, or a relay that confirms nothing
ACCEPTED = "accepted"
TAKEN = (ACCEPTED, "handed-over")
#: how a delivery ends without having left; "refused" may be the provider's word, or ours
REFUSED, DROPPED = "refused", "dropped"
#: templates of what is said to people, and of what another system hears (engine.notify.subscribers)
TO_PEOPLE = ("message", "told")
CHANGE = "change"
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
        "by_the_hour": False,
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
    found: dict[str, Joinable] = {}
    for some in in_parts(bundles):
        query = (
            select(deliveries.c.bundle, deliveries.c.id, deliveries.c.due, deliveries.c.not_before)
            .where(
                deliveries.c.bundle.in_(some),
                deliveries.c.state == WAITING,
                deliveries.c.attempts == 0,
            )
            .with_for_update(skip_locked=True)
        )
        found.update((row.bundle, row) for row in reading.found(tx, query).rows)
    return found


def untried(tx: Connection, bundle: str) -> Sequence[Any]:
    """The deliveries of a bundle that nobody has begun to send, held until the commit."""
    query = (
        select(deliveries)
        .where(deliveries.c.bundle == bundle, deliveries.c.state == WAITING, deliveries.c.attempts == 0)
        .order_by(deliveries.c.id)
        .with_for_update(skip_locked=True)
    )
    return reading.found(tx, query).rows


def hold(tx: Connection, delivery: int) -> DeliveryRow | None:
    """A delivery by its id, held until the commit; None where there is none. Raises Unreadable."""
    rows = reading.whole(tx, select(deliveries).where(deliveries.c.id == delivery).with_for_update())
    return rows[0] if rows else None


def rewrite(tx: Connection, delivery: int, payload: Any, not_before: datetime | None) -> None:
    """Let a delivery that nobody has begun to send say something else, or leave at another time."""
    values = {"payload": payload, "not_before": not_before}
    tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(**values))


def bring_forward(tx: Connection, waiting: Joinable, due: datetime | None, not_before: datetime) -> None:
    """What joins a waiting delivery may be due before what is in it, and may have to leave sooner."""
    values: dict[str, datetime] = {}
    if not_before < waiting.not_before:
        values["not_before"] = not_before
    if due is not None and (waiting.due is None or due < waiting.due):
        values["due"] = due
    if values:
        tx.execute(update(deliveries).where(deliveries.c.id == waiting.id).values(values))


def reseat(tx: Connection, delivery: int, bundle: str, not_before: datetime) -> None:
    """Let a delivery that waits untried leave then, in that bundle."""
    values = {"bundle": bundle, "not_before": not_before}
    tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(**values))


def move_links(tx: Connection, delivery: int, to: int, ids: Collection[int]) -> None:
    """Let some notices leave with another delivery, which may have some of them already."""
    known = {notice for _, notice in links_of(tx, [to])}
    for some in in_parts(ids):
        mine = delivery_notices.c.delivery == delivery, delivery_notices.c.notice.in_(some)
        tx.execute(delete(delivery_notices).where(*mine))
    fresh = [{"delivery": to, "notice": each} for each in ids if each not in known]
    insert_all(tx, delivery_notices, fresh)


def links_of(tx: Connection, ids: Iterable[int]) -> set[tuple[int, int]]:
    """The (delivery, notice) pairs of these deliveries."""
    found: set[tuple[int, int]] = set()
    for some in in_parts(ids):
        rows = tx.execute(select(delivery_notices).where(delivery_notices.c.delivery.in_(some)))
        found.update((row.delivery, row.notice) for row in rows)
    return found


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


def find(tx: Connection, delivery: int) -> DeliveryRow | None:
    """One message, None where there is none. Raises Unreadable."""
    rows = reading.whole(tx, select(deliveries).where(deliveries.c.id == delivery))
    return cast(DeliveryRow, rows[0]) if rows else None


def contents(tx: Connection, ids: Sequence[int]) -> dict[int, list[NoticeRow]]:
    """For each delivery its notices with their alert, deadline and case, in the order they were decided.

    Raises Unreadable.
    """
    found: dict[int, list[NoticeRow]] = {delivery: [] for delivery in ids}
    for some in in_parts(ids):
        rows = reading.whole(tx, _CONTENTS, {"ids": some})
        for row in cast(Sequence[NoticeRow], rows):
            found[row.delivery].append(row)
    return found


def unsent(tx: Connection, deadline: int) -> dict[int, Joinable]:
    """The notices of a deadline whose message nobody has begun to send, each with it, held until the commit.

    One that a node is about to lease counts as sent.
    """
    query = (
        select(delivery_notices.c.notice, deliveries)
        .join(delivery_notices, delivery_notices.c.delivery == deliveries.c.id)
        .join(notices, notices.c.id == delivery_notices.c.notice)
        .where(notices.c.deadline == deadline)
    )
    begun = {row.notice for row in tx.execute(query) if row.state != WAITING or row.attempts}
    waits = query.where(deliveries.c.state == WAITING, deliveries.c.attempts == 0)
    held = reading.found(tx, waits.with_for_update(skip_locked=True, of=deliveries)).rows
    return {row.notice: row for row in held if row.notice not in begun}


#: a duty, one of its occurrences, and whether it is about what waits for a review
Roll = tuple[str, str, bool]
_ROLLS_READ = (
    select(deadlines.c.obligation, deadlines.c.occurrence, alerts.c.step, func.max(alerts.c.level))
    .select_from(deliveries)
    .join(delivery_notices, delivery_notices.c.delivery == deliveries.c.id)
    .join(notices, notices.c.id == delivery_notices.c.notice)
    .join(alerts, alerts.c.id == notices.c.alert)
    .join(deadlines, deadlines.c.number == notices.c.deadline)
    .where(
        deliveries.c.person == bindparam("person"),
        deliveries.c.sent_at > bindparam("since"),
        deliveries.c.id != bindparam("but"),
        deliveries.c.drill == bindparam("drill"),
        alerts.c.kind == "step",
        deadlines.c.by_the_hour.is_(False),
        notices.c.position.in_(("receiver", "co-lead", "supervisor")),
    )
    .group_by(deadlines.c.obligation, deadlines.c.occurrence, alerts.c.step)
)


def rolls_read(tx: Connection, by: DeliveryRow, since: datetime) -> dict[Roll, int]:
    """The rolls that whom `by` is for was sent since then by other messages, each with its highest level."""
    found: dict[Roll, int] = {}
    for obligation, occurrence, step, level in tx.execute(
        _ROLLS_READ, {"person": by.person, "since": since, "but": by.id, "drill": by.drill}
    ):
        roll = (obligation, occurrence, step.startswith(PREFIX))
        found[roll] = max(level, found.get(roll, level))
    return found


class StepTold(NamedTuple):
    """That a step of a deadline was told to somebody, and whether they were asked to act."""

    notice: int
    alert: int
    person: str
    ask: bool


_STEPS_TOLD = (
    select(notices.c.deadline, notices.c.id, notices.c.alert, notices.c.person, notices.c.ask)
    .join(alerts, alerts.c.id == notices.c.alert)
    .where(notices.c.deadline.in_(bindparam("numbers", expanding=True)), alerts.c.kind == "step")
    .order_by(notices.c.id)
)


def steps_told(tx: Connection, numbers: Iterable[int]) -> dict[int, list[StepTold]]:
    """For each of these deadlines whom its steps were told, oldest first."""
    found: dict[int, list[StepTold]] = {}
    for some in in_parts(numbers):
        for number, *fields in tx.execute(_STEPS_TOLD, {"numbers": some}):
            found.setdefault(number, []).append(StepTold(*fields))
    return found


_SENT_ABOUT = (
    select(
        notices.c.deadline,
        deliveries.c.person,
        deliveries.c.channel,
        deliveries.c.address,
        deliveries.c.drill,
        func.min(deliveries.c.id),
        func.max(deliveries.c.id),
    )
    .join(delivery_notices, delivery_notices.c.notice == notices.c.id)
    .join(deliveries, deliveries.c.id == delivery_notices.c.delivery)
    .where(
        notices.c.deadline.in_(bindparam("numbers", expanding=True)),
        deliveries.c.person.in_(bindparam("people", expanding=True)),
        deliveries.c.state.in_(TAKEN),
    )
    .group_by(notices.c.deadline, deliveries.c.person, deliveries.c.channel)
    .group_by(deliveries.c.address, deliveries.c.drill)
)
_NAMES = select(deliveries.c.id, deliveries.c.message_id).where(
    deliveries.c.id.in_(bindparam("ids", expanding=True))
)
#: a deadline; to whom, over which channel and to which address a message about it went; whether as a drill
SentTo = tuple[int, str, str, str, bool]


def sent_about(
    tx: Connection, numbers: Iterable[int], people: Iterable[str]
) -> dict[SentTo, tuple[str, ...]]:
    """The Message-IDs of the first and the last message that a provider took; one where they are the same."""
    names, found = list(people), {}
    for some in in_parts(numbers):
        for *key, first, last in tx.execute(_SENT_ABOUT, {"numbers": some, "people": names}):
            found[tuple(key)] = (first,) if first == last else (first, last)
    ids = {each for pair in found.values() for each in pair}
    known: dict[int, str] = {}
    for some in in_parts(ids):
        known.update((row[0], row[1]) for row in tx.execute(_NAMES, {"ids": some}))
    return {cast(SentTo, key): tuple(known[each] for each in pair) for key, pair in found.items()}


def said_elsewhere(tx: Connection, delivery: int) -> frozenset[int]:
    """Which notices of a delivery its person was sent by another one, and a provider took it."""
    other = delivery_notices.alias()
    query = (
        select(delivery_notices.c.notice)
        .join(other, other.c.notice == delivery_notices.c.notice)
        .join(deliveries, deliveries.c.id == other.c.delivery)
        .where(
            delivery_notices.c.delivery == delivery,
            other.c.delivery != delivery,
            deliveries.c.state.in_(TAKEN),
        )
    )
    return frozenset(tx.execute(query).scalars())


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
