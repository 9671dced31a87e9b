"""More time: clocks that stand still, go on or run anew, and a later limit that is asked for and decided.

Each function is one transaction of its caller, and raises Refused where alertd.core.rights says no. A limit
moves only when an extension is granted, and nothing is granted once the limit has passed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.extensions import furthest
from alertd.core.rights import Act
from alertd.core.timing import Extension, TraceLine
from alertd.engine.cases.corrections import move_with
from alertd.engine.deadlines.change import Change, limit_of, write
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.deadlines.replay import changes_in
from alertd.engine.deadlines.retiming import go_on, new_end, run_anew, stop, traced
from alertd.engine.notify.telling import tell_those_told
from alertd.engine.operations.requesting import ask_for_decision, open_request, read_end, refuse, tell
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, requests
from alertd.store.rows import DeadlineRow


def suspend(scope: Scope, number: int, at: datetime, reason: str) -> None:
    """Stop a clock at `at`, which lies within it and not ahead. Refused once the limit has passed."""
    _, right = permitted(scope, number, Act.SUSPEND)
    stop(scope, number, at, need_reason(reason), right)


def resume(scope: Scope, number: int, at: datetime, reason: str) -> datetime | None:
    """Let a clock go on at `at`, not before it stopped and not ahead; returns the new due."""
    _, right = permitted(scope, number, Act.RESUME)
    return go_on(scope, number, at, reason.strip(), right)


# ---------------------------------------------------------------- anew


def restart(scope: Scope, number: int, at: datetime, reason: str, approver: str = "") -> datetime | None:
    """Let a clock run anew from `at`, not ahead, by the rule it started with; returns the new due."""
    _, right = permitted(scope, number, Act.RESTART, approver)
    return run_anew(scope, number, at, need_reason(reason), right)


def ask_extension(scope: Scope, number: int, end: date | datetime, reason: str) -> None:
    """Ask for more time until `end`, the new last day (an instant on an hour clock). The superior is told."""
    row, right = permitted(scope, number, Act.EXTEND)
    reason = need_reason(reason)
    _later_end(scope, row, end)
    ask_for_decision(scope, row, requests.EXTEND, end.isoformat(), reason)
    detail = {"reason": reason, "wanted": end.isoformat(), **right}
    scope.record(number, "extension-asked", detail)


def _later_end(scope: Scope, row: DeadlineRow, end: date | datetime) -> dict[str, Any]:
    """The columns of the new limit. Raises Refused: no limit, passed already, not later, out of bounds."""
    if row.due is None:
        raise Refused("no-limit", deadline=row.id)
    if scope.now > row.due:
        raise Refused("extension-too-late", deadline=row.id)
    values = new_end(scope.world, row, end)
    if values["due"] <= row.due:
        raise Refused("not-later", deadline=row.id)
    _within_bounds(scope.tx, scope.world, row, values["due"])
    return values


def _within_bounds(tx: Connection, world: World, row: DeadlineRow, due: datetime) -> None:
    """Raises Refused past what the obligation allows: too often, too long, or later than the law lets."""
    obligation = world.register.obligations.get(row.obligation)
    if obligation is None or obligation.extension == Extension():
        return
    allowed = obligation.extension
    first, times = _unextended(tx, row)
    if allowed.times is not None and times >= allowed.times:
        raise Refused("extended-already", deadline=row.id, times=times, most=allowed.times)
    last_day = None if row.by_the_hour else world.calendar.local_date(first - timedelta(microseconds=1))
    for name, until in furthest(allowed, row.start, first, last_day, world.calendar):
        if due > until:
            raise Refused(f"extension-past-{name}", deadline=row.id, until=until.isoformat())


def _unextended(tx: Connection, row: DeadlineRow) -> tuple[datetime, int]:
    """The limit as it would be without its extensions, and how many there were.

    A return with a new date and a restart begin anew; a pause moves both.
    """
    assert row.due is not None  # what has no limit is not extended
    due, moved, times = row.due, timedelta(), 0
    for act in reversed(audit.of_deadline(tx, row.number)):
        change = changes_in(act).get("due")
        if change is None or change["old"] is None:
            continue
        if act.action in ("returned", "restarted"):
            break
        old = datetime.fromisoformat(change["old"])
        if act.action == "extended":
            times += 1
        else:
            moved += due - old
        due = old
    return due + moved, times


def grant_extension(
    scope: Scope, number: int, approver: str = "", end: date | datetime | None = None
) -> list[str]:
    """Grant what was asked for, or until another `end`; returns the other deadlines that move with it."""
    row, right = permitted(scope, number, Act.DECIDE_EXTEND, approver)
    asked = open_request(scope.tx, scope.world, row, requests.EXTEND, scope.actor)
    until = end if end is not None else read_end(asked.wanted)
    values = _later_end(scope, row, until)
    line = TraceLine(
        until, "due", "extended-until", {"by": approver or scope.actor.name, "reason": asked.reason}
    )
    values |= {"trace": traced(scope.tx, row.trace, [line]), "limit_by": "extended"}
    requests.decide(scope.tx, asked.id, requests.GRANTED, scope.now, scope.actor.text)
    detail = {"reason": asked.reason, "asked_by": asked.asked_by, **right}
    write(scope, row, Change("extended", values, detail, silent=True))
    told = {"reason": asked.reason, "old": limit_of(row)}
    heard = tell_those_told(scope, number, "extended", told)
    if not heard:
        tell(scope, row, "extended", (("contact", False),), told)
    if isinstance(until, datetime):
        return []
    return move_with(scope, row, until, asked.reason, approver or scope.actor.name)


def refuse_extension(scope: Scope, number: int, reason: str, approver: str = "") -> None:
    """Do not grant what was asked for; the limit stays. The unit hears why."""
    row, right = permitted(scope, number, Act.DECIDE_EXTEND, approver)
    asked = open_request(scope.tx, scope.world, row, requests.EXTEND, scope.actor)
    refuse(scope, row, asked, "extension-refused", need_reason(reason), right)
