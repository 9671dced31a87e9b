"""Clocks that ran because another duty was done or struck off, when that is taken back.

What they waited for is no longer so: those not finished are no longer owed, and start anew when it is so
again.
What was finished meanwhile stays finished.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from alertd.core.model import Obligation, State
from alertd.engine.deadlines.ending import stop_owing
from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow

#: what a closed deadline has been on its way
BEEN = {State.DONE: (State.DONE,), State.VERIFIED: (State.DONE, State.VERIFIED)}


def take_back(scope: Scope, row: DeadlineRow, reason: str) -> tuple[str, ...]:
    """End what started on the states `row` was in and is no longer; returns the ids of those clocks."""
    been = BEEN.get(State(row.state), ())
    grounds = {f"{row.obligation}.{state}" for state in been}
    duties = {
        duty.id: duty
        for duty in scope.world.register.obligations.values()
        if duty.starts_on and grounds.issuperset(duty.starts_on)
    }
    if not duties:
        return ()
    ended = []
    for each in deadlines.of_case(scope.tx, row.case_id or f"{row.obligation}.{row.occurrence}"):
        duty = duties.get(each.obligation)
        if (
            duty is None
            or each.state not in deadlines.UNFINISHED
            or not _rests_on(scope.tx, duty, each, row, been)
        ):
            continue
        stop_owing(scope, each, {"ground": row.id, "reason": reason})
        ended.append(each.id)
    return tuple(ended)


def _rests_on(
    tx: Connection, duty: Obligation, each: DeadlineRow, row: DeadlineRow, been: Collection[State]
) -> bool:
    """Whether a clock runs because of `row` alone: a party's own does, one for all if no other is done."""
    if duty.owed_by == "event.party":
        return bool(each.party == row.party)
    others = deadlines.of_occurrences(tx, [(row.obligation, row.occurrence)]).values()
    return not any(other.number != row.number and other.state in been for other in others)
