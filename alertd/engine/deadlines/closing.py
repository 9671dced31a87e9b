"""How a deadline is closed, or taken up again: handed in, ended with its case, missed, fallen short.

Whoever asks: rights are looked at above. Each function works in its caller's transaction; `why` is what the
audit says of the occasion, `actor` who brought it about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from alertd.core.escalation import AlertPlan
from alertd.core.history import ActKind
from alertd.core.model import RUNNING, State
from alertd.core.reviews import review_due
from alertd.core.timing import Limits
from alertd.engine.deadlines import breaches
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.recount import differing, recount, recounted, settle_limits
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import acts, deadlines
from alertd.store.rows import DeadlineRow, changed

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
    bare: bool = False  # only the day is known of `happened`: late as a whole when it is after the last day


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
    what = replace(what, happened=moment_of(scope, what.happened, what.bare))
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


def moment_of(scope: Scope, happened: datetime, bare: bool) -> datetime:
    """When something happened: of a bare date its last moment, or now where that lies ahead.

    A last day ends at 24:00 (Civil Code art. 203), which is the first moment of the day after: a bare date
    that meant its first moment would make the day after the last one in time.
    """
    if not bare:
        return happened
    return min(scope.world.calendar.last_moment(scope.world.today(happened)), scope.now)


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
    """Raises Refused by hand: before a hard earliest bound, and without a reason before a soft one."""
    found = verdict(row, what.happened)
    if found == "early-soft" and not what.reason and not what.by_event:
        raise Refused("reason-needed", deadline=row.id, earliest=_text(row.earliest))
    if found == "early" and not what.by_event:
        raise Refused("too-early", deadline=row.id, earliest=_text(row.earliest))
    return found


def _text(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def verdict(row: DeadlineRow, happened: datetime | None) -> str:
    """What a hand-in at that instant is by the limits of `row`: early, late, either of them soft, or ""."""
    if happened is None:
        return ""
    if row.earliest is not None and happened < row.earliest:
        return "early-soft" if row.earliest_soft else "early"
    if row.due is not None and happened > row.due:
        return "late-soft" if row.due_soft else "late"
    return ""


def rejudge(
    scope: Scope,
    row: DeadlineRow,
    limits: Limits,
    values: Mapping[str, Any],
    breach: str,
    reason: str,
    approver: str,
) -> None:
    """A closed deadline had other limits than it was judged by, and so was kept after all, or was not.

    What was recorded stays recorded; this is a second fact beside it, with who approved it. The bulletin
    shows it among the corrections of the next issue.
    """
    assert row.done_at is not None  # it was handed in
    found = {"was": row.breach, "breach": breach, "reason": reason, "approver": approver}
    kind = REJUDGED_LATE if breach else REJUDGED_IN_TIME
    breaches.record(scope, kind, row.done_at, case=row.case_id, deadline=row.number, detail=found)
    detail = {**found, "happened": row.done_at.isoformat()}
    said = {"reason": reason}
    change = Change("rejudged", {**values, "breach": breach}, detail, "corrected", said)
    settle_limits(scope, row, limits, change, at_once=False)


def judge_by_grant(
    scope: Scope, row: DeadlineRow, end: date | datetime, by: str, reason: str, detail: Mapping[str, Any]
) -> None:
    """Judge what was handed in late by an extension that was asked for in time and is granted afterwards."""
    acts.add(scope.tx, row.number, ActKind.GRANT, scope.now, scope.now, end=end, by=by, reason=reason)
    limits = recounted(scope, row).limits
    found = verdict(changed(row, **differing(row, limits)), row.done_at)
    if found != verdict(row, row.done_at):
        scope.record(row.number, "extended", detail)
        rejudge(scope, deadlines.hold(scope.tx, row.number), limits, {}, found, reason, by)
    else:
        change = Change("extended", {}, detail, "extended", {"reason": reason})
        settle_limits(scope, row, limits, change, at_once=False)


#: what stands as the result of a clock that ended, and of one that was never handed in
ENDED, MISSED = "ended", "missed"
SHORTFALL = "shortfall"
#: breaches as second facts: a corrected start made of what was closed something else
REJUDGED_LATE, REJUDGED_IN_TIME = "rejudged-late", "rejudged-in-time"


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
    acts.end_pause(scope.tx, row.number, at)
    acts.add(scope.tx, row.number, ActKind.CLOSED_CASE, at, scope.now, by=scope.actor.name)
    new = changed(row, state=State.OPEN, due=at, office_due=at)
    passed = tuple(reach.id for reach in scope.world.steps_of(new) if reach.at <= scope.now)
    found = {"counted": counted, "owed": owed}
    breaches.record(scope, SHORTFALL, at, case=row.case_id, deadline=row.number, detail=found)
    values = {"state": State.OPEN, "breach": SHORTFALL}
    change = Change(SHORTFALL, values, found, waits="bulletin", spoken=passed)
    _tell(scope, settle_limits(scope, row, recounted(scope, row).limits, change, at_once=False))


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
    acts.take_back(scope.tx, row.number, ActKind.CLOSED_CASE, scope.now)
    recount(scope, row, Change("case-open-again", {"breach": ""}))
