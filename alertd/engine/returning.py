"""What the receiver does with a hand-in: strike it off, or send it back; and what need not be done at all.

Each function is one transaction of its caller, and raises Refused where alertd.core.rights says no.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from alertd.core.model import State
from alertd.core.rights import Act
from alertd.core.timing import TraceLine
from alertd.engine.events import start_after
from alertd.engine.followups import tell_those_told
from alertd.engine.grounds import take_back
from alertd.engine.permission import need_reason, permitted
from alertd.engine.refusal import Refused
from alertd.engine.retiming import changes_of, new_end, old_limits, run_again, traced
from alertd.engine.scope import Scope
from alertd.engine.settling import settle
from alertd.store import deadlines, outbox


def send_back(scope: Scope, number: int, reason: str, end: date | datetime | None = None) -> datetime | None:
    """Return a hand-in for correction, with a new limit if `end` is given; returns when it is looked at next.

    `end` is the last day, an instant on an hour clock, and lies ahead. Without it the limit stays as it was.
    What was handed in late stays on record as late.
    """
    row, right = permitted(scope, number, Act.RETURN)
    reason = need_reason(reason)
    values: dict[str, Any] = {"done_at": None, "closed_at": None, "result": "", "review_due": None}
    moved: dict[str, Any] = {}
    if end is not None:
        moved = new_end(scope.world, row, end)
        if moved["due"] <= scope.now:
            raise Refused("end-over", deadline=row.id)
        line = TraceLine(end, "due", "returned-until", {"by": scope.actor.name})
        moved |= {"trace": traced(scope.tx, row, [line]), "limit_by": "returned"}
    next_at = run_again(scope, row, State.RETURNED, {**values, **moved})
    outbox.silence(scope.tx, number)
    detail = {"reason": reason, **right, **({"changes": changes_of(row, moved)} if moved else {})}
    scope.record(number, "returned", detail)
    told = {"reason": reason, **({"old": old_limits(row)} if moved else {})}
    tell_those_told(scope, number, "returned", told)
    take_back(scope, row, reason)
    start_after(scope, row, scope.now, state=State.RETURNED)
    settle(scope, row.case_id)
    return next_at


def verify(scope: Scope, number: int, reason: str = "") -> None:
    """Strike a hand-in off: reviewed and closed. Those told hear of it."""
    row, right = permitted(scope, number, Act.VERIFY)
    values = {"state": State.VERIFIED, "review_due": None, "next_action_at": None, "waits": "closed"}
    deadlines.change(scope.tx, number, **values)
    outbox.silence(scope.tx, number)
    detail = {**right, "happened": row.done_at.isoformat(), **({"reason": reason} if reason else {})}
    scope.record(number, "verified", detail)
    tell_those_told(scope, number, "verified", {"reason": reason} if reason else {})
    start_after(scope, row, scope.now, state=State.VERIFIED)
    settle(scope, row.case_id)


def waive(scope: Scope, number: int, reason: str, approver: str) -> None:
    """Close a duty that need not be done (免予辦理): the reason and who approved it stay on record."""
    row, right = permitted(scope, number, Act.WAIVE, approver)
    reason = need_reason(reason)
    deadlines.change(
        scope.tx,
        number,
        state=State.WAIVED,
        closed_at=scope.now,
        suspended_at=None,
        next_action_at=None,
        waits="closed",
    )
    outbox.silence(scope.tx, number)
    scope.record(number, "waived", {"reason": reason, **right})
    tell_those_told(scope, number, "waived", {"reason": reason})
    settle(scope, row.case_id)
