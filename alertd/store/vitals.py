"""How much there is and how long it waits, counted by the database: no row is read, no id comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, and_, case, func, or_, select, type_coerce

from alertd.core.model import Standing, State
from alertd.core.standing import NEAR_BY_THE_HOUR, UNFINISHED
from alertd.store import reading, tables
from alertd.store.leasing import HARMLESS
from alertd.store.reading import Found
from alertd.store.tables import deadlines, deliveries, receipts
from alertd.store.types import Soonest, to_micros

#: what waits for the loop: the time by which it is to be looked at, of each kind
_QUEUES = {
    "deadlines": deadlines.c.next_action_at,
    "repeats": tables.notices.c.next_at,
    "requests": tables.requests.c.next_at,
    "events": tables.events.c.confirm_by,
    "failures": tables.failures.c.next_at,
}
#: what stands still has no standing
SUSPENDED = str(State.SUSPENDED)


def queues(tx: Connection) -> dict[str, datetime | None]:
    """For each kind of work the instant the first of it is due, in the past where it waits."""
    return {
        name: tx.execute(select(func.min(column, type_=Soonest))).scalar_one_or_none()
        for name, column in _QUEUES.items()
    }


class Waiting(NamedTuple):
    """What waits on one channel: how many messages, and since when the first ought to have left."""

    messages: int
    since: datetime | None


def waiting(tx: Connection, channel: str, drills_only: bool) -> Waiting:
    """Messages that have not left; one that was tried and is tried again waits since its first attempt.

    With `drills_only` without real messages to officials, which stay where they are.
    """
    since = func.coalesce(deliveries.c.first_attempt_at, deliveries.c.not_before)
    query = select(func.count(), func.min(since, type_=Soonest)).where(
        deliveries.c.channel == channel, deliveries.c.not_before.is_not(None)
    )
    found = tx.execute(query.where(HARMLESS) if drills_only else query).one()
    return Waiting(found[0], found[1])


def standings(
    tx: Connection, now: datetime, near_until: date, but: Collection[str]
) -> Mapping[tuple[str, bool], int]:
    """How many unfinished deadlines have each standing, and whether they are provisional.

    As `core.standing.standing_of` says of each; without the obligations `but`, of which only those are
    counted that have not opened. Paused ones are `SUSPENDED`. `near_until` is `core.standing.near_until`.
    """
    row, at = deadlines.c, to_micros(now)
    start, due = type_coerce(row.start, BigInteger), type_coerce(row.due, BigInteger)
    near_by_the_hour = or_(start + due <= 2 * at, row.due <= now + NEAR_BY_THE_HOUR)
    near = or_(
        and_(row.by_the_hour.is_(True), near_by_the_hour),
        and_(row.by_the_hour.is_(False), row.due.is_not(None), row.last_day <= near_until),
    )
    standing = case(
        (row.state == State.SUSPENDED, SUSPENDED),
        (row.due < now, Standing.OVERDUE.value),
        (row.opens_at > now, Standing.ON_TRACK.value),
        (near, Standing.NEAR.value),
        (row.earliest > now, Standing.EARLY.value),
        else_=Standing.ON_TRACK.value,
    )
    counted = or_(row.obligation.not_in(list(but)), row.opens_at > now)
    query = (
        select(standing, row.provisional, func.count())
        .where(row.state.in_([str(each) for each in UNFINISHED]), counted)
        .group_by(standing, row.provisional)
    )
    return {(found[0], bool(found[1])): found[2] for found in tx.execute(query)}


def attempts(tx: Connection, after: int, before: int, limit: int) -> Found[Any]:
    """Up to `limit` receipts of attempts with ids from `after` to `before`, neither included, in order.

    With the channel and what is needed to say how late a message left.
    """
    query = (
        select(
            receipts.c.id,
            receipts.c.delivery,
            receipts.c.at,
            receipts.c.result,
            receipts.c.code,
            receipts.c.seconds,
            deliveries.c.channel,
            deliveries.c.template,
            deliveries.c.created_at,
            deliveries.c.person,
        )
        .join(deliveries, deliveries.c.id == receipts.c.delivery)
        .where(receipts.c.id > after, receipts.c.id < before)
        .order_by(receipts.c.id)
        .limit(limit)
    )
    return reading.found(tx, query)


def newest_attempt(tx: Connection, before: int) -> int:
    """The greatest id of a receipt below `before`, 0 where there is none."""
    newest = select(func.max(receipts.c.id)).where(receipts.c.id < before)
    return tx.execute(newest).scalar_one() or 0


def reached(tx: Connection, of: Collection[int]) -> Sequence[Any]:
    """What these deliveries speak of: when each step was reached and decided, and of which deadline."""
    links, notices, alerts = tables.delivery_notices, tables.notices, tables.alerts
    query = (
        select(
            links.c.delivery,
            alerts.c.reached_at,
            alerts.c.decided_at,
            deadlines.c.since,
            deadlines.c.due,
            deadlines.c.by_the_hour,
        )
        .join(notices, notices.c.id == links.c.notice)
        .join(alerts, alerts.c.id == notices.c.alert)
        .join(deadlines, deadlines.c.number == alerts.c.deadline)
        .where(links.c.delivery.in_(list(of)))
    )
    return reading.found(tx, query).rows
