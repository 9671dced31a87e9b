"""Rows that a clock which was set back has left in the future: what waits for a pause does so no longer.

A time of the calendar (a step, an office's opening, a limit) waits for the clock again. What was to be done
at once, or a pause after something that was done, was counted by the clock as it was, and would be later by
as much as that went back. What was done stays done. To put right twice is to put right once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update

from alertd.store import reading
from alertd.store.bulk import update_all
from alertd.store.outbox import LEASED, WAITING
from alertd.store.tables import deliveries, delivery_notices, failures, notices, receipts

#: instants so far ahead of the clock are not of the future: whoever wrote them read it a moment later
_SLACK = timedelta(seconds=2)


def put_right(tx: Connection, now: datetime, owner: str = "", lease: timedelta = timedelta(0)) -> int:
    """Bring forward to `now` what is late because the clock was set back; returns how many rows that is.

    What `owner` has leased stays so for `lease` from now on at the most.
    """
    future = now + _SLACK
    tried = select(receipts.c.delivery).where(receipts.c.at > future)
    waits = deliveries.c.not_before > future
    at_once = (deliveries.c.created_at > future) & (deliveries.c.not_before <= deliveries.c.created_at)
    late = or_(at_once, deliveries.c.id.in_(tried))
    moved = tx.execute(
        update(deliveries).where(deliveries.c.state == WAITING, waits, late).values(not_before=now)
    ).rowcount
    moved += tx.execute(
        update(failures)
        .where(failures.c.next_at > future, failures.c.delivery.in_(tried))
        .values(next_at=now)
    ).rowcount
    if owner:
        mine = deliveries.c.state == LEASED, deliveries.c.lease_owner == owner
        over = deliveries.c.not_before > now + lease
        moved += tx.execute(update(deliveries).where(*mine, over).values(not_before=now + lease)).rowcount
    return moved + _repeats(tx, now, future)


_NEXT = update(notices).where(notices.c.id == bindparam("k")).values(next_at=bindparam("next_at"))


def _repeats(tx: Connection, now: datetime, future: datetime) -> int:
    """A repeat comes its pause after now where what it repeats was said in what is now the future."""
    said = (
        select(notices.c.id, notices.c.next_at, notices.c.repeat_every)
        .join(delivery_notices, delivery_notices.c.notice == notices.c.id)
        .join(deliveries, deliveries.c.id == delivery_notices.c.delivery)
        .where(notices.c.next_at > future, notices.c.acknowledged_until.is_(None))
        .group_by(notices.c.id, notices.c.next_at, notices.c.repeat_every)
        .having(func.max(deliveries.c.created_at) > future)
    )
    found = ((row, now + timedelta(seconds=row.repeat_every)) for row in reading.found(tx, said).rows)
    late = [{"k": row.id, "next_at": at} for row, at in found if at < row.next_at]
    update_all(tx, _NEXT, late)
    return len(late)
