"""New limits that an act gives to one deadline, with the reason added to its trace.

A limit set by an act is not moved by the files any more: `limit_by` says which act it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.counting import close_of_business
from alertd.core.escalation import rewound
from alertd.core.model import State
from alertd.core.timing import TraceLine
from alertd.engine.clocks import RowView, next_look
from alertd.engine.refusal import Refused
from alertd.engine.scope import Scope
from alertd.engine.world import World
from alertd.store import deadlines
from alertd.store.types import dumps

_OLD = ("last_day", "office_due", "due", "earliest")


def new_end(world: World, row: Any, end: date | datetime) -> dict[str, Any]:
    """The columns of a limit that ends with a day, or at an instant on an hour clock.

    Raises Refused: an hour clock needs an instant, a day clock a day.
    """
    if row.by_the_hour:
        if not isinstance(end, datetime):
            raise Refused("instant-needed", deadline=row.id, rule=row.rule)
        return {"due": end, "office_due": end, "last_day": None}
    if isinstance(end, datetime):
        raise Refused("day-needed", deadline=row.id, rule=row.rule)
    office_due, _ = close_of_business(end, row.earliest or row.opens_at, world.calendar, world.office)
    return {
        "due": world.calendar.midnight_after(end),
        "office_due": office_due,
        "last_day": end,
        "provisional": world.calendar.is_provisional(end),
    }


def traced(tx: Connection, row: Any, lines: Sequence[TraceLine]) -> str:
    """Store the deadline's trace with `lines` added; returns its digest."""
    stored = list(deadlines.trace_of(tx, row.trace) or ())
    stored += [
        {"at": line.at.isoformat(), "what": line.what, "why": line.why, "args": dict(line.args)}
        for line in lines
    ]
    digest = hashlib.sha256(dumps(stored).encode()).hexdigest()
    deadlines.insert_traces(tx, {digest: stored})
    return digest


def changes_of(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit says of columns that change: each as it was and as it is."""
    return {
        name: {"old": plain(getattr(row, name)), "new": plain(value)}
        for name, value in values.items()
        if name not in ("trace", "limit_by") and getattr(row, name) != value
    }


def old_limits(row: Any) -> dict[str, Any]:
    """The limit people were told before, for a message about the new one."""
    return {name: plain(getattr(row, name)) for name in _OLD}


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def run_again(scope: Scope, row: Any, state: State, values: Mapping[str, Any]) -> datetime | None:
    """Let a deadline run in `state` with these columns changed; returns when it is looked at next.

    Steps that lie ahead again are spoken again; those of a review are forgotten.
    """
    new = {**row._mapping, **values, "state": state}
    fired = tuple(step for step in row.fired if not step.startswith("review-"))
    new["fired"] = rewound(fired, scope.world.steps_of(RowView(new)), scope.now)
    next_at = next_look(scope.world, new, row.since)
    deadlines.change(
        scope.tx,
        row.number,
        **values,
        state=state,
        fired=new["fired"],
        next_action_at=next_at,
        waits="" if next_at else "completion",
    )
    return next_at
