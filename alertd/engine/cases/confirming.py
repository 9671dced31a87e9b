"""Events nobody has confirmed yet, and events that turn out graver than reported.

While an event is unconfirmed its clocks run, but only the duty desk and who leads it are told (with those who
stand in for them). Confirming tells them so, and the others at the level reached by then; not confirming in
time tells the leader in charge and the coordinating office that it is still open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from alertd.core.escalation import AlertPlan, Decision, decide
from alertd.core.model import State
from alertd.engine.cases import gates
from alertd.engine.cases.corrections import started_by, stored
from alertd.engine.cases.reported import UNCONFIRMED
from alertd.engine.notify import guard
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.telling import Word, tell, tell_those_told
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import PROGRAM, Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, outbox, reading
from alertd.store.rows import DeadlineRow, EventRow
from alertd.store.tables import events

#: who hears of the clocks of an unconfirmed event
ON_DUTY = frozenset({"duty", "duty-leader"})


# Built once, because every firing asks these.
_UNCONFIRMED = select(events.c.id).where(
    events.c.id.in_(bindparam("ids", expanding=True)), events.c.state == UNCONFIRMED
)
_OVERDUE = (
    select(events)
    .where(events.c.confirm_by.is_not(None), events.c.confirm_by <= bindparam("now"))
    .order_by(events.c.confirm_by)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def unconfirmed(tx: Connection, rows: Sequence[DeadlineRow]) -> frozenset[str]:
    """Those events of these deadlines that nobody has confirmed."""
    wanted = {row.event_id for row in rows if row.event_id}
    if not wanted:
        return frozenset()
    return frozenset(tx.execute(_UNCONFIRMED, {"ids": list(wanted)}).scalars())


def urgencies(tx: Connection, rows: Sequence[DeadlineRow]) -> Mapping[str, str]:
    """Why those events of these deadlines are urgent that are."""
    wanted = {row.event_id for row in rows if row.event_id}
    if not wanted:
        return {}
    query = select(events.c.id, events.c.urgent).where(events.c.id.in_(wanted), events.c.urgent != "")
    return {row.id: row.urgent for row in tx.execute(query)}


def narrowed(decision: Decision) -> Decision:
    """The same decision for the people on duty only; a step that names none of them speaks to nobody yet."""
    plan = decision.alert
    if plan is None:
        return decision
    addressed = tuple(each for each in plan.addressed if each[0] in ON_DUTY)
    if not addressed:
        return replace(decision, alert=None, passed=(*decision.passed, *plan.merged, plan.step_id))
    return replace(decision, alert=replace(plan, addressed=addressed))


# ---------------------------------------------------------------- in time, or not


def escalate(scope: Scope, limit: int) -> int:
    """Tell leaders of events that should have been confirmed by now, once each; returns how many."""
    rows = reading.found(scope.tx, _OVERDUE, {"now": scope.now, "most": limit})
    guard.each(scope, "escalate", rows, partial(_escalate, scope), partial(_put_off, scope.tx, scope.now))
    return len(rows)


def _escalate(scope: Scope, rows: Sequence[EventRow]) -> None:
    for row in rows:
        scope.tx.execute(update(events).where(events.c.id == row.id).values(confirm_by=None))
        if row.state == UNCONFIRMED:
            people = _tell_leaders(scope, row)
            detail = {"event": row.id, "people": list(people)}
            scope.by(PROGRAM).record(audit.REGISTER, "event-unconfirmed", detail)


def _put_off(tx: Connection, now: datetime, row: EventRow) -> None:
    later = guard.put_off(now, by_the_hour=True)
    tx.execute(update(events).where(events.c.id == row.id).values(confirm_by=later))


def _tell_leaders(scope: Scope, row: EventRow) -> tuple[str, ...]:
    addresses = [(party, None, "leader-in-charge") for party in row.parties]
    if scope.world.register.duty_unit:
        addresses.append((scope.world.register.duty_unit, None, "duty"))
    kind = scope.world.register.event_types.get(row.type)
    minutes = round((scope.now - row.entered_at).total_seconds() / 60)
    args = {
        "title": dict(kind.title) if kind else row.type,
        "case": row.title or row.case_id,
        "event": row.id,
        "by": row.entered_by,
        "minutes": minutes,
    }
    word = Word("event-unconfirmed", row.id, args, row.parties, unconfirmed=True)
    return tell(scope, word, addresses)


def confirm(scope: Scope, identity: str) -> tuple[str, ...]:
    """Confirm an event; returns who hears of its clocks only now. Raises Refused where nothing is open.

    A gate it goes past is on record, and told, from now on.
    """
    row = stored(scope.tx, identity)
    if row.state != UNCONFIRMED:
        raise Refused("event-confirmed", event=identity)
    scope.tx.execute(update(events).where(events.c.id == identity).values(state="recorded", confirm_by=None))
    drafts = Drafts(scope, news=True)
    told: dict[str, None] = {}
    news: dict[str, Any] = {"happened": scope.now.isoformat()}
    for deadline in started_by(scope.tx, identity):
        tell_those_told(scope, deadline.number, "confirmed", news)
        people = _tell_held_back(drafts, deadline)
        told |= dict.fromkeys(people)
        detail = {"event": identity, "people": list(people)}
        scope.record(deadline.number, "event-confirmed", detail)
    drafts.write()
    gates.go_ahead(scope, row.type, row.case_id, row.case_version, identity, row.parties, row.happened_at)
    scope.record(audit.REGISTER, "event-confirmed", {"event": identity})
    return tuple(told)


def _tell_held_back(drafts: Drafts, row: DeadlineRow) -> tuple[str, ...]:
    """Tell those whom the steps reached so far name and nobody has told, in one message at that level."""
    plan = _reached(drafts.world, row, drafts.now)
    if plan is None:
        return ()
    obligation = drafts.world.register.obligations.get(row.obligation)
    receiver = obligation.receiver if obligation else None
    found, gaps = drafts.addressing.recipients(row.unit, receiver, plan.addressed, (), row.handed)
    drafts.note_gaps(gaps)
    known = {notice.person for notice in outbox.told(drafts.tx, row.number)}
    rest = tuple(each for each in found if each.person not in known)
    if rest:
        drafts.alert_people(row, plan, rest, "step", None)
    return tuple(each.person for each in rest)


def _reached(world: World, row: DeadlineRow, now: datetime) -> AlertPlan | None:
    """Everything that was fired so far as one message at the highest level."""
    fired = tuple(reach for reach in world.steps_of(row) if reach.id in row.fired)
    decision = decide(State(row.state), row.opens_at, row.since, (), fired, now, lambda unless: False)
    return replace(decision.alert, reached_at=now) if decision.alert else None


# ---------------------------------------------------------------- graver than reported
