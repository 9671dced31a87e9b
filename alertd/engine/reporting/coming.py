"""What is said next and to whom, as the store stands: for the first screen of `alertd run`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from alertd.core.escalation import Reach
from alertd.core.model import RUNNING
from alertd.engine.notify.addressing import Addressing
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store.tables import deadlines

#: more rows than this share one next time only in a burst, of which five lines say enough
_LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class Coming:
    """One step of one obligation that several parties may reach at the same time."""

    at: datetime
    obligation: str
    step: str
    parties: tuple[str, ...]
    people: tuple[str, ...]  # ids of those who would be told today


def coming(scope: Scope, limit: int = 5) -> list[Coming]:
    """The next steps, soonest first. What is overdue at `now` counts as now."""
    rows = scope.tx.execute(
        select(deadlines)
        .where(deadlines.c.next_action_at.is_not(None), deadlines.c.state.in_(RUNNING))
        .order_by(deadlines.c.next_action_at, deadlines.c.number)
        .limit(_LOOKED_AT)
    )
    groups: dict[tuple[datetime, str, str], list[tuple[Any, Reach]]] = {}
    for row in rows:
        reach = next(
            (r for r in scope.world.steps_of(row) if r.id not in row.fired and not r.came_before(row.since)),
            None,
        )
        if reach is not None:
            groups.setdefault((max(reach.at, scope.now), row.obligation, reach.id), []).append((row, reach))
    addressing = Addressing.now(scope)
    soonest = sorted(groups.items(), key=lambda pair: pair[0])[:limit]
    return [_coming(scope.world, addressing, key, group) for key, group in soonest]


def _coming(
    world: World,
    addressing: Addressing,
    key: tuple[datetime, str, str],
    group: list[tuple[Any, Reach]],
) -> Coming:
    at, name, step = key
    obligation = world.register.obligations.get(name)
    receiver = obligation.receiver if obligation else None
    people: dict[str, None] = {}
    for row, reach in group:
        addressed = tuple((position, position in reach.step.ask) for position in reach.step.to)
        leads = obligation.inform if obligation else ()
        recipients, _ = addressing.recipients(row.unit, receiver, addressed, leads, row.handed)
        people.update(dict.fromkeys(recipient.person for recipient in recipients))
    parties = tuple(dict.fromkeys(row.party for row, _ in group))
    return Coming(at, name, step, parties, tuple(people))
