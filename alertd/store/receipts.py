"""Receipts: what came of each attempt at a delivery, and how it ended where none was made.

Whatever ends has a receipt that says so. None is ever changed, so they can be sealed (alertd.store.seals).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.store.bulk import insert_all
from alertd.store.ids import new_id
from alertd.store.tables import receipts


def receipt(
    at: datetime, node: str, delivery: int, address: str, attempt: int, result: str, **more: Any
) -> dict[str, Any]:
    """A receipt, not yet written; `attempt` is the last one before, where none was made.

    `more` are its other columns. It is the only place that makes one.
    """
    return {
        "id": new_id(),
        "delivery": delivery,
        "attempt": attempt,
        "at": at,
        "result": result,
        "code": "",
        "detail": "",
        "node": node,
        "seconds": None,
        "address": address,
        **more,
    }


def add(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write receipts, in the transaction of what became of their deliveries."""
    insert_all(tx, receipts, rows)
