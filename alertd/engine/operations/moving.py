"""A deadline that belongs to another unit: reassigned (改派), or declined within the set days (退辦).

The id keeps the party it was opened for; `unit` is who owes it now. Each function is one transaction of its
caller, and raises Refused where alertd.core.rights says no.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.asking import ASSIGNED
from alertd.core.escalation import AlertPlan
from alertd.core.model import DECLINE_WITHIN, RUNNING, Obligation
from alertd.core.pacing import later
from alertd.core.rights import Act
from alertd.core.text import Line, Remark
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.telling import tell_those_told
from alertd.engine.operations.requesting import ask_for_decision, open_request, refuse
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines, requests
from alertd.store.rows import DeadlineRow


@taking_texts
def reassign(scope: Scope, number: int, unit: Line, reason: Remark) -> None:
    """Give a deadline to another unit, with the limit it has. The old unit is told, the new one is asked."""
    row, right = permitted(scope, number, Act.REASSIGN)
    _give(scope, row, unit, need_reason(reason), right)


def _give(scope: Scope, row: DeadlineRow, unit: str, reason: str, right: dict[str, Any]) -> None:
    if unit not in scope.world.register.units:
        raise Refused("no-unit", found=unit)
    if unit == row.unit:
        raise Refused("same-unit", deadline=row.id)
    told = {"reason": reason}
    tell_those_told(scope, row.number, "reassigned", told)
    values = {"unit": unit, "acknowledged_until": None, "handed": ()}
    write(scope, row, Change("reassigned", values, {"reason": reason, **right}, silent=True))
    settle(scope, row.case_id)
    if row.state not in RUNNING:
        return
    moved = deadlines.hold(scope.tx, row.number)
    drafts = Drafts(scope)
    obligation = scope.world.register.obligations.get(row.obligation)
    # A step like any other, so that the new unit can answer by button.
    plan = AlertPlan(
        ASSIGNED, 1, scope.now, (), (("contact", True), ("leader-in-charge", False)), None, "each"
    )
    receiver = obligation.receiver if obligation else None
    drafts.alert(moved, receiver, plan, "step", {"reason": reason, "by": scope.actor.name})
    drafts.write()


# ---------------------------------------------------------------- 退辦


def decline_until(tx: Connection, world: World, row: DeadlineRow) -> datetime:
    """Until when a unit may say that a deadline is not its own: so long after it was given to it."""
    obligation: Obligation | None = world.register.obligations.get(row.obligation)
    within = obligation.decline_within if obligation else DECLINE_WITHIN
    given = max(row.since, row.opens_at)
    for act in audit.of_deadline(tx, row.number):
        if act.action == "reassigned":
            given = max(given, act.at)
    if within.unit.exact:
        return later(given, within, world.calendar)
    day = world.today(later(given, within, world.calendar))
    return world.calendar.midnight_after(day)


@taking_texts
def decline(scope: Scope, number: int, reason: Remark, unit: Line = "") -> None:
    """Say that a deadline is not this unit's, and whose it may be. The clock runs on until it is decided."""
    row, right = permitted(scope, number, Act.DECLINE)
    reason = need_reason(reason)
    if unit and unit not in scope.world.register.units:
        raise Refused("no-unit", found=unit)
    until = decline_until(scope.tx, scope.world, row)
    if scope.now > until:
        raise Refused("decline-too-late", deadline=row.id, until=until.isoformat())
    ask_for_decision(scope, row, requests.DECLINE, unit, reason)
    detail = {"reason": reason, **({"wanted": unit} if unit else {}), **right}
    scope.record(number, "declined", detail)


@taking_texts
def accept_decline(scope: Scope, number: int, unit: Line = "", reason: Remark = "") -> str:
    """Give a declined deadline to `unit`, or to the one that was named; returns which it was."""
    row, right = permitted(scope, number, Act.DECIDE_DECLINE)
    asked = open_request(scope.tx, scope.world, row, requests.DECLINE, scope.actor)
    to = unit or asked.wanted
    if not to:
        raise Refused("unit-needed", deadline=row.id)
    requests.decide(scope.tx, asked.id, requests.GRANTED, scope.now, scope.actor.text)
    _give(scope, row, to, reason.strip() or asked.reason, right)
    return str(to)


@taking_texts
def refuse_decline(scope: Scope, number: int, reason: Remark) -> None:
    """It stays with the unit, which hears why."""
    row, right = permitted(scope, number, Act.DECIDE_DECLINE)
    asked = open_request(scope.tx, scope.world, row, requests.DECLINE, scope.actor)
    refuse(scope, row, asked, "decline-refused", need_reason(reason), right)
