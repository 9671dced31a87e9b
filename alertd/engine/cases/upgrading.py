"""A graver event, raised and told: to which severity, what its limits are now, who is asked besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from alertd.core.escalation import decide
from alertd.core.model import RUNNING, State
from alertd.core.severities import levels_of
from alertd.engine.cases.confirming import ON_DUTY
from alertd.engine.cases.corrections import rule_values, stored
from alertd.engine.cases.events import ReportEffects, digest_of, refuse_severity, start_clocks
from alertd.engine.cases.reported import UNCONFIRMED, Reported
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.change import Change, limit_of
from alertd.engine.deadlines.recount import recounted, settle_limits
from alertd.engine.deadlines.retiming import note
from alertd.engine.notify.addressing import Recipient, routes_of
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.telling import Word, tell_people
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import addresses, audit, deadlines, outbox
from alertd.store.rows import DeadlineRow, EventRow, changed
from alertd.store.tables import events


def tell_upgraded(
    scope: Scope,
    event: EventRow,
    severity: str,
    outcome: ReportEffects,
    moved: Mapping[str, DeadlineRow],
    only: frozenset[str] | None = None,
) -> tuple[str, ...]:
    """Tell whoever was told of the event's clocks, and whoever its new ones reach; returns their ids.

    `event` is its row before the upgrade, `outcome` has the clocks it started; `moved` are those with another
    limit by now, as they were. `only` are the positions that may be told while it is not confirmed. Call it
    after the clocks were written.
    """
    started = outcome.started
    drafts = Drafts(scope)
    rows = [row for row in deadlines.of_case(scope.tx, event.case_id) if row.event_id == event.id]
    old, new = _told(drafts, rows), _reached(drafts, [row for row in rows if row.id in started], only)
    asked_before = {person for person, recipient in old.items() if recipient.ask}
    asked = [each for each in new.values() if each.ask and each.person not in asked_before]
    kind = scope.world.register.event_types.get(event.type)
    person = scope.world.register.people.get(scope.actor.name)
    args = {
        "title": dict(kind.title) if kind else event.type,
        "case": event.title or event.case_id,
        "by": person.name if person else scope.actor.name,
    }
    facts = {
        "from": event.severity,
        "to": severity,
        "titles": {name: dict(title) for name, title in (kind.severity_titles if kind else {}).items()},
        "clocks": [
            _clock(scope.world, row, row.id in started, moved.get(row.id))
            for row in rows
            if row.state in RUNNING
        ],
        "asked": [[scope.world.register.people[each.person].name, each.position] for each in asked],
    }
    key = f"{event.id}|{event.version}"
    word = Word("event-upgraded", key, args, event.parties, unconfirmed=only is not None, facts=facts)
    people = {**new, **old}
    tell_people(drafts, word, people.values())
    drafts.write()
    return tuple(people)


def _told(drafts: Drafts, rows: Iterable[DeadlineRow]) -> dict[str, Recipient]:
    """Everybody who was told of these clocks, as who they were told, and whether they were asked."""
    world, blocked = drafts.world, addresses.unusable(drafts.tx, drafts.now)
    found: dict[str, Recipient] = {}
    for row in rows:
        for notice in outbox.told(drafts.tx, row.number, drills=world.drilling):
            person = world.register.people.get(notice.person)
            routes = routes_of(world, person, blocked) if person else ()
            if person and routes:
                before = found.get(person.id)
                ask = notice.ask or (before is not None and before.ask)
                found[person.id] = Recipient(person.id, notice.position, ask, notice.deputy_for, routes)
    return found


def _reached(
    drafts: Drafts, rows: Iterable[DeadlineRow], only: frozenset[str] | None
) -> dict[str, Recipient]:
    """Whoever the new clocks speak to now, or first, where none of their steps is reached yet."""
    found: dict[str, Recipient] = {}
    for row in rows:
        addressed = _addressed(drafts.world, row, drafts.now)
        addressed = tuple(each for each in addressed if only is None or each[0] in only)
        obligation = drafts.world.register.obligations.get(row.obligation)
        receiver, leads = (obligation.receiver, obligation.inform) if obligation else (None, ())
        people, gaps = drafts.addressing.recipients(row.unit, receiver, addressed, leads, row.handed)
        drafts.note_gaps(gaps)
        for each in people:
            if each.person not in found or each.ask:
                found[each.person] = each
    return found


def _addressed(world: World, row: DeadlineRow, now: datetime) -> tuple[tuple[str, bool], ...]:
    reaches = world.steps_of(row)
    plan = decide(State(row.state), row.opens_at, row.since, (), reaches, now, lambda unless: False).alert
    if plan is not None:
        return plan.addressed
    step = reaches[0].step if reaches else None
    return tuple((position, position in step.ask) for position in step.to) if step else ()


def _clock(world: World, row: DeadlineRow, new: bool, before: DeadlineRow | None) -> Mapping[str, Any]:
    """The facts of one clock, as the store keeps them with the message; `before` is it with its old limit."""
    obligation = world.register.obligations.get(row.obligation)
    instants = {name: getattr(row, name) for name in ("start", "earliest", "due", "office_due")}
    old = {"old": limit_of(before)} if before is not None else {}
    return {
        "new": new,
        "number": row.number,
        "title": dict(obligation.title) if obligation else {"en": row.obligation},
        "party": dict(world.party_name(row.party)),
        "by_the_hour": row.by_the_hour,
        **old,
        "last_day": row.last_day.isoformat() if row.last_day else None,
        **{name: at.isoformat() if at else None for name, at in instants.items()},
    }


def upgrade(scope: Scope, identity: str, severity: str, at: datetime) -> ReportEffects:
    """Raise an event's severity, known since `at`; what it owes now runs from the original start.

    A running clock whose duty has another rule at that severity is counted anew by it; what was handed in
    stays judged by the limit it had. Those told of the event hear what that changes, and so do those its new
    clocks reach.

    Raises Refused for a severity its type does not know, and for one that is not higher.
    """
    row = stored(scope.tx, identity)
    refuse_not_higher(scope, row, severity)
    instants = {name: datetime.fromisoformat(text) for name, text in row.instants.items()}
    event = Reported(
        row.type,
        row.case_id,
        row.parties,
        instants,
        row.stated_due,
        row.title,
        identity,
        severity,
        urgent=row.urgent,
    )
    history = [*row.history, {"version": row.version, "severity": row.severity, "until": at.isoformat()}]
    values = {"severity": severity, "version": row.version + 1, "history": history}
    scope.tx.execute(update(events).where(events.c.id == identity).values(**values, digest=digest_of(event)))
    outcome = ReportEffects(identity)
    start_clocks(scope, identity, event, row.case_version, outcome)
    moved = _count_anew(scope, row, severity, at)
    outcome.moved = list(moved)
    settle(scope, row.case_id)
    only = ON_DUTY if row.state == UNCONFIRMED else None
    outcome.told = tell_upgraded(scope, row, severity, outcome, moved, only)
    detail = {"event": identity, "severity": severity, "at": at.isoformat(), "started": outcome.started}
    detail |= {"moved": outcome.moved} if outcome.moved else {}
    detail |= {"from": row.severity, "told": list(outcome.told)}
    scope.record(audit.REGISTER, "event-upgraded", detail)
    return outcome


def refuse_not_higher(scope: Scope, row: EventRow, severity: str) -> None:
    """Raises Refused for a severity its type does not know, and for one that is not higher."""
    refuse_severity(scope.world, row.type, severity)
    known = levels_of(scope.world.register, row.type)
    if row.severity in known and known.index(severity) <= known.index(row.severity):
        said = {"type": row.type, "found": severity, "severity": row.severity}
        raise Refused("severity-not-higher", event=row.id, **said)


def _count_anew(scope: Scope, event: EventRow, severity: str, at: datetime) -> dict[str, DeadlineRow]:
    """Give the running clocks of an event the rules of a graver severity; those that moved, as they were.

    One message says it of all of them, so none of them says it for itself.
    """
    moved = {}
    for row in deadlines.of_case(scope.tx, event.case_id):
        values = rule_values(scope.world, row, event, severity)
        if not values or row.state not in deadlines.UNFINISHED:
            continue
        note(scope, row, at, "graver")
        found = recounted(scope, changed(row, **values))
        detail = {"event": event.id, "severity": severity}
        change = Change("moved", values, detail, waits=row.waits or "completion")
        settle_limits(scope, row, found.limits, change, at_once=False)
        moved[row.id] = row
    return moved
