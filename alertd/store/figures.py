"""Entries towards quotas: who, how much, on which day. Never changed; corrected by entries that take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from alertd.store.tables import progress


def totals(tx: Connection, obligation: str, first: date, last: date) -> dict[str, float]:
    """The sum of each party's entries of an obligation from `first` to `last`, both included."""
    rows = tx.execute(
        select(progress.c.party, func.sum(progress.c.amount))
        .where(progress.c.obligation == obligation, progress.c.on_day >= first, progress.c.on_day <= last)
        .group_by(progress.c.party)
    )
    return {row[0]: row[1] for row in rows}


def add(tx: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    if entries:
        tx.execute(insert(progress), list(entries))


def batch_known(tx: Connection, batch: str) -> bool:
    """Whether a file of this content was imported before."""
    return tx.execute(select(progress.c.id).where(progress.c.batch == batch).limit(1)).first() is not None


def entries_of(tx: Connection, obligation: str, party: str) -> Sequence[Any]:
    return tx.execute(
        select(progress)
        .where(progress.c.obligation == obligation, progress.c.party == party)
        .order_by(progress.c.on_day, progress.c.id)
    ).fetchall()
