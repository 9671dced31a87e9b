"""What was decided as a drill: which messages still wait, and what was told in no other way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, update

from alertd.core import asking
from alertd.core.model import RUNNING, State
from alertd.store import reading, settings
from alertd.store.outbox import TO_PEOPLE, WAITING
from alertd.store.reading import Found
from alertd.store.rows import DeliveryRow, NoticeRow
from alertd.store.tables import alerts, deadlines, deliveries, delivery_notices, notices

_OPEN = or_(
    deadlines.c.state.in_([*RUNNING, State.SUSPENDED]),
    and_(deadlines.c.state == State.DONE, deadlines.c.review_due.is_not(None)),
)
_WAITS = (deliveries.c.drill, deliveries.c.state == WAITING, deliveries.c.template.in_(TO_PEOPLE))


def _carried(drill: bool, notice: Any = notices) -> ColumnElement[bool]:
    """Whether a notice is in a message that is a drill, or in one that is not."""
    return exists().where(
        delivery_notices.c.notice == notice.c.id,
        deliveries.c.id == delivery_notices.c.delivery,
        deliveries.c.drill.is_(drill),
    )


def remember(tx: Connection, now: datetime) -> None:
    """Keep since when drills were decided that nobody has looked through yet."""
    if settings.get(tx, settings.DRILLED) is None:
        settings.put(tx, settings.DRILLED, now.isoformat())


def since(tx: Connection) -> datetime | None:
    """Since when there are such drills, None without any."""
    found = settings.get(tx, settings.DRILLED)
    return datetime.fromisoformat(found) if isinstance(found, str) else None


def forget(tx: Connection) -> None:
    """All of them were looked through."""
    settings.put(tx, settings.DRILLED, None)


def count_waiting(tx: Connection) -> int:
    """How many drills to officials have not left."""
    return tx.execute(select(func.count()).select_from(deliveries).where(*_WAITS)).scalar_one()


def waiting(tx: Connection) -> Found[DeliveryRow]:
    """Drills to officials that have not left, held until the commit."""
    return reading.found(tx, select(deliveries).where(*_WAITS).with_for_update(skip_locked=True))


def repeated(tx: Connection, dropped: list[int]) -> Found[NoticeRow]:
    """The notices of some drills that were told for real before: what waited was a repeat of them."""
    link = exists().where(delivery_notices.c.notice == notices.c.id, delivery_notices.c.delivery.in_(dropped))
    return reading.found(tx, _notices().where(link, _carried(drill=False)))


def _steps() -> Select[Any]:
    """Alerts of open deadlines that were told as drills alone, with no real step after them."""
    after = alerts.alias("after")
    told = notices.alias("told")
    spoken = exists().where(
        after.c.deadline == alerts.c.deadline,
        after.c.kind == "step",
        after.c.reached_at > alerts.c.reached_at,
        told.c.alert == after.c.id,
        _carried(drill=False, notice=told),
    )
    mine = notices.c.alert == alerts.c.id
    drilled = exists().where(mine, _carried(drill=True))
    real = exists().where(mine, _carried(drill=False))
    return (
        select(alerts.c.id, alerts.c.deadline, alerts.c.step, alerts.c.merged)
        .join(deadlines, deadlines.c.number == alerts.c.deadline)
        .where(alerts.c.kind == "step", _OPEN, drilled, ~real, ~spoken)
        .order_by(alerts.c.id)
    )


def steps(tx: Connection, since: datetime | None) -> Found[Any]:
    """Alerts whose steps open deadlines were told of as drills alone, decided since then, or ever."""
    query = _steps()
    return reading.found(tx, query if since is None else query.where(alerts.c.decided_at >= since))


def _notices() -> Select[Any]:
    return (
        select(
            notices,
            alerts.c.kind.label("alert_kind"),
            alerts.c.step,
            alerts.c.detail.label("alert_detail"),
            *(column.label(f"d_{column.name}") for column in deadlines.c),
        )
        .join(alerts, alerts.c.id == notices.c.alert)
        .join(deadlines, deadlines.c.number == notices.c.deadline)
        .order_by(notices.c.id)
    )


def _given_over() -> Select[Any]:
    """The newest alert by which each running deadline was given to somebody, if no real step came after it.

    It is in no policy, so that nothing would be reached again.
    """
    after, told = alerts.alias("after"), notices.alias("told")
    later = and_(after.c.deadline == alerts.c.deadline, after.c.kind == "step", after.c.id > alerts.c.id)
    given = (asking.ASSIGNED, asking.HANDED)
    again = exists().where(later, after.c.step.in_(given))
    spoken = exists().where(later, told.c.alert == after.c.id, _carried(drill=False, notice=told))
    return (
        select(alerts.c.id)
        .join(deadlines, deadlines.c.number == alerts.c.deadline)
        .where(
            alerts.c.kind == "step",
            alerts.c.step.in_(given),
            deadlines.c.state.in_(RUNNING),
            ~again,
            ~spoken,
        )
    )


def news(tx: Connection, since: datetime | None) -> Found[NoticeRow]:
    """What was told as drills alone and is no step of a policy.

    Questions to decide, deadlines that were given to another unit, and news for those told for real.
    """
    before = notices.alias("before")
    knows = exists().where(
        before.c.deadline == notices.c.deadline,
        before.c.person == notices.c.person,
        before.c.id < notices.c.id,
        _carried(drill=False, notice=before),
    )
    query = _notices().where(
        or_(
            and_(alerts.c.kind != "step", or_(alerts.c.kind == asking.STEP, knows)),
            alerts.c.id.in_(_given_over()),
        ),
        _carried(drill=True),
        ~_carried(drill=False),
    )
    return reading.found(tx, query if since is None else query.where(alerts.c.decided_at >= since))


def told_of_events(tx: Connection, since: datetime | None) -> Found[DeliveryRow]:
    """Drills about no single deadline that have left."""
    query = select(deliveries).where(
        deliveries.c.drill, deliveries.c.template == "told", deliveries.c.state != WAITING
    )
    return reading.found(tx, query if since is None else query.where(deliveries.c.created_at >= since))


def let_go(tx: Connection) -> None:
    """Notices that were told as drills alone are not repeated: nobody first hears by a second reminder."""
    drilled = and_(notices.c.next_at.is_not(None), _carried(drill=True), ~_carried(drill=False))
    tx.execute(update(notices).where(drilled).values(next_at=None, repeats_left=0, repeat_every=0))
