"""A draft is sent back and comes in again: what that does to the clocks that judge it (`on_return`).

`restart` counts anew from the day it came in again, `suspend` leaves out the time between, `continue` goes on
counting; all three are in the audit and in the trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import RUNNING, Obligation, State
from alertd.core.timing import TraceLine
from alertd.engine.acts import Actor
from alertd.engine.cases import carry, resumes
from alertd.engine.pausing import go_on, run_anew, stop
from alertd.engine.retiming import traced
from alertd.engine.world import World
from alertd.store import audit, deadlines


def apply(
    tx: Connection,
    world: World,
    now: datetime,
    kind: str,
    case: str,
    version: int,
    instants: Mapping[str, datetime],
    identity: str,
    actor: Actor,
) -> None:
    """Stop and restart the clocks of a case as an event of type `kind` has it. Raises Refused."""
    for row, obligation in _clocks(tx, world, case):
        if kind in obligation.returned_by and row.state in RUNNING:
            _sent_back(tx, world, now, row, obligation, min(instants.values(), default=now), identity, actor)
        elif resumes(obligation, kind) and row.state in deadlines.UNFINISHED:
            at = _came_in(obligation, kind, instants, now)
            _came_again(tx, world, now, row, obligation, at, version, identity, actor)


def _clocks(tx: Connection, world: World, case: str) -> Sequence[tuple[Any, Obligation]]:
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


def _sent_back(
    tx: Connection,
    world: World,
    now: datetime,
    row: Any,
    obligation: Obligation,
    at: datetime,
    identity: str,
    actor: Actor,
) -> None:
    """Stop the clock, unless it goes on, or its limit had passed before the draft was sent back."""
    stops = obligation.on_return != "continue" and row.start <= at <= now
    if stops and (row.due is None or at <= row.due):
        stop(tx, world, now, row.number, at, identity, actor, {"event": identity})
        return
    _runs_on(tx, world, row, at, "sent-back-runs-on")
    detail = {"event": identity, "at": at.isoformat(), "on_return": obligation.on_return}
    audit.append(tx, row.number, now, actor.text, "sent-back", detail)


def _runs_on(tx: Connection, world: World, row: Any, at: datetime, why: str) -> None:
    """Say in the trace that this did not stop the clock."""
    line = TraceLine(at.astimezone(world.zone), "count", why, {})
    deadlines.change(tx, row.number, trace=traced(tx, row, [line]))


def _came_again(
    tx: Connection,
    world: World,
    now: datetime,
    row: Any,
    obligation: Obligation,
    at: datetime,
    version: int,
    identity: str,
    actor: Actor,
) -> None:
    right = {"event": identity, "version": version}
    if obligation.on_return == "restart":
        run_anew(tx, world, now, row.number, at, identity, actor, right)
    elif row.state == State.SUSPENDED:
        go_on(tx, world, now, row.number, at, identity, actor, right)
    else:
        _runs_on(tx, world, row, at, "came-again-runs-on")
        detail = {**right, "at": at.isoformat(), "on_return": obligation.on_return}
        audit.append(tx, row.number, now, actor.text, "resubmitted", detail)
    carry(tx, row, version)
