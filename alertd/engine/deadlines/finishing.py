"""A hand-in: on time or not, and what it leaves behind. Whoever asks; rights are looked at above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alertd.core.model import RUNNING, State
from alertd.core.reviews import review_due
from alertd.engine.deadlines import breaches
from alertd.engine.deadlines.change import Change, write
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow

#: what is entered longer after it happened is a late entry on an hour clock
LATE_ENTRY = timedelta(hours=1)


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
