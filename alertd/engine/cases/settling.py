"""A case closes with its last clock and opens again with the next; what lives with it ends or runs on.

Turns without an end of their own, and what is counted until the case closes, keep no case open. Clocks that
ran because another duty was done or struck off end when that is taken back; what was finished meanwhile stays
so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from alertd.core.model import Obligation, State
from alertd.core.rules import kind_on_record
from alertd.core.timing import RuleKind
from alertd.engine.cases import turns
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.closing import fall_short, lift, stop_owing
from alertd.engine.deadlines.figures import Figures
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.tables import cases

_HAPPENED = frozenset({State.DONE, State.VERIFIED})
_DROPPED = frozenset({State.CANCELLED, State.WITHDRAWN})


def settle(scope: Scope, case: str | None) -> None:
    """Close a case, or open it again; call it whenever a clock of it started, closed or was reopened."""
    known = scope.tx.execute(select(cases).where(cases.c.id == case)).first() if case else None
    if known is None:
        return
    rows = deadlines.of_case(scope.tx, known.id)
    living = [row for row in rows if _lives_with_case(scope.world, row)]
    ordinary = [row for row in rows if row not in living]
    runs = any(row.state in deadlines.UNFINISHED for row in ordinary) or not ordinary
    if not runs:
        _end(scope, living, ordinary)
    elif known.closed_at is not None:
        _run_on(scope, living)
    turns.keep_ahead(scope, deadlines.of_case(scope.tx, known.id))
    if (known.closed_at is None) == (runs or not rows):
        return
    scope.tx.execute(
        update(cases).where(cases.c.id == known.id).values(closed_at=None if runs else scope.now)
    )
    action = "case-reopened" if runs else "case-closed"
    scope.record(audit.REGISTER, action, {"case": known.id})


def _lives_with_case(world: World, row: DeadlineRow) -> bool:
    """Whether a clock ends when its case closes and so keeps none open."""
    if not row.turn:
        return counts_while_open(row.rule)
    duty = world.register.obligations.get(row.obligation)
    return duty is None or not duty.ends_on


def counts_while_open(rule: str) -> bool:
    """Whether this is the text of a rule that lasts as long as its case."""
    return kind_on_record(rule) is RuleKind.WHILE_OPEN


def _end(scope: Scope, living: Sequence[DeadlineRow], ordinary: Sequence[DeadlineRow]) -> None:
    """End what lives with a case whose other clocks have all closed; nothing is judged of a false alarm."""
    alive = [row for row in living if row.state in deadlines.UNFINISHED]
    if not alive:
        return
    why = {"case": alive[0].case_id}
    at = max((_closed(row) for row in ordinary if row.state not in _DROPPED), default=None)
    if at is None:
        for row in alive:
            stop_owing(scope, row, why)
        return
    turns.end(scope, living, at, why)
    sums = Figures(scope)
    for row in alive:
        if not row.turn and row.due is None:
            fall_short(scope, row, at, sums.total(row), sums.minimum(row))


def _closed(row: DeadlineRow) -> datetime:
    """When a clock ended: when it happened, or when it was entered that it need not."""
    at = row.done_at if row.state in _HAPPENED else row.closed_at
    assert at is not None  # it is closed
    return at


def _run_on(scope: Scope, living: Sequence[DeadlineRow]) -> None:
    """The case is open again: turns that ended with it go on, and what is counted has no limit yet."""
    turns.go_on(scope, living)
    for row in living:
        if not row.turn and row.due is not None and row.state in deadlines.UNFINISHED:
            lift(scope, row)


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
    others = deadlines.of_occurrences(tx, [(row.obligation, row.occurrence)]).all
    return not any(other.number != row.number and other.state in been for other in others)


def open_again(
    scope: Scope, number: int, reason: str, right: Mapping[str, Any] | None = None
) -> datetime | None:
    """Open a closed deadline again with the limit it had; returns when it is looked at next.

    Figures that were corrected do so, or somebody who may: `right` is what the audit says of that.
    """
    row = deadlines.hold(scope.tx, number)
    detail = {"reason": reason, **(right or {})}
    values = {"state": State.OPEN, "breach": ""}
    new = write(scope, row, Change("reopened", values, detail, "reopened", {"reason": reason}))
    take_back(scope, row, reason)
    settle(scope, row.case_id)
    return new.next_action_at
