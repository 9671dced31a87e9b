"""Messages about a deadline that nobody has begun to send."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from alertd.store.outbox import WAITING
from alertd.store.tables import deliveries, delivery_notices, notices


def count_about(tx: Connection, deadline: int) -> int:
    """How many there are; holds nothing."""
    query = (
        select(func.count(deliveries.c.id.distinct()))
        .join(delivery_notices, delivery_notices.c.delivery == deliveries.c.id)
        .join(notices, notices.c.id == delivery_notices.c.notice)
        .where(notices.c.deadline == deadline, deliveries.c.state == WAITING, deliveries.c.attempts == 0)
    )
    return tx.execute(query).scalar_one()
