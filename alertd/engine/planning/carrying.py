"""Open items of duties that have ended: still owed, and on record as carried over (結轉).

A plan ends with its year, what it left undone does not. The deadline itself goes on, with its id, its history
and its breach (docs/decisions/0022-a-year-is-a-folder.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Connection

from alertd.core.model import Obligation
from alertd.core.validity import ended
from alertd.engine.notify import guard
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow


def carried_label(obligation: Obligation) -> str:
    """Where a carried item comes from: the plan and its clause, "2026 §24"."""
    year = obligation.plan or (str(obligation.valid_to.year) if obligation.valid_to else "")
    return f"{year} {obligation.source.clause}".strip()


def carry_over(scope: Scope) -> int:
    """Mark what is still owed of duties whose last day is over; how many. Once for each deadline."""
    count = 0
    for obligation in scope.world.register.obligations.values():
        if not ended(obligation, scope.today):
            continue
        left = [row for row in open_items(scope.tx, scope.world, obligation) if not row.carried_from]
        carry = partial(_carry, scope, carried_label(obligation))
        count += guard.each(scope, "carry", left, carry)
    return count


def _carry(scope: Scope, label: str, rows: Sequence[DeadlineRow]) -> None:
    for row in rows:
        deadlines.change(scope.tx, row.number, carried_from=label)
        scope.record(row.number, "carried-over", {"from": label})


def open_items(tx: Connection, world: World, obligation: Obligation) -> Iterator[DeadlineRow]:
    """The unfinished deadlines of a duty that ends, without those planned ahead beyond its end."""
    for name in (obligation.id, *obligation.was):
        for row in deadlines.unfinished_of(tx, name):
            if not ended(obligation, world.today(row.start)):
                yield row
