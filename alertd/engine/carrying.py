"""Open items of duties that have ended: still owed, and on record as carried over (結轉).

A plan ends with its year, what it left undone does not. The deadline itself goes on, with its id, its history
and its breach (docs/decisions/0022-a-year-is-a-folder.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import Obligation
from alertd.core.validity import ended
from alertd.engine.world import World
from alertd.store import audit, deadlines


def carried_label(obligation: Obligation) -> str:
    """Where a carried item comes from: the plan and its clause, "2026 §24"."""
    year = obligation.plan or (str(obligation.valid_to.year) if obligation.valid_to else "")
    return f"{year} {obligation.source.clause}".strip()


def carry_over(tx: Connection, world: World, now: datetime, actor: str) -> int:
    """Mark what is still owed of duties whose last day is over; how many. Once for each deadline."""
    count = 0
    today = world.today(now)
    for obligation in world.register.obligations.values():
        if not ended(obligation, today):
            continue
        label = carried_label(obligation)
        for row in open_items(tx, world, obligation):
            if not row.carried_from:
                deadlines.change(tx, row.number, carried_from=label)
                audit.append(tx, row.number, now, actor, "carried-over", {"from": label})
                count += 1
    return count


def open_items(tx: Connection, world: World, obligation: Obligation) -> Iterator[Any]:
    """The unfinished deadlines of a duty that ends, without those planned ahead beyond its end."""
    for name in (obligation.id, *obligation.was):
        for row in deadlines.unfinished_of(tx, name):
            if not ended(obligation, world.today(row.start)):
                yield row
