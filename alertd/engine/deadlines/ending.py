"""Clocks that end, or run on, with their case and not by anybody's hand-in.

Each function works in its caller's transaction; `why` is what the audit says of the occasion, `actor` who
brought it about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alertd.core.escalation import AlertPlan
from alertd.core.model import State
from alertd.engine.deadlines import breaches
from alertd.engine.deadlines.change import Change, write
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import Scope
from alertd.store.rows import DeadlineRow, changed

#: what stands as the result of a clock that ended, and of one that was never handed in
ENDED, MISSED = "ended", "missed"
SHORTFALL = "shortfall"


def stop_owing(scope: Scope, row: DeadlineRow, why: Mapping[str, Any]) -> None:
    """Close a clock whose ground is gone before it was due: nobody owes it any more."""
    said = {"reason": why.get("reason", "")}
    write(scope, row, Change(ENDED, {"state": State.CANCELLED, "result": ENDED}, dict(why), ENDED, said))


def miss(scope: Scope, row: DeadlineRow, at: datetime, why: Mapping[str, Any]) -> None:
    """Close a turn that was due before the end at `at` and never came: a breach, and nothing to hand in."""
    assert row.due is not None  # every turn has a limit
    breaches.record(scope, MISSED, row.due, case=row.case_id, deadline=row.number)
    values = {"state": State.DONE, "result": MISSED, "done_at": at, "breach": MISSED, "review_due": None}
    happened = {"happened": at.isoformat()}
    write(scope, row, Change(MISSED, values, {**happened, **why}, MISSED, happened))


def take_up(scope: Scope, row: DeadlineRow) -> None:
    """Let a clock that ended with its case run again, with the limit it had."""
    state = State.SCHEDULED if row.opens_at > scope.now else State.OPEN
    write(scope, row, Change("taken-up", {"state": state}, told="reopened"))


# ---------------------------------------------------------------- counted until the case closes


def fall_short(scope: Scope, row: DeadlineRow, at: datetime, counted: float | None, owed: float) -> None:
    """The case closed at `at` with less than is owed: late from then on, a breach, and told at once.

    It stays open until the rest is entered or it is waived, so that it stands on the board and in the lists.
    """
    values = {"state": State.OPEN, "due": at, "office_due": at, "last_day": None, "breach": SHORTFALL}
    steps = scope.world.steps_of(changed(row, **values))
    passed = tuple(reach.id for reach in steps if reach.at <= scope.now)
    found = {"counted": counted, "owed": owed}
    breaches.record(scope, SHORTFALL, at, case=row.case_id, deadline=row.number, detail=found)
    _tell(scope, write(scope, row, Change(SHORTFALL, values, found, waits="bulletin", spoken=passed)))


def _tell(scope: Scope, row: DeadlineRow) -> None:
    """Tell those whom the policy would tell when it is late; the contact is asked to make it good."""
    obligation, policy = scope.world.register.obligations.get(row.obligation), scope.world.policy(row.policy)
    overdue = policy.overdue if policy else None
    to = tuple((each, each in overdue.ask) for each in overdue.to) if overdue else (("contact", True),)
    drafts = Drafts(scope)
    plan = AlertPlan(SHORTFALL, 9, scope.now, (), to, None, "each")
    drafts.alert(row, obligation.receiver if obligation else None, plan, SHORTFALL, {"by": scope.actor.name})
    drafts.write()


def lift(scope: Scope, row: DeadlineRow) -> None:
    """The case is open again: what is counted until it closes has no limit yet.

    The breach stays on record.
    """
    values = {"due": None, "office_due": None, "last_day": None, "breach": ""}
    write(scope, row, Change("case-open-again", values))
