"""What the receiver does with a hand-in: strike it off, or send it back; and what need not be done at all.

Each function is one transaction of its caller, and raises Refused where alertd.core.rights says no.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from alertd.core.model import State
from alertd.core.rights import Act
from alertd.core.timing import TraceLine
from alertd.engine.cases.events import start_after
from alertd.engine.cases.grounds import take_back
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.deadlines.retiming import new_end, traced
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope


def send_back(scope: Scope, number: int, reason: str, end: date | datetime | None = None) -> datetime | None:
    """Return a hand-in for correction, with a new limit if `end` is given; returns when it is looked at next.

    `end` is the last day, an instant on an hour clock, and lies ahead. Without it the limit stays as it was.
    What was handed in late stays on record as late.
    """
    row, right = permitted(scope, number, Act.RETURN)
    reason = need_reason(reason)
    values: dict[str, Any] = {"state": State.RETURNED}
    if end is not None:
        values |= new_end(scope.world, row, end)
        if values["due"] <= scope.now:
            raise Refused("end-over", deadline=row.id)
        line = TraceLine(end, "due", "returned-until", {"by": scope.actor.name})
        values |= {"trace": traced(scope.tx, row.trace, [line]), "limit_by": "returned"}
    detail = {"reason": reason, **right}
    new = write(scope, row, Change("returned", values, detail, "returned", {"reason": reason}, silent=True))
    take_back(scope, row, reason)
    start_after(scope, row, scope.now, state=State.RETURNED)
    settle(scope, row.case_id)
    return new.next_action_at


def verify(scope: Scope, number: int, reason: str = "") -> None:
    """Strike a hand-in off: reviewed and closed. Those told hear of it."""
    row, right = permitted(scope, number, Act.VERIFY)
    why = {"reason": reason} if reason else {}
    assert row.done_at is not None  # it was handed in
    detail = {**right, "happened": row.done_at.isoformat(), **why}
    write(scope, row, Change("verified", {"state": State.VERIFIED}, detail, "verified", why))
    start_after(scope, row, scope.now, state=State.VERIFIED)
    settle(scope, row.case_id)


def waive(scope: Scope, number: int, reason: str, approver: str) -> None:
    """Close a duty that need not be done (免予辦理): the reason and who approved it stay on record."""
    row, right = permitted(scope, number, Act.WAIVE, approver)
    reason = need_reason(reason)
    detail = {"reason": reason, **right}
    write(scope, row, Change("waived", {"state": State.WAIVED}, detail, "waived", {"reason": reason}))
    settle(scope, row.case_id)
