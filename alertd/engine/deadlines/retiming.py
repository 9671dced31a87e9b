"""New limits that an act gives to one deadline, with the reason added to its trace.

A limit set by an act is not moved by the files any more: `limit_by` says which act it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.counting import close_of_business
from alertd.core.timing import TraceLine
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.types import dumps

_OLD = ("last_day", "office_due", "due", "earliest")


def new_end(world: World, row: DeadlineRow, end: date | datetime) -> dict[str, Any]:
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


def traced(tx: Connection, trace: str, lines: Sequence[TraceLine]) -> str:
    """Store a trace, by its digest, with `lines` added; returns the digest of that."""
    stored = list(deadlines.trace_of(tx, trace) or ())
    stored += [
        {"at": line.at.isoformat(), "what": line.what, "why": line.why, "args": dict(line.args)}
        for line in lines
    ]
    digest = hashlib.sha256(dumps(stored).encode()).hexdigest()
    deadlines.insert_traces(tx, {digest: stored})
    return digest
