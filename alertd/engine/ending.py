"""Clocks that end, or run on, with their case and not by anybody's hand-in.

Each function works in its caller's transaction; `why` is what the audit says of the occasion, `actor` who
brought it about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.escalation import AlertPlan
from alertd.core.model import State
from alertd.engine import breaches
from alertd.engine.clocks import RowView, next_look
from alertd.engine.drafts import Drafts
from alertd.engine.followups import tell_those_told
from alertd.engine.retiming import changes_of
from alertd.engine.scope import Scope
from alertd.store import deadlines, outbox

#: what stands as the result of a clock that ended, and of one that was never handed in
ENDED, MISSED = "ended", "missed"
SHORTFALL = "shortfall"


def stop_owing(scope: Scope, row: Any, why: Mapping[str, Any]) -> None:
    """Close a clock whose ground is gone before it was due: nobody owes it any more."""
    _close(scope.tx, scope.now, row, State.CANCELLED, ENDED)
    scope.record(row.number, ENDED, dict(why))
    tell_those_told(scope, row.number, ENDED, {"reason": why.get("reason", "")})


def miss(scope: Scope, row: Any, at: datetime, why: Mapping[str, Any]) -> None:
    """Close a turn that was due before the end at `at` and never came: a breach, and nothing to hand in."""
    _close(scope.tx, scope.now, row, State.DONE, MISSED, done_at=at, breach=MISSED)
    breaches.record(scope.tx, scope.now, MISSED, row.due, case=row.case_id, deadline=row.number)
    scope.record(row.number, MISSED, {"happened": at.isoformat(), **why})
    tell_those_told(scope, row.number, MISSED, {"happened": at.isoformat()})


def _close(tx: Connection, now: datetime, row: Any, state: State, result: str, **more: Any) -> None:
    closing = {"closed_at": now, "suspended_at": None, "review_due": None}
    gone = {"next_action_at": None, "waits": "closed"}
    deadlines.change(tx, row.number, state=state, result=result, **closing, **gone, **more)
    outbox.silence(tx, row.number)


def take_up(scope: Scope, row: Any) -> None:
    """Let a clock that ended with its case run again, with the limit it had."""
    state = State.SCHEDULED if row.opens_at > scope.now else State.OPEN
    next_at = next_look(scope.world, {**row._mapping, "state": state, "review_due": None}, row.since)
    waits = "" if next_at else "completion"
    deadlines.change(
        scope.tx, row.number, state=state, result="", closed_at=None, next_action_at=next_at, waits=waits
    )
    scope.record(row.number, "taken-up", {})
    tell_those_told(scope, row.number, "reopened", {})


# ---------------------------------------------------------------- counted until the case closes


def fall_short(scope: Scope, row: Any, at: datetime, counted: float | None, owed: float) -> None:
    """The case closed at `at` with less than is owed: late from then on, a breach, and told at once.

    It stays open until the rest is entered or it is waived, so that it stands on the board and in the lists.
    """
    values: dict[str, Any] = {"due": at, "office_due": at, "last_day": None, "breach": SHORTFALL}
    new = {**row._mapping, **values, "state": State.OPEN}
    steps = scope.world.steps_of(RowView(new))
    values["fired"] = (*row.fired, *(r.id for r in steps if r.at <= scope.now and r.id not in row.fired))
    next_at = next_look(scope.world, {**new, "fired": values["fired"]}, row.since)
    deadlines.change(
        scope.tx,
        row.number,
        **values,
        state=State.OPEN,
        suspended_at=None,
        next_action_at=next_at,
        waits="" if next_at else "bulletin",
    )
    found = {"counted": counted, "owed": owed}
    breaches.record(scope.tx, scope.now, SHORTFALL, at, case=row.case_id, deadline=row.number, detail=found)
    changes = changes_of(row, {"due": at, "last_day": None})
    scope.record(row.number, SHORTFALL, {**found, "changes": changes})
    _tell(scope, deadlines.hold(scope.tx, row.number))


def _tell(scope: Scope, row: Any) -> None:
    """Tell those whom the policy would tell when it is late; the contact is asked to make it good."""
    obligation, policy = scope.world.register.obligations.get(row.obligation), scope.world.policy(row.policy)
    overdue = policy.overdue if policy else None
    to = tuple((each, each in overdue.ask) for each in overdue.to) if overdue else (("contact", True),)
    drafts = Drafts(scope)
    plan = AlertPlan(SHORTFALL, 9, scope.now, (), to, None, "each")
    drafts.alert(row, obligation.receiver if obligation else None, plan, SHORTFALL, {"by": scope.actor.name})
    drafts.write()


def lift(scope: Scope, row: Any) -> None:
    """The case is open again: what is counted until it closes has no limit yet.

    The breach stays on record.
    """
    values: dict[str, Any] = {"due": None, "office_due": None, "last_day": None, "breach": ""}
    next_at = next_look(scope.world, {**row._mapping, **values}, row.since)
    waits = "" if next_at else "completion"
    deadlines.change(scope.tx, row.number, **values, next_action_at=next_at, waits=waits)
    changes = changes_of(row, {"due": None})
    scope.record(row.number, "case-open-again", {"changes": changes})
