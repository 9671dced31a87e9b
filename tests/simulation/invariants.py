"""What must hold after every step of a run, each a function with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from alertd.core.model import RUNNING
from alertd.engine.reporting.queries import unexplained
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, tables

if TYPE_CHECKING:
    from tests.simulation.run import Run

Check = Callable[["Run", Scope], Iterator[str]]


def every_open_deadline_has_a_next_action_or_a_reason(run: Run, scope: Scope) -> Iterator[str]:
    """One with neither is never looked at again: the silent loss this program exists to prevent."""
    for row in unexplained(scope.tx).all:
        yield row.id


def the_audit_holds(run: Run, scope: Scope) -> Iterator[str]:
    """What was done can be proved afterwards only while each entry follows from the one before."""
    for broken in audit.verify(scope.tx):
        yield f"deadline {broken.deadline}, entry {broken.seq}: {broken}"


def no_slip_of_the_program_is_logged(run: Run, scope: Scope) -> Iterator[str]:
    """A traceback is something nobody thought of."""
    for at, event, text in run.logged:
        yield f"{at:.1f} {event}\n{text}"
    run.logged.clear()


def the_outbox_drains_when_troubles_end(run: Run, scope: Scope) -> Iterator[str]:
    """What was to be said and still waits hours after everything is well was lost."""
    table = tables.deliveries
    waiting = scope.tx.execute(
        select(table).where(table.c.state.in_(("pending", "leased", "sending")))
    ).fetchall()
    for row in waiting:
        overdue = row.not_before is None or row.not_before < scope.now - timedelta(minutes=10)
        if overdue:
            yield f"{row.person} {row.channel} {row.state} since {row.created_at} until {row.not_before}"


def every_step_reached_was_fired(run: Run, scope: Scope) -> Iterator[str]:
    """A step whose time has come is an alert, or the deadline says why not."""
    table = tables.deadlines
    for row in scope.tx.execute(select(table).where(table.c.state.in_(RUNNING))).fetchall():
        for reach in scope.world.steps_of(row):
            if (
                reach.at < scope.now - timedelta(minutes=10)
                and reach.step.id not in row.fired
                and reach.at > row.since
            ):
                yield f"{row.id} {reach.step.id} was to be at {reach.at}"


ALWAYS: tuple[Check, ...] = (
    every_open_deadline_has_a_next_action_or_a_reason,
    no_slip_of_the_program_is_logged,
)
AT_THE_END: tuple[Check, ...] = (
    the_audit_holds,
    the_outbox_drains_when_troubles_end,
    every_step_reached_was_fired,
)


def violated(run: Run, scope: Scope, final: bool) -> list[str]:
    """What does not hold now: "invariant: what was seen"."""
    checks = ALWAYS + AT_THE_END if final else ALWAYS
    return [f"{check.__name__}: {seen}" for check in checks for seen in check(run, scope)]
