"""Firing, in one transaction: claim what is due, decide (pure), write what was decided, move the cursor.

A crash before the commit leaves everything as it was; after it, everything is in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from alertd.core import asking
from alertd.core.escalation import Decision, Reach, decide
from alertd.core.model import RUNNING, State
from alertd.core.pacing import later
from alertd.core.reviews import review_reaches
from alertd.engine.cases import confirming, turns
from alertd.engine.deadlines.figures import Figures
from alertd.engine.deadlines.recorded import NOW
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Post
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.holds import is_reminder
from alertd.engine.notify.subscribers import announcements
from alertd.engine.notify.topics import PRESSES, Nobody, PolicyMissing
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines, repeats
from alertd.store.reading import Found
from alertd.store.rows import DeadlineRow, DueNoticeRow, changed, joined_deadline

ACTOR = "alertd"
#: nobody is asked twice about one deadline within this, or within half the pause of a repeat
JUST_NOW = timedelta(minutes=10)
#: what was due so long ago was missed while nothing ran
_MISSED = timedelta(minutes=1)
#: messages of day clocks that were missed wait so long for what is decided with them, a batch at a time
GATHERED = timedelta(seconds=5)
#: when a repeat that nobody can be given is looked at again
_NOBODY_YET = timedelta(hours=1)


def fire(scope: Scope, limit: int) -> int:
    """Fire up to `limit` due deadlines; returns how many. Zero means nothing is due at `now`.

    One that cannot be decided is put off and told, and the others speak.
    """
    rows = deadlines.claim_due(scope.tx, scope.now, limit)
    late = confirming.escalate(scope, limit)
    fire_those(scope, rows, more=len(rows) >= limit)
    return len(rows) + late


def fire_those(scope: Scope, rows: Sequence[DeadlineRow] | Found[DeadlineRow], more: bool = False) -> None:
    """Fire these deadlines, which are due and held; whether `more` are due that are not among them."""
    work = partial(_fire, scope, more)
    guard.each(scope, "fire", rows, work, partial(_put_off, scope.tx, scope.now))


def _fire(scope: Scope, more: bool, rows: Sequence[DeadlineRow]) -> None:
    rows = [*rows, *turns.follow(scope, rows)]
    missed = more and any(row.next_action_at and row.next_action_at < scope.now - _MISSED for row in rows)
    drafts = Drafts(scope, gathers=GATHERED if missed else timedelta(0))
    decisions = Decisions(scope, confirming.unconfirmed(scope.tx, rows))
    deadlines.save_decisions(scope.tx, [_decide_one(drafts, decisions, row) for row in rows])
    drafts.write()


def _put_off(tx: Connection, now: datetime, row: DeadlineRow) -> None:
    deadlines.change(tx, row.number, next_action_at=guard.put_off(now, row.by_the_hour))


class Decisions:
    """Decides one batch. Deadlines on the same clock share a decision: sixty towns owe one report."""

    def __init__(self, scope: Scope, unconfirmed: frozenset[str] = frozenset()) -> None:
        self._unconfirmed = unconfirmed
        self._world = scope.world
        self._now = scope.now
        self._figures = Figures(scope)
        self._known: dict[tuple[object, ...], Decision] = {}

    def for_now(self, row: DeadlineRow) -> Decision:
        """The decision on one deadline, for fewer people while its event is not confirmed."""
        decision = self.of(row)
        return confirming.narrowed(decision) if row.event_id in self._unconfirmed else decision

    def of(self, row: DeadlineRow) -> Decision:
        clock = (row.policy, row.by_the_hour, row.start, row.opens_at, row.earliest, row.due, row.last_day)
        review = (row.closed_at, row.review_due) if row.state == State.DONE else ()
        key = (*clock, row.state, row.since, row.fired, review)
        found = self._known.get(key)
        if found is None:
            reaches = self._reaches(row)
            found = decide(
                State(row.state),
                row.opens_at,
                row.since,
                row.fired,
                reaches,
                self._now,
                partial(self._excused, row),
            )
            if not any(reach.step.unless for reach in reaches):  # an excuse is each deadline's own
                self._known[key] = found
        return found

    def _reaches(self, row: DeadlineRow) -> tuple[Reach, ...]:
        """The steps of the policy, or those of the review once it is handed in."""
        if row.state == State.DONE:
            assert row.closed_at is not None
            assert row.review_due is not None
            return review_reaches(row.closed_at, row.review_due, self._world.calendar, self._world.office)
        return self._world.steps_of(row)

    def _excused(self, row: DeadlineRow, unless: frozenset[str]) -> bool:
        until = row.acknowledged_until
        if "acknowledged" in unless and until is not None and until > self._now:
            return True
        if any(self._figures.supplied(row, word) for word in unless):
            return True
        return "on-track" in unless and self._figures.on_track(row, self._now)


def _decide_one(drafts: Drafts, decisions: Decisions, row: DeadlineRow) -> dict[str, Any]:
    world, now = drafts.world, drafts.now
    review = row.state == State.DONE and row.review_due is not None
    if row.state not in RUNNING and not review:
        return _cursor(row, None, row.audit_seq, row.audit_head)
    if not review and world.policy(row.policy) is None:
        tell_admin(drafts.scope, PolicyMissing(deadline=row.id, policy=row.policy))
        return {**_cursor(row, None, row.audit_seq, row.audit_head), "waits": "policy-missing"}

    decision = decisions.for_now(row)
    seq, head = row.audit_seq, row.audit_head
    detail = _speak(drafts, row, decision)
    if detail or decision.opens:
        action = "alert" if detail else "opened"
        if decision.opens:
            detail[NOW] = {"state": State.OPEN}
        entry = audit.row(row.number, seq + 1, head, now, drafts.scope.author, action, detail)
        drafts.audit.append(entry)
        seq, head = entry["seq"], entry["hash"]
        if world.subscriptions:
            _announce(drafts, row, decision, seq)
    return _cursor(row, decision, seq, head)


def _announce(drafts: Drafts, row: DeadlineRow, decision: Decision, seq: int) -> None:
    """Let other systems hear that it has opened, and of the first look at it after its limit."""
    scope = drafts.scope
    if decision.opens:
        opened = changed(row, state=State.OPEN)
        drafts.intent.deliveries += announcements(scope, opened, "opened", seq)
    due = row.due
    if due is None or row.state == State.DONE:
        return
    over = {reach.id for reach in scope.world.steps_of(row) if reach.at >= due}
    if over.intersection(decision.fired) and not over.intersection(row.fired):
        drafts.intent.deliveries += announcements(scope, row, "late", seq)


def _speak(drafts: Drafts, row: DeadlineRow, decision: Decision) -> dict[str, Any]:
    plan = decision.alert
    passed = {"passed": list(decision.passed)} if decision.passed else {}
    if plan is None:
        return passed
    obligation = drafts.world.register.obligations.get(row.obligation)
    receiver = obligation.receiver if obligation else None
    recipients = drafts.alert(row, receiver, plan)
    detail: dict[str, Any] = {
        "step": plan.step_id,
        "level": plan.level,
        "reached_at": plan.reached_at.isoformat(),
        "people": [recipient.person for recipient in recipients],
    }
    if plan.merged:
        detail["merged"] = list(plan.merged)
    detail |= passed
    if not recipients:
        soon = row.by_the_hour or (row.due is not None and row.due - drafts.now < PRESSES)
        tell_admin(drafts.scope, Nobody(deadline=row.id, step=plan.step_id, pressing=soon))
    return detail


def _cursor(row: DeadlineRow, decision: Decision | None, seq: int, head: str) -> dict[str, Any]:
    if decision is None:
        return {
            "k": row.number,
            "state": row.state,
            "fired": row.fired,
            "next_action_at": None,
            "waits": row.waits,
            "audit_seq": seq,
            "audit_head": head,
        }
    return {
        "k": row.number,
        "state": State.OPEN if decision.opens else row.state,
        "fired": decision.fired,
        "next_action_at": decision.next_at,
        "waits": "review" if decision.waits and row.state == State.DONE else decision.waits,
        "audit_seq": seq,
        "audit_head": head,
    }


def repeat(scope: Scope, limit: int) -> int:
    """Say again what was asked and not acknowledged; returns how many notices were looked at."""
    rows = repeats.due(scope.tx, scope.now, limit)
    again, later_on = partial(_repeat, scope), partial(_repeat_later, scope.tx, scope.now)
    guard.each(scope, "repeat", rows, again, later_on, lambda row: (row.d_id, row.deadline))
    return len(rows)


def _repeat_later(tx: Connection, now: datetime, row: DueNoticeRow) -> None:
    next_at = guard.put_off(now, row.d_by_the_hour)
    repeats.save(tx, [_rest(row, next_at, row.repeats_left, row.repeat_no)])


def _repeat(scope: Scope, rows: Sequence[DueNoticeRow]) -> None:
    drafts = Drafts(scope)
    asked = repeats.asked_since(scope.tx, scope.now - JUST_NOW, {row.deadline for row in rows})
    saves = []
    for row in rows:
        until = _acknowledged_until(row, scope.now)
        # With none left the end of a lease asks once more, and leaves -1.
        over = row.d_state not in RUNNING or (row.repeats_left < 0 and until is None)
        ahead = row.step not in row.d_fired
        if over or (ahead and scope.world.lies_ahead(joined_deadline(row), row.step, scope.now)):
            saves.append(_rest(row, None, row.repeats_left, row.repeat_no))
        elif until is not None:
            saves.append(_rest(row, until, row.repeats_left, row.repeat_no))
        else:
            saves.append(_say_again(drafts, row, _just_asked(scope, row, asked)))
    drafts.write()
    repeats.save(scope.tx, saves)


def _acknowledged_until(row: DueNoticeRow, now: datetime) -> datetime | None:
    """The end of a lease that keeps this notice quiet: one's own, or anybody's where the step says so."""
    until: datetime | None = row.acknowledged_until
    if row.ack == "any" and row.d_acknowledged_until is not None:
        until = max(until, row.d_acknowledged_until) if until else row.d_acknowledged_until
    return until if until is not None and until > now else None


def _just_asked(scope: Scope, row: DueNoticeRow, asked: Mapping[tuple[int, str, str], datetime]) -> bool:
    """Whether the same person was asked the same just now, or is by a step that is about to be reached."""
    near = JUST_NOW if not row.repeat_every else min(JUST_NOW, timedelta(seconds=row.repeat_every) / 2)
    kind = asking.STEP if row.step == asking.STEP else "step"
    last = asked.get((row.deadline, row.person, kind))
    if last is not None and last > scope.now - near:
        return True
    return kind == "step" and any(
        scope.now < reach.at < scope.now + near
        and row.position in reach.step.ask
        and not reach.step.unless
        and reach.id not in row.d_fired
        for reach in scope.world.steps_of(joined_deadline(row))
    )


def _say_again(drafts: Drafts, row: DueNoticeRow, just_asked: bool) -> dict[str, Any]:
    """One more message, unless another one about the same deadline asks the same person now."""
    world, now = drafts.world, drafts.now
    deadline = joined_deadline(row)
    duty = world.register.obligations.get(deadline.obligation)
    post = Post(deadline.unit, duty.receiver if duty else None, row.position, row.ask)
    urgent = world.is_urgent(row.d_policy, row.step)
    recipient, gaps = drafts.addressing.still(row.person, post, row.deputy_for, urgent)
    drafts.note_gaps(gaps)
    if recipient is None:  # the admin hears of it, and it is tried again: somebody may be entered meanwhile
        return _rest(row, now + _NOBODY_YET, row.repeats_left, row.repeat_no)
    if recipient.person != row.person:
        repeats.hand_over(drafts.tx, row.id, recipient.person, recipient.deputy_for)
    kind = asking.STEP if row.step == asking.STEP else "step"
    leave = drafts.leaves_at(deadline, recipient.person, is_reminder(kind, row.step))
    if not just_asked:
        drafts.deliver(row.id, deadline, recipient, leave, urgent)
    left = row.repeats_left - 1
    next_at = _next_repeat(world, row, leave) if left > 0 else None
    return _rest(row, next_at, left, row.repeat_no + (not just_asked))


def _next_repeat(world: World, row: DueNoticeRow, leave: datetime) -> datetime:
    """The step's pause after `leave`, counted anew: a working day after a Friday is longer than others.

    The seconds kept with the notice serve where its step is no longer in the policy.
    """
    if row.step == asking.STEP:
        return later(leave, asking.chase(row.d_by_the_hour).every, world.calendar)
    policy = world.policy(row.d_policy)
    for step in policy.steps if policy else ():
        named = row.step == step.id or (step.each is not None and row.step.startswith(f"{step.id}."))
        if named and step.repeat is not None:
            return later(leave, step.repeat.every, world.calendar)
    return leave + timedelta(seconds=max(row.repeat_every, 60))


def _rest(row: DueNoticeRow, next_at: datetime | None, left: int, repeat_no: int) -> dict[str, Any]:
    return {"k": row.id, "next_at": next_at, "repeats_left": left, "repeat_no": repeat_no}
