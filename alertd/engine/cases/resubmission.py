"""A draft is sent back and comes in again: what that does to the clocks that judge it (`on_return`).

`restart` counts anew from the day it came in again, `suspend` leaves out the time between, `continue` goes on
counting; all three are in the audit and in the trace. In which states an event does so is in core/rights.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertd.core.model import RUNNING, Obligation, State
from alertd.core.rights import Act, by_event
from alertd.engine.cases.case import carry, resumes
from alertd.engine.deadlines.recount import retrace
from alertd.engine.deadlines.retiming import go_on, note, run_anew, stop
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow


def apply(
    scope: Scope, kind: str, case: str, version: int, instants: Mapping[str, datetime], identity: str
) -> None:
    """Stop and restart the clocks of a case as an event of type `kind` has it. Raises Refused."""
    for row, obligation in _clocks(scope.tx, scope.world, case):
        if kind in obligation.returned_by and row.state in RUNNING:
            _sent_back(scope, row, obligation, min(instants.values(), default=scope.now), identity)
        elif resumes(obligation, kind) and row.state in deadlines.UNFINISHED:
            at = _came_in(obligation, kind, instants, scope.now)
            _came_again(scope, row, obligation, at, version, identity)


def _clocks(tx: Connection, world: World, case: str) -> Sequence[tuple[DeadlineRow, Obligation]]:
    known = world.register.obligations
    if not any(obligation.returned_by or obligation.resumed_by for obligation in known.values()):
        return ()
    rows = deadlines.of_case(tx, case)
    return [(row, known[row.obligation]) for row in rows if row.obligation in known]


def _came_in(obligation: Obligation, kind: str, instants: Mapping[str, datetime], now: datetime) -> datetime:
    """The instant the obligation names for this type, in its order of preference."""
    starts = (start.rpartition(".") for start in obligation.resumed_by)
    named = (instants.get(name) for type_, _, name in starts if type_ == kind)
    return next((at for at in named if at is not None), min(instants.values(), default=now))


def _sent_back(scope: Scope, row: DeadlineRow, obligation: Obligation, at: datetime, identity: str) -> None:
    """Stop the clock, unless it goes on, or its limit had passed before the draft was sent back."""
    stops = obligation.on_return != "continue" and by_event(Act.SUSPEND, State(row.state))
    stops = stops and row.start <= at <= scope.now
    if stops and (row.due is None or at <= row.due):
        stop(scope, row.number, at, identity, {"event": identity})
        return
    _runs_on(scope, row, at, "sent-back-runs-on")
    detail = {"event": identity, "at": at.isoformat(), "on_return": obligation.on_return}
    scope.record(row.number, "sent-back", detail)


def _runs_on(scope: Scope, row: DeadlineRow, at: datetime, why: str) -> None:
    """Say in the trace that this did not stop the clock."""
    note(scope, row, at, why)
    retrace(scope, row)


def _came_again(
    scope: Scope, row: DeadlineRow, obligation: Obligation, at: datetime, version: int, identity: str
) -> None:
    right = {"event": identity, "version": version}
    if obligation.on_return == "restart" and by_event(Act.RESTART, State(row.state)):
        run_anew(scope, row.number, at, identity, right)
    elif by_event(Act.RESUME, State(row.state)):
        go_on(scope, row.number, at, identity, right)
    else:
        _runs_on(scope, row, at, "came-again-runs-on")
        detail = {**right, "at": at.isoformat(), "on_return": obligation.on_return}
        scope.record(row.number, "resubmitted", detail)
    carry(scope, row, version)
