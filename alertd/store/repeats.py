"""Notices that are said again: which are due, what becomes of them, and how they fall silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, update

from alertd.store import reading
from alertd.store.bulk import in_parts, update_all
from alertd.store.reading import Found
from alertd.store.rows import DueNoticeRow
from alertd.store.tables import alerts, deadlines, deliveries, delivery_notices, notices
from alertd.store.types import Soonest

_DUE = (
    select(
        notices,
        alerts.c.step,
        alerts.c.level,
        alerts.c.reached_at,
        *(column.label(f"d_{column.name}") for column in deadlines.c),
    )
    .join(alerts, alerts.c.id == notices.c.alert)
    .join(deadlines, deadlines.c.number == notices.c.deadline)
    .where(
        notices.c.next_at <= bindparam("now"),
        # What its deadline reaches now is said first, and may say it all.
        or_(deadlines.c.next_action_at.is_(None), deadlines.c.next_action_at > bindparam("now")),
    )
    .order_by(notices.c.next_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=notices)
)


def due(tx: Connection, now: datetime, limit: int) -> Found[DueNoticeRow]:
    """Notices whose repeat or lease end has come, with their deadline, held until the caller commits."""
    return reading.found(tx, _DUE, {"now": now, "most": limit})


_SAID = (
    select(
        notices.c.deadline, notices.c.person, alerts.c.kind, func.max(deliveries.c.created_at, type_=Soonest)
    )
    .join(alerts, alerts.c.id == notices.c.alert)
    .join(delivery_notices, delivery_notices.c.notice == notices.c.id)
    .join(deliveries, deliveries.c.id == delivery_notices.c.delivery)
    .where(
        notices.c.deadline.in_(bindparam("deadlines", expanding=True)),
        notices.c.ask,
        alerts.c.kind.in_(("step", "requested")),
        deliveries.c.created_at > bindparam("since"),
    )
    .group_by(notices.c.deadline, notices.c.person, alerts.c.kind)
)


def asked_since(
    tx: Connection, since: datetime, deadlines: Iterable[int]
) -> dict[tuple[int, str, str], datetime]:
    """Who was asked about which of these deadlines, by a "step" or a "requested" decision, and when last."""
    found: dict[tuple[int, str, str], datetime] = {}
    for some in in_parts(deadlines):
        rows = tx.execute(_SAID, {"deadlines": some, "since": since})
        found.update(((row[0], row[1], row[2]), row[3]) for row in rows)
    return found


_PAGED = (
    select(alerts.c.deadline, alerts.c.decided_at)
    .join(notices, notices.c.alert == alerts.c.id)
    .where(
        alerts.c.kind == "paged",
        notices.c.person == bindparam("person"),
        alerts.c.decided_at > bindparam("since"),
    )
)


def paged_since(tx: Connection, person: str, since: datetime) -> list[tuple[int, datetime]]:
    """The deadlines that somebody was paged about, and when, each time."""
    return [(row[0], row[1]) for row in tx.execute(_PAGED, {"person": person, "since": since})]


_SAVE = (
    update(notices)
    .where(notices.c.id == bindparam("k"))
    .values(
        next_at=bindparam("next_at"),
        repeats_left=bindparam("repeats_left"),
        repeat_no=bindparam("repeat_no"),
    )
)


def save(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    update_all(tx, _SAVE, rows)


def silence(tx: Connection, deadline: int, step: str = "") -> None:
    """No more repeats for a deadline, or for one step of it; nor once more when an acknowledgement ends."""
    repeats = or_(notices.c.next_at.is_not(None), notices.c.repeat_every > 0)
    query = update(notices).where(notices.c.deadline == deadline, repeats)
    if step:
        of_step = select(alerts.c.id).where(alerts.c.deadline == deadline, alerts.c.step == step)
        query = query.where(notices.c.alert.in_(of_step))
    tx.execute(query.values(next_at=None, repeats_left=0, repeat_every=0))


def silence_those(tx: Connection, ids: Iterable[int]) -> None:
    """No more repeats of these notices."""
    quiet = {"next_at": None, "repeats_left": 0, "repeat_every": 0}
    for some in in_parts(ids):
        tx.execute(update(notices).where(notices.c.id.in_(some)).values(**quiet))


@dataclass(frozen=True, slots=True)
class Rested:
    """What an acknowledgement put to rest: a notice as it was before. Instants in ISO form, None for none."""

    notice: int
    next_at: str | None
    acknowledged_at: str | None
    acknowledged_until: str | None


def rested(notice: Any) -> Rested:
    """A notice as it is before it is acknowledged."""
    at = (notice.next_at, notice.acknowledged_at, notice.acknowledged_until)
    return Rested(notice.id, *(each.isoformat() if each else None for each in at))


def wake(tx: Connection, before: Iterable[Rested]) -> None:
    """Let notices be as they were before they were acknowledged; one that fell silent since stays silent."""
    for each in before:
        times = {
            name: datetime.fromisoformat(at) if at else None
            for name in ("next_at", "acknowledged_at", "acknowledged_until")
            for at in (getattr(each, name),)
        }
        mine = update(notices).where(notices.c.id == each.notice)
        tx.execute(mine.where(notices.c.repeat_every > 0).values(**times))
        tx.execute(mine.where(notices.c.repeat_every == 0).values(**{**times, "next_at": None}))


def begin(tx: Connection, notice: int, first: datetime, next_at: datetime, times: int) -> None:
    """Let a notice said at `first` be said again from `next_at` on, so many times, as a new one is."""
    values = {"next_at": next_at, "repeats_left": times, "repeat_no": 0}
    values["repeat_every"] = int((next_at - first).total_seconds())
    tx.execute(update(notices).where(notices.c.id == notice).values(**values))


def sooner(tx: Connection, ids: Iterable[int], said: datetime) -> None:
    """Let notices that are `said` sooner than they were to be, be said again as much sooner."""
    query = select(notices.c.id, notices.c.next_at, notices.c.repeat_every)
    for some in in_parts(ids):
        mine = notices.c.id.in_(some), notices.c.next_at.is_not(None), notices.c.repeat_every > 0
        for row in reading.found(tx, query.where(*mine)).rows:
            at = said + timedelta(seconds=row.repeat_every)
            if at < row.next_at:
                tx.execute(update(notices).where(notices.c.id == row.id).values(next_at=at))


def hand_over(tx: Connection, notice: int, person: str, deputy_for: str) -> None:
    """From now on a notice is somebody else's: who stands in, or holds the position by now."""
    values = {"person": person, "deputy_for": deputy_for}
    tx.execute(update(notices).where(notices.c.id == notice).values(**values))


def channels_of(tx: Connection, ids: Sequence[int]) -> frozenset[str]:
    """The channels over which any of these notices was sent, or is about to be."""
    found: set[str] = set()
    for some in in_parts(ids):
        query = (
            select(deliveries.c.channel)
            .join(delivery_notices, delivery_notices.c.delivery == deliveries.c.id)
            .where(delivery_notices.c.notice.in_(some))
        )
        found.update(tx.execute(query).scalars())
    return frozenset(found)


def told_by(tx: Connection, ids: Iterable[int]) -> frozenset[tuple[int, str]]:
    """Which (alert, person) pairs there are of these alerts."""
    found: set[tuple[int, str]] = set()
    for some in in_parts(ids):
        query = select(notices.c.alert, notices.c.person).where(notices.c.alert.in_(some))
        found.update((row.alert, row.person) for row in tx.execute(query))
    return frozenset(found)
