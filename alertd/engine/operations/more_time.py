"""More time: clocks that stand still, go on or run anew, and a later limit that is asked for and decided.

Each function is one transaction of its caller, and raises Refused where alertd.core.rights says no. A limit
moves only when an extension is granted. More time is asked for before the limit; what was asked in time may
be granted after it, and what was handed in late meanwhile is judged anew.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from alertd.core.history import ActKind
from alertd.core.model import State
from alertd.core.rights import Act
from alertd.core.text import PersonName, Remark
from alertd.engine.cases.corrections import move_with
from alertd.engine.deadlines.change import Change, limit_of
from alertd.engine.deadlines.closing import judge_by_grant, verdict
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.deadlines.recount import recounted
from alertd.engine.deadlines.retiming import go_on, if_named, name_end, run_anew, stop
from alertd.engine.notify.telling import tell_those_told
from alertd.engine.operations.moments import past_within
from alertd.engine.operations.requesting import ask_for_decision, open_request, read_end, refuse, tell
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import requests
from alertd.store.rows import DeadlineRow


@taking_texts
def suspend(scope: Scope, number: int, at: date | datetime | None, reason: Remark) -> datetime:
    """Stop a clock at `at`, now without it; returns when it stopped. Refused once the limit has passed.

    Here and below an instant lies within the clock and not ahead, and a day means its beginning (moments.py).
    """
    row, right = permitted(scope, number, Act.SUSPEND)
    when = past_within(scope, row, at)
    stop(scope, number, when, need_reason(reason), right)
    return when


@taking_texts
def resume(scope: Scope, number: int, at: date | datetime | None, reason: Remark) -> datetime | None:
    """Let a clock go on at `at`, not before it stopped; returns the new due."""
    row, right = permitted(scope, number, Act.RESUME)
    return go_on(scope, number, past_within(scope, row, at), reason.strip(), right)


# ---------------------------------------------------------------- anew


@taking_texts
def restart(
    scope: Scope, number: int, at: date | datetime | None, reason: Remark, approver: PersonName = ""
) -> datetime | None:
    """Let a clock run anew from `at` by the rule it started with; returns the new due."""
    row, right = permitted(scope, number, Act.RESTART, approver)
    return run_anew(scope, number, past_within(scope, row, at), need_reason(reason), right)


@taking_texts
def ask_extension(scope: Scope, number: int, end: date | datetime, reason: Remark) -> None:
    """Ask for more time until `end`, the new last day (an instant on an hour clock). The superior is told."""
    row, right = permitted(scope, number, Act.EXTEND)
    reason = need_reason(reason)
    if row.due is not None and scope.now > row.due:
        raise Refused("extension-too-late", deadline=row.id)
    _later_end(scope, row, end)
    ask_for_decision(scope, row, requests.EXTEND, end.isoformat(), reason)
    detail = {"reason": reason, "wanted": end.isoformat(), **right}
    scope.record(number, "extension-asked", detail)


def _later_end(scope: Scope, row: DeadlineRow, end: date | datetime) -> None:
    """Raises Refused: no limit, not later, out of bounds."""
    if row.due is None:
        raise Refused("no-limit", deadline=row.id)
    grant = if_named(scope, row, ActKind.GRANT, end)
    until = end if isinstance(end, datetime) else scope.world.calendar.midnight_after(end)
    if until <= row.due:
        raise Refused("not-later", deadline=row.id)
    found = recounted(scope, row, [grant])
    for act, bound, most in found.beyond:
        if act.entered != grant.entered:
            continue
        if bound == "times":
            allowed = scope.world.register.obligations[row.obligation].extension
            raise Refused("extended-already", deadline=row.id, times=allowed.times, most=allowed.times)
        assert most is not None
        raise Refused(f"extension-past-{bound}", deadline=row.id, until=most.isoformat())


@taking_texts
def grant_extension(
    scope: Scope, number: int, approver: PersonName = "", end: date | datetime | None = None
) -> tuple[str, ...]:
    """Grant what was asked for, or until another `end`; returns the other deadlines that move with it.

    Also once the limit has passed: it was asked for in time. Raises Refused "end-over" for an end that has
    passed as well, unless it was handed in by then.
    """
    row, asked, right = _to_decide(scope, number, approver)
    until = end if end is not None else read_end(asked.wanted)
    _later_end(scope, row, until)
    if _over(scope, row, until):
        raise Refused("end-over", deadline=row.id)
    requests.decide(scope.tx, asked.id, requests.GRANTED, scope.now, scope.actor.text)
    detail = {"reason": asked.reason, "asked_by": asked.asked_by, **right}
    by = approver or scope.actor.name
    told = {"reason": asked.reason, "old": limit_of(row)}
    if row.state == State.DONE:
        judge_by_grant(scope, row, until, by, asked.reason, detail)
    else:
        change = Change("extended", {}, detail, silent=True)
        name_end(scope, row, ActKind.GRANT, until, change, by, asked.reason)
        if not tell_those_told(scope, number, "extended", told):
            tell(scope, row, "extended", (("contact", False),), told)
    if isinstance(until, datetime):
        return ()
    return tuple(move_with(scope, row, until, asked.reason, by))


def _to_decide(scope: Scope, number: int, approver: str) -> tuple[DeadlineRow, Any, dict[str, Any]]:
    """The deadline, the request and the right to decide it. Raises Refused: "closed" where it is moot."""
    row, right = permitted(scope, number, Act.DECIDE_EXTEND, approver)
    asked = open_request(scope.tx, scope.world, row, requests.EXTEND, scope.actor)
    if row.state == State.DONE and not verdict(row, row.done_at).startswith("late"):
        raise Refused("closed", deadline=row.id, state=row.state)
    return row, asked, right


def _over(scope: Scope, row: DeadlineRow, end: date | datetime) -> bool:
    """Whether a new limit has passed already without a hand-in."""
    until = end if isinstance(end, datetime) else scope.world.calendar.midnight_after(end)
    return until <= scope.now and (row.state != State.DONE or row.done_at is None or row.done_at > until)


@taking_texts
def refuse_extension(scope: Scope, number: int, reason: Remark, approver: PersonName = "") -> None:
    """Do not grant what was asked for; the limit stays. The unit hears why."""
    row, asked, right = _to_decide(scope, number, approver)
    refuse(scope, row, asked, "extension-refused", need_reason(reason), right)
