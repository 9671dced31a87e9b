"""What people do to one deadline: acknowledge, hand in, reopen; return, verify, waive.

Each function is one transaction of its caller, and raises Refused where alertd.core.rights says no.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, update

from alertd.core.escalation import quiet_until
from alertd.core.gates import RESULTS
from alertd.core.history import ActKind
from alertd.core.model import Policy, State
from alertd.core.pacing import rests_until
from alertd.core.rights import Act, allowed, needs_approver, possible
from alertd.core.rules import kind_on_record
from alertd.core.text import Line, PersonName, Remark
from alertd.core.timing import RuleKind
from alertd.engine.cases.events import ReportEffects, start_after
from alertd.engine.cases.settling import counts_while_open, open_again, settle, take_back
from alertd.engine.deadlines.change import Change, patch, write
from alertd.engine.deadlines.closing import Completion, finish
from alertd.engine.deadlines.permission import need_reason, permitted, roles_of
from alertd.engine.deadlines.retiming import if_named, name_end
from alertd.engine.operations.evidence import File, keep
from alertd.engine.operations.moments import only_a_day, past
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines, outbox, repeats
from alertd.store.rows import DeadlineRow
from alertd.store.tables import notices


def find(tx: Connection, name: str) -> Any:
    """The deadline with this id or number. Raises Refused when there is none."""
    row = deadlines.find(tx, name)
    if row is None:
        raise Refused("no-deadline", deadline=name)
    return row


def find_of_case(tx: Connection, case: str) -> Sequence[Any]:
    """The deadlines of a case, by its name in any case of letters; none where nobody knows it.

    Raises Unreadable: what is done to a case is done to all of it.
    """
    return deadlines.of_case(tx, case.lower())


def may(scope: Scope, row: DeadlineRow) -> frozenset[Act]:
    """What whoever acts in this scope may do to a deadline as it stands; a form of it is worth showing."""
    roles = roles_of(scope, row)
    return frozenset(act for act in Act if possible(act, State(row.state)) and allowed(act, roles))


def approved(scope: Scope, row: DeadlineRow) -> frozenset[Act]:
    """Of what whoever acts in this scope may do, that for which they name who approved it."""
    roles = roles_of(scope, row)
    return frozenset(act for act in Act if needs_approver(act, allowed(act, roles)))


def was_told(tx: Connection, number: int, people: Collection[str]) -> bool:
    """Whether any message about a deadline was for one of these people."""
    return any(notice.person in people for notice in outbox.told(tx, number))


@taking_texts
def acknowledge(scope: Scope, number: int, reason: Remark = "") -> datetime:
    """Record that `actor` has received the reminder; returns until when nothing more is said about it.

    That is the end of the lease, or the next step, which speaks in spite of it.

    The lease is the person's own, or the step's where the step says `ack = "any"`. It moves no deadline.
    Who is not in the directory is the office at its keyboard, and acknowledges for everybody told so far.
    """
    row, right = permitted(scope, number, Act.ACKNOWLEDGE)
    policy = scope.world.policy(row.policy)
    lease = policy.acknowledged_for if policy else Policy("", {}, ()).acknowledged_for
    until = rests_until(scope.now, lease, row.due, scope.world.calendar)
    known = scope.actor.name in scope.world.register.people
    mine = [
        notice for notice in outbox.told(scope.tx, number) if notice.person == scope.actor.name or not known
    ]
    rested = [asdict(repeats.rested(notice)) for notice in mine]
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
    detail = {"until": until.isoformat(), "steps": sorted({notice.step for notice in mine}), **right}
    detail |= {"rested": rested}
    detail |= {"reason": reason} if reason else {}
    patch(scope, row, "acknowledged", {"acknowledged_until": until}, detail)
    return quiet_until(until, row.fired, scope.world.steps_of(row), scope.now)


def refuse_before_start(world: World, row: DeadlineRow, happened: datetime) -> None:
    """Raises Refused for a hand-in before what it answers had begun: to the minute by the hour, else by day.

    A duty of the calendar may be done before its year or month begins.
    """
    if kind_on_record(row.rule) is RuleKind.CALENDAR:
        return
    start = min(row.start, row.opens_at)
    early = happened < start if row.by_the_hour else world.today(happened) < world.today(start)
    if early:
        raise Refused("before-start", deadline=row.id, start=start.isoformat())


@taking_texts
def reopen(scope: Scope, number: int, reason: Remark) -> datetime | None:
    """Open a closed deadline again with the limit it had; returns when it is looked at next."""
    row, right = permitted(scope, number, Act.REOPEN)
    if not reason:
        raise Refused("reopen-reason", deadline=row.id)
    return open_again(scope, number, reason, right)


@dataclass(frozen=True, slots=True)
class HandIn:
    """A hand-in as somebody reports it: when, with what result, proved by what; `reason` where one is asked.

    Without `happened` it is handed in now. A day is late as a whole when it is after the last day.
    """

    happened: date | datetime | None = None
    result: Line = ""
    evidence: Remark = ""
    reason: Remark = ""
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a hand-in brought about. `breach` is what it leaves behind, or ""; clocks are ids of deadlines."""

    id: str
    breach: str
    started: tuple[str, ...]
    running: tuple[str, ...]  # would have started, and served already


@taking_texts
def hand_in(scope: Scope, number: int, asked: HandIn) -> HandedIn:
    """Hand a deadline in, and start what waits for it.

    Raises Refused: no right; "bare-date", "far-year", "not-yet", "no-result", "before-start", "counted"; and
    as `finish` and `keep` do.
    """
    row, right = permitted(scope, number, Act.HAND_IN)
    happened = past(scope, row, asked.happened)
    if asked.result and asked.result not in RESULTS:
        raise Refused("no-result", found=asked.result, known=", ".join(RESULTS))
    refuse_before_start(scope.world, row, happened)
    if counts_while_open(row.rule):
        about = {"obligation": row.obligation, "party": row.party, "case": row.case_id}
        raise Refused("counted", deadline=row.id, **about)
    keep(scope, number, asked.files)
    bare = only_a_day(asked.happened)
    what = Completion(happened, asked.result, asked.evidence, asked.reason, bare=bare)
    breach = finish(scope, number, what, right)
    row = deadlines.hold(scope.tx, number)
    outcome = ReportEffects(row.id)
    start_after(scope, row, happened, outcome)
    settle(scope, row.case_id)
    return HandedIn(row.id, breach, tuple(outcome.started), tuple(outcome.running))


@taking_texts
def send_back(
    scope: Scope, number: int, reason: Remark, end: date | datetime | None = None
) -> datetime | None:
    """Return a hand-in for correction, with a new limit if `end` is given; returns when it is looked at next.

    `end` is the last day, an instant on an hour clock, and lies ahead. Without it the limit stays as it was.
    What was handed in late stays on record as late.
    """
    row, right = permitted(scope, number, Act.RETURN)
    reason = need_reason(reason)
    change = Change(
        "returned",
        {"state": State.RETURNED},
        {"reason": reason, **right},
        "returned",
        {"reason": reason},
        True,
    )
    if end is None:
        new = write(scope, row, change)
    else:
        if _over(scope, row, end):
            raise Refused("end-over", deadline=row.id)
        new = name_end(scope, row, ActKind.RETURN, end, change, scope.actor.name)
    take_back(scope, row, reason)
    start_after(scope, row, scope.now, state=State.RETURNED)
    settle(scope, row.case_id)
    return new.next_action_at


def _over(scope: Scope, row: DeadlineRow, end: date | datetime) -> bool:
    """Whether a new end lies behind already. Raises Refused: a day for an instant, or the other way."""
    if_named(scope, row, ActKind.RETURN, end)
    due = end if isinstance(end, datetime) else scope.world.calendar.midnight_after(end)
    return due <= scope.now


@taking_texts
def verify(scope: Scope, number: int, reason: Remark = "") -> None:
    """Strike a hand-in off: reviewed and closed. Those told hear of it."""
    row, right = permitted(scope, number, Act.VERIFY)
    why = {"reason": reason} if reason else {}
    assert row.done_at is not None  # it was handed in
    detail = {**right, "happened": row.done_at.isoformat(), **why}
    write(scope, row, Change("verified", {"state": State.VERIFIED}, detail, "verified", why))
    start_after(scope, row, scope.now, state=State.VERIFIED)
    settle(scope, row.case_id)


@taking_texts
def verify_all(scope: Scope, names: Sequence[Line], reason: Remark = "") -> tuple[str, ...]:
    """Strike several hand-ins off, each once, all of them or none; returns their ids."""
    rows = {row.number: row for row in (find(scope.tx, name) for name in names)}
    for number in rows:
        verify(scope, number, reason)
    return tuple(row.id for row in rows.values())


@taking_texts
def verify_occurrence(
    scope: Scope, obligation: Line, occurrence: Line, reason: Remark = ""
) -> tuple[str, ...]:
    """Strike off everything that was handed in for one occurrence. Raises Refused where nothing was."""
    rows = deadlines.of_occurrences(scope.tx, [(obligation, occurrence)])
    found = [row.id for row in rows.all if row.state == State.DONE]
    if not found:
        raise Refused("none-handed-in", obligation=obligation, occurrence=occurrence)
    return verify_all(scope, found, reason)


@taking_texts
def waive(scope: Scope, number: int, reason: Remark, approver: PersonName) -> None:
    """Close a duty that need not be done (免予辦理): the reason and who approved it stay on record."""
    row, right = permitted(scope, number, Act.WAIVE, approver)
    reason = need_reason(reason)
    detail = {"reason": reason, **right}
    write(scope, row, Change("waived", {"state": State.WAIVED}, detail, "waived", {"reason": reason}))
    settle(scope, row.case_id)
