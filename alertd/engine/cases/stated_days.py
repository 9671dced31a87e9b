"""What counts back from a day that an event of the case states: it moves when that day does.

A proposal's lead unit and its co-handling units have events of their own that state the same reply date.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from alertd.core.rules import parse_rule
from alertd.core.timing import RuleKind
from alertd.engine.cases.corrections import correct, started_by
from alertd.engine.cases.stated import STATED
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store.rows import DeadlineRow
from alertd.store.tables import events


def move_with(scope: Scope, row: DeadlineRow, end: date, reason: str, approver: str) -> list[str]:
    """Move the case's other clocks that count from the day `row` was due, now that it is due on `end`.

    `row` is the deadline as it was. Returns what moved; those told of it hear so. A clock whose limit an act
    has set keeps it. `approver` is who approved the later day.
    """
    if row.case_id is None or row.last_day is None or parse_rule(row.rule).kind is not RuleKind.STATED:
        return []
    query = select(events).where(
        events.c.case_id == row.case_id,
        events.c.id != row.event_id,
        events.c.stated_due == row.last_day,
        events.c.state != "cancelled",
    )
    moved = []
    for event in scope.tx.execute(query.order_by(events.c.id)).fetchall():
        free = not any(clock.limit_by for clock in started_by(scope.tx, event.id))
        if free and _counts_back(scope.world, event.type):
            moved += correct(scope, event.id, {}, end, reason, approver)
    return moved


def _counts_back(world: World, kind: str) -> bool:
    start = f"{kind}.{STATED}"
    return any(start in obligation.starts_on for obligation in world.register.obligations.values())
