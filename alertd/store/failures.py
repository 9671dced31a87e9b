"""Attempts that failed, until what follows from them is decided.

Written with the receipt, deleted by the transaction that decides: neither a slip nor a crash loses either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from alertd.store import reading
from alertd.store.bulk import in_parts, insert_all
from alertd.store.reading import Found
from alertd.store.tables import deliveries, failures
from alertd.store.types import Soonest


def failed(
    delivery: int,
    at: datetime,
    result: str,
    detail: str,
    code: str = "",
    address_dead: bool = False,
    another_way: bool = True,
) -> dict[str, Any]:
    """A row for `add`: what an attempt ended with, whether the address is dead, and another way is needed."""
    return {
        "delivery": delivery,
        "result": result,
        "code": code,
        "detail": detail,
        "address_dead": address_dead,
        "another_way": another_way,
        "next_at": at,
    }


def add(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Attempts that failed and from which something may follow, in the transaction of their receipts.

    A delivery that fails again before that was decided is decided once, by its last attempt.
    """
    if not rows:
        return
    again = [row["delivery"] for row in rows]
    for some in in_parts(again):
        tx.execute(failures.delete().where(failures.c.delivery.in_(some)))
    insert_all(tx, failures, rows)


_DUE = (
    select(failures, *(column.label(f"m_{column.name}") for column in deliveries.c))
    .join(deliveries, deliveries.c.id == failures.c.delivery)
    .where(failures.c.next_at <= bindparam("now"))
    .order_by(failures.c.next_at, failures.c.delivery)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=failures)
)


def due(tx: Connection, now: datetime, limit: int) -> Found[Any]:
    """Failed attempts whose consequences are to be decided, with their delivery, held until the commit."""
    return reading.found(tx, _DUE, {"now": now, "most": limit})


def decided(tx: Connection, delivery: int) -> None:
    tx.execute(failures.delete().where(failures.c.delivery == delivery))


def put_off(tx: Connection, delivery: int, until: datetime) -> None:
    tx.execute(update(failures).where(failures.c.delivery == delivery).values(next_at=until))


_NEXT = select(func.min(failures.c.next_at, type_=Soonest))


def next_at(tx: Connection) -> datetime | None:
    """When what follows from a failed attempt is to be decided; in the past when it is now."""
    return tx.execute(_NEXT).scalar_one_or_none()
