"""What was to be said to somebody who was not in the files is said when they are.

A step that finds nobody is over for the clock, and only the admin hears of it. When files change so that
somebody would hear it now, it is reached anew: one message, of the highest level of all that was missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select

from alertd.core.escalation import decide
from alertd.core.model import RUNNING, State
from alertd.engine.deadlines.change import patch
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Addressing
from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines, reading, settings
from alertd.store.rows import DeadlineRow
from alertd.store.tables import alerts, notices
from alertd.store.tables import deadlines as table


def make_up(scope: Scope) -> int:
    """Let the steps that reached nobody, and would reach somebody now, be reached at once.

    What was decided before going live is over, and so is what a later step has said to somebody since.
    Returns of how many deadlines.
    """
    missed = _missed(scope)
    if not missed:
        return 0
    found = reading.found(scope.tx, select(table).where(table.c.number.in_(missed)))
    addressing = Addressing.now(scope)
    again: set[int] = set()

    def look_anew(rows: Sequence[DeadlineRow]) -> None:
        for row in rows:
            fired = tuple(step for step in row.fired if step not in missed[row.number])
            if fired != row.fired and _reaches_somebody(scope, addressing, row, fired):
                deadlines.change(scope.tx, row.number, next_action_at=scope.now, waits="")
                patch(scope, row, "made-up", {"fired": fired}, {"steps": sorted(missed[row.number])})
                again.add(row.number)

    guard.each(scope, "retime", found, look_anew)
    return len(again)


def _missed(scope: Scope) -> dict[int, set[str]]:
    """The steps of running deadlines that reached nobody, and after which nothing reached anybody."""
    later = alerts.alias()
    carried = exists().where(notices.c.alert == alerts.c.id)
    since = exists().where(
        later.c.deadline == alerts.c.deadline, later.c.id > alerts.c.id, later.c.kind == "step"
    )
    spoke = since.where(exists().where(notices.c.alert == later.c.id))
    query = (
        select(alerts.c.deadline, alerts.c.step, alerts.c.merged)
        .join(table, table.c.number == alerts.c.deadline)
        .where(table.c.state.in_(RUNNING), alerts.c.kind == "step", ~carried, ~spoke)
    )
    if live := settings.get(scope.tx, settings.LIVE_SINCE):
        query = query.where(alerts.c.decided_at >= datetime.fromisoformat(live))
    missed: dict[int, set[str]] = {}
    for row in scope.tx.execute(query):
        missed.setdefault(row.deadline, set()).update((row.step, *row.merged))
    return missed


def _reaches_somebody(scope: Scope, addressing: Addressing, row: DeadlineRow, fired: tuple[str, ...]) -> bool:
    """Whether what would be decided now is said to anybody."""
    world = scope.world
    reaches = world.steps_of(row)
    plan = decide(
        State(row.state), row.opens_at, row.since, fired, reaches, scope.now, lambda unless: False
    ).alert
    if plan is None:
        return False
    duty = world.register.obligations.get(row.obligation)
    receiver, leads = (duty.receiver, duty.inform) if duty else (None, ())
    return bool(addressing.recipients(row.unit, receiver, plan.addressed, leads, row.handed)[0])
