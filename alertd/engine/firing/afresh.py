"""What was only a drill is decided afresh when messages become real, as if the program had not run meanwhile.

A drill that has not left is dropped. An open duty whose reached steps were told in no other way is looked at
again: they are reached now, together, in one alert to the people and addresses of now. What left as a drill
stays one. Questions that wait for a decision are asked again, and news goes to those who were told for real
before. Never within a drill; one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, select, update

from alertd.core import asking
from alertd.core.model import RUNNING, State
from alertd.core.pacing import later
from alertd.core.reviews import PREFIX
from alertd.engine.cases.reported import UNCONFIRMED
from alertd.engine.deadlines.change import patch
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Post
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.holds import is_reminder
from alertd.engine.notify.telling import BULLETIN, tell_again
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, deadlines, drills, leasing, repeats, requests
from alertd.store.rows import DeliveryRow, NoticeRow, joined_deadline
from alertd.store.tables import events

#: a deadline by its number, and the steps that it was told of as drills alone
Rehearsed = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Afresh:
    """So many open deadlines were told as drills alone; so many drills had not left."""

    deadlines: int
    dropped: int


def rehearsed(tx: Connection, since: datetime | None = None) -> int:
    """How many open deadlines were told of the steps they reached as drills alone, since then or ever."""
    return len({row.deadline for row in drills.steps(tx, since).all})


def decide_afresh(scope: Scope, since: datetime | None = None) -> Afresh:
    """Let what was decided as a drill since then, or ever, be decided for real by the next firing."""
    assert not scope.world.drilling
    tx = scope.tx
    again = guard.put_off(scope.now, by_the_hour=True)
    held = guard.readable(scope, "afresh", drills.waiting(tx), lambda row: leasing.put_off(tx, row.id, again))
    for row in held:
        leasing.drop(tx, row, scope.now, scope.node)
    dropped = [row.id for row in held]
    told_before = guard.readable(scope, "afresh", drills.repeated(tx, dropped))
    news = guard.readable(scope, "afresh", drills.news(tx, since))
    drills.let_go(tx)
    guard.each(scope, "afresh", [*told_before, *news], partial(_say_for_real, scope), name=_of_notice)
    # A bulletin that was a drill is not mailed again: its schedule counts from now on.
    told = [row for row in held if row.template != "message"]
    spoken = [row for row in told if (row.payload or {}).get("topic") != BULLETIN]
    guard.each(scope, "afresh", spoken, partial(_tell_again, scope), name=lambda row: (f"{row.id:x}", None))
    _ask_for_confirmation(scope, since)
    looked_at = _steps(guard.readable(scope, "afresh", drills.steps(tx, since)))
    done = guard.each(scope, "afresh", looked_at, partial(_undo, scope), name=lambda row: ("", row[0]))
    drills.forget(tx)
    if done or dropped:
        scope.record(audit.REGISTER, "decided-afresh", {"deadlines": done, "dropped": len(dropped)})
    return Afresh(done, len(dropped))


def _steps(alerts: Sequence[Any]) -> list[Rehearsed]:
    found: dict[int, list[str]] = {}
    for alert in alerts:
        found.setdefault(alert.deadline, []).extend((alert.step, *alert.merged))
    return [(number, tuple(steps)) for number, steps in found.items()]


def _undo(scope: Scope, rows: Sequence[Rehearsed]) -> None:
    for number, steps in rows:
        row = deadlines.hold(scope.tx, number)
        review = row.state == State.DONE
        undone = [step for step in row.fired if step in steps and step.startswith(PREFIX) == review]
        if not undone:
            continue
        if review or row.state in RUNNING:  # a clock that stands still is looked at when it goes on
            deadlines.change(scope.tx, number, next_action_at=scope.now, waits="")
        patch(
            scope, row, "afresh", {"fired": tuple(s for s in row.fired if s not in undone)}, {"steps": undone}
        )


def _say_for_real(scope: Scope, rows: Sequence[NoticeRow]) -> None:
    """One more message for each notice, to whoever it is for now."""
    drafts = Drafts(scope)
    world = scope.world
    for row in rows:
        deadline = joined_deadline(row)
        question = row.alert_kind == asking.STEP
        if row.alert_kind == asking.UNDECIDED and not _undecided(scope, row):
            continue
        if question and not _undecided(scope, row):
            continue
        duty = world.register.obligations.get(deadline.obligation)
        post = Post(deadline.unit, duty.receiver if duty else None, row.position, row.ask)
        urgent = world.is_urgent(deadline.policy, row.step)
        recipient, gaps = drafts.addressing.still(row.person, post, row.deputy_for, urgent)
        drafts.note_gaps(gaps)
        if recipient is None:
            continue
        if recipient.person != row.person:
            repeats.hand_over(scope.tx, row.id, recipient.person, recipient.deputy_for)
        leave = drafts.leaves_at(deadline, recipient.person, is_reminder(row.alert_kind, row.step))
        drafts.deliver(row.id, deadline, recipient, leave, urgent)
        if question:
            chase = asking.chase(deadline.by_the_hour)
            repeats.begin(scope.tx, row.id, leave, later(leave, chase.every, world.calendar), chase.at_most)
    drafts.write()


def _undecided(scope: Scope, row: NoticeRow) -> bool:
    kind = (row.alert_detail or {}).get("request", "")
    return row.d_state in RUNNING and requests.waits(scope.tx, row.deadline, kind)


def _of_notice(row: NoticeRow) -> tuple[str, int | None]:
    return row.d_id, row.deadline


def _tell_again(scope: Scope, rows: Sequence[DeliveryRow]) -> None:
    for row in rows:
        tell_again(scope, row)


def _ask_for_confirmation(scope: Scope, since: datetime | None) -> None:
    """Leaders who heard as a drill alone that nobody confirms an event are told by the next firing."""
    told = guard.readable(scope, "afresh", drills.told_of_events(scope.tx, since))
    names = {
        row.payload["args"].get("event") for row in told if row.payload.get("topic") == "event-unconfirmed"
    }
    open_ones = select(events.c.id).where(
        events.c.id.in_(names), events.c.state == UNCONFIRMED, events.c.confirm_by.is_(None)
    )
    for name in scope.tx.execute(open_ones).scalars().all():
        scope.tx.execute(update(events).where(events.c.id == name).values(confirm_by=scope.now))
