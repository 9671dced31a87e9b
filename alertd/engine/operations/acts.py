"""What people do to one deadline: acknowledge, hand in, reopen. Each is one transaction of its caller.

`acknowledge` and `reopen` are for people and ask alertd.core.rights, as `hand_in` of
alertd.engine.cases.events does; `finish` and `open_again` are for what the rules do themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from alertd.core.model import RUNNING, Policy, State
from alertd.core.pacing import lease_end
from alertd.core.reviews import review_due
from alertd.core.rights import Act
from alertd.core.rules import parse_rule
from alertd.core.timing import RuleKind
from alertd.engine.cases.grounds import take_back
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines import breaches
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.permission import permitted
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines, outbox
from alertd.store.rows import DeadlineRow
from alertd.store.tables import notices

#: what is entered longer after it happened is a late entry on an hour clock
LATE_ENTRY = timedelta(hours=1)


def find(tx: Connection, name: str) -> Any:
    """The deadline with this id or number. Raises Refused when there is none."""
    row = deadlines.find(tx, name)
    if row is None:
        raise Refused("no-deadline", deadline=name)
    return row


def acknowledge(scope: Scope, number: int, reason: str = "") -> datetime:
    """Record that `actor` has received the reminder; returns until when repeats rest for them.

    The lease is the person's own, or the step's where the step says `ack = "any"`. It moves no deadline.
    Who is not in the directory is the office at its keyboard, and acknowledges for everybody told so far.
    """
    row, right = permitted(scope, number, Act.ACKNOWLEDGE)
    policy = scope.world.policy(row.policy)
    lease = policy.acknowledged_for if policy else Policy("", {}, ()).acknowledged_for
    until = lease_end(scope.now, lease, row.due, scope.world.calendar)
    known = scope.actor.name in scope.world.register.people
    mine = [
        notice for notice in outbox.told(scope.tx, number) if notice.person == scope.actor.name or not known
    ]
    for notice in mine:
        scope.tx.execute(
            update(notices)
            .where(notices.c.id == notice.id)
            .values(
                acknowledged_at=scope.now,
                acknowledged_until=until,
                next_at=until if notice.ask and (notice.repeats_left or notice.repeat_every) else None,
            )
        )
    deadlines.change(scope.tx, number, acknowledged_until=until)
    detail = {"until": until.isoformat(), "steps": sorted({notice.step for notice in mine}), **right}
    detail |= {"reason": reason} if reason else {}
    scope.record(number, "acknowledged", detail)
    return until


@dataclass(frozen=True, slots=True)
class Completion:
    """A hand-in as reported: when it happened, with what result, proved by what."""

    happened: datetime
    result: str = ""
    evidence: str = ""
    reason: str = ""
    by_event: str = ""


def finish(scope: Scope, number: int, what: Completion, right: Mapping[str, Any] | None = None) -> str:
    """Mark a deadline as handed in; returns the breach it leaves behind ("late", "early" or "").

    On time is judged by when it happened, not when it was entered. A hard earliest bound refuses a hand-in by
    hand, and records a breach where an event reports a fact; a soft one asks for a reason and records it.
    """
    row = deadlines.hold(scope.tx, number)
    if row.state == State.SUSPENDED:
        raise Refused("paused", deadline=row.id)
    if row.state not in RUNNING:
        raise Refused("closed", deadline=row.id, state=row.state)
    breach = _breach(row, what)
    late_entry = entered_late(scope.world, row, what.happened, scope.now)
    detail = {
        "happened": what.happened.isoformat(),
        "result": what.result,
        "evidence": what.evidence,
        "reason": what.reason,
        "event": what.by_event,
        "breach": breach,
        "entered_late": late_entry,
        **(right or {}),
    }
    if breach in ("late", "early"):
        event = what.by_event or None
        breaches.record(scope, breach, what.happened, case=row.case_id, deadline=number, event=event)
    said = {
        "reason": what.reason,
        "result": what.result,
        "happened": what.happened.isoformat(),
        "breach": breach,
        "late_entry": late_entry,
    }
    values = {
        "state": State.DONE,
        "done_at": what.happened,
        "closed_at": scope.now,
        "result": what.result,
        "breach": breach or row.breach,  # what was late once and came back stays late
        "review_due": _review_due(scope, row),
    }
    news = "breach" if breach == "early" else "done"
    write(scope, row, Change("done", values, {k: v for k, v in detail.items() if v}, news, said))
    return breach


def refuse_before_start(world: World, row: DeadlineRow, happened: datetime) -> None:
    """Raises Refused for a hand-in before what it answers had begun: to the minute by the hour, else by day.

    A duty of the calendar may be done before its year or month begins.
    """
    if parse_rule(row.rule).kind is RuleKind.CALENDAR:
        return
    start = min(row.start, row.opens_at)
    early = happened < start if row.by_the_hour else world.today(happened) < world.today(start)
    if early:
        raise Refused("before-start", deadline=row.id, start=start.isoformat())


def entered_late(world: World, row: DeadlineRow, happened: datetime, now: datetime) -> bool:
    """Whether it is entered after the fact (補錄): an hour later on hour clocks, else on a later day."""
    if row.by_the_hour:
        return now - happened > LATE_ENTRY
    return world.today(happened) < world.today(now)


def _review_due(scope: Scope, row: DeadlineRow) -> datetime | None:
    """Until when the receiver must look at it, counted from the entry on; None where nobody reviews it."""
    obligation = scope.world.register.obligations.get(row.obligation)
    if obligation is None or obligation.closes != "verify" or obligation.receiver is None:
        return None
    return review_due(scope.now, obligation.review, scope.world.calendar, scope.world.office)


def _breach(row: DeadlineRow, what: Completion) -> str:
    if row.earliest is not None and what.happened < row.earliest:
        if row.earliest_soft:
            if not what.reason and not what.by_event:
                raise Refused("reason-needed", deadline=row.id, earliest=row.earliest.isoformat())
            return "early-soft"
        if not what.by_event:
            raise Refused("too-early", deadline=row.id, earliest=row.earliest.isoformat())
        return "early"
    if row.due is not None and what.happened > row.due:
        return "late-soft" if row.due_soft else "late"
    return ""


def reopen(scope: Scope, number: int, reason: str) -> datetime | None:
    """Open a closed deadline again with the limit it had; returns when it is looked at next."""
    row, right = permitted(scope, number, Act.REOPEN)
    if not reason:
        raise Refused("reopen-reason", deadline=row.id)
    return open_again(scope, number, reason, right)


def open_again(
    scope: Scope, number: int, reason: str, right: Mapping[str, Any] | None = None
) -> datetime | None:
    """Open a closed deadline again whoever asks: figures that were corrected, or somebody who may."""
    row = deadlines.hold(scope.tx, number)
    detail = {"reason": reason, **(right or {})}
    values = {"state": State.OPEN, "breach": ""}
    new = write(scope, row, Change("reopened", values, detail, "reopened", {"reason": reason}))
    take_back(scope, row, reason)
    settle(scope, row.case_id)
    return new.next_action_at
