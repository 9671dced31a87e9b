"""What was reported was wrong: correcting an event moves its clocks, cancelling it stops them.

When the day an event states is moved, what counts back from it in the same case moves too: a proposal's lead
unit and its co-handling units have events of their own that state the same reply date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Connection, select, update

from alertd.core.history import AcceptedAct, ActKind
from alertd.core.model import RUNNING, State
from alertd.core.rules import kind_on_record, rule_on_record
from alertd.core.severities import levels_of, owed_at, rule_between
from alertd.core.timing import Limits, RuleKind
from alertd.engine.cases import gates
from alertd.engine.cases.events import (
    ReportEffects,
    StartingClock,
    clocks_of,
    digest_of,
    in_utc,
    refuse_severity,
    start_clocks,
    start_instant,
    starts_on,
)
from alertd.engine.cases.reported import STATED, UNCONFIRMED, Reported, dated
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.closing import MISSED, rejudge, verdict
from alertd.engine.deadlines.recount import (
    count,
    differing,
    history_of,
    recounted,
    retrace,
    settle_limits,
)
from alertd.engine.deadlines.retiming import note
from alertd.engine.notify.addressing import Recipient, routes_of
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.telling import Word, tell_people
from alertd.engine.notify.topics import ExtensionBeyond
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import acts, addresses, audit, deadlines
from alertd.store.rows import DeadlineRow, EventRow, changed
from alertd.store.tables import events


def stored(tx: Connection, identity: str) -> EventRow:
    """An event that still counts, held until the caller commits. Raises Refused."""
    row = tx.execute(select(events).where(events.c.id == identity).with_for_update()).first()
    if row is None:
        raise Refused("no-event", event=identity)
    if row.state == "cancelled":
        raise Refused("event-cancelled", event=identity)
    return cast(EventRow, row)


@dataclass(frozen=True, slots=True)
class Correction:
    """What correcting an event makes of one deadline it started.

    `undone` are acts that no longer bite, each with the code of why (core.history), `beyond` are grants past
    what the extension's bounds allow by now. `breach` is what a closed one was after all, None where that is
    as it was.
    """

    row: DeadlineRow
    limits: Limits
    values: Mapping[str, Any]  # of its columns: what it counts from, and by which rule
    undone: tuple[tuple[AcceptedAct, str], ...] = ()
    beyond: tuple[tuple[AcceptedAct, str, datetime | None], ...] = ()
    breach: str | None = None

    @property
    def closed(self) -> bool:
        """Whether it is closed: its limit does not run any more, but whether it was kept may change."""
        return self.row.state not in deadlines.UNFINISHED

    @property
    def later(self) -> bool:
        """Whether it moves a limit later, or a verdict, which needs an approver."""
        if self.closed:
            return self.breach is not None
        return bool(self.row.due and self.limits.due and self.limits.due > self.row.due)


@dataclass(frozen=True, slots=True)
class Corrections:
    """What correcting an event would do: the event as it is then, and what becomes of its clocks.

    `dropped` are those that an event of its severity does not start, `starting` those that it starts besides.
    """

    event: Reported
    moves: tuple[Correction, ...]
    dropped: tuple[DeadlineRow, ...]
    starting: tuple[StartingClock, ...]

    @property
    def later(self) -> tuple[str, ...]:
        """The deadlines for which somebody must approve it: a limit that is later, or no longer there."""
        return (*(move.row.id for move in self.moves if move.later), *(row.id for row in self.dropped))


def corrections(
    scope: Scope,
    identity: str,
    instants: Mapping[str, datetime],
    due: date | None,
    severity: str = "",
    urgent: str | None = None,
) -> Corrections:
    """What correcting an event would do; nothing is changed. Without a `severity` it keeps its own.

    `urgent` is why it is urgent, "" if it is not after all, None where that stays.

    A clock that stands still moves too, and what is closed is judged anew.

    Raises Refused for an unknown event, and for a severity that its type does not know.
    """
    row = stored(scope.tx, identity)
    if severity:
        refuse_severity(scope.world, row.type, severity)
    severity = severity or row.severity
    merged = {name: datetime.fromisoformat(at) for name, at in row.instants.items()} | dict(instants)
    stated, why = due or row.stated_due, row.urgent if urgent is None else urgent
    facts = row.type, row.case_id, row.parties, merged, stated, row.title, identity, severity
    event = Reported(*facts, urgent=why)
    texts = {name: at.isoformat() for name, at in in_utc(event.instants).items()}
    corrected = changed(row, instants=texts, stated_due=event.stated_due, urgent=why)
    moves, dropped = [], []
    for deadline in deadlines.of_case(scope.tx, row.case_id):
        obligation = scope.world.register.obligations.get(deadline.obligation)
        if obligation is None or deadline.event_id != identity or not _moves(deadline):
            continue
        if starts_on(obligation, row.type):
            told = dated(scope.world, event)
            given, missing = start_instant(obligation, told)
            start = told.instants[given]
        elif (rule := rule_on_record(deadline.rule)) is None or rule.urgent is None:
            continue  # it runs from the hand-in of another duty of the case, which has not moved
        else:
            start, missing = deadline.counted_from or deadline.start, deadline.start_provisional
        if starts_on(obligation, row.type) and severity != row.severity and not owed_at(obligation, severity):
            dropped += [deadline] if deadline.state in deadlines.UNFINISHED else []
            continue
        values = {"counted_from": start, "start_provisional": missing}
        correction = _correction(
            scope, deadline, corrected, values, rule_values(scope.world, deadline, row, severity)
        )
        if not correction.closed or correction.breach is not None:
            moves.append(correction)
    starting = _starting(scope, event, row.severity) if severity != row.severity else ()
    return Corrections(event, tuple(moves), tuple(dropped), tuple(starting))


def rule_values(world: World, row: DeadlineRow, event: EventRow, severity: str) -> dict[str, Any]:
    """The columns of one of its clocks that change where an event gets another severity; {} for none."""
    duty = world.register.obligations.get(row.obligation)
    if duty is None or row.event_id != event.id or not starts_on(duty, event.type):
        return {}
    rule = rule_between(duty, levels_of(world.register, event.type), event.severity, severity)
    if rule is None or kind_on_record(row.rule) is not RuleKind.ELAPSED:  # of files that said otherwise
        return {}
    return {"rule": rule.text, "by_the_hour": rule.by_the_hour}


def _starting(scope: Scope, event: Reported, before: str) -> list[StartingClock]:
    """The clocks that an event starts which it did not start at the severity it had before."""
    return [
        clock for clock in clocks_of(scope.world, event, scope.now) if not owed_at(clock.obligation, before)
    ]


def _moves(row: DeadlineRow) -> bool:
    """Whether a corrected start means anything to a clock: it runs, stands still, or was handed in."""
    handed_in = row.state in (State.DONE, State.VERIFIED) and row.result != MISSED
    return row.state in deadlines.UNFINISHED or handed_in


def _correction(
    scope: Scope, row: DeadlineRow, event: EventRow, start: Mapping[str, Any], rule: Mapping[str, Any]
) -> Correction:
    values = {**start, **({"turns_from": start["counted_from"]} if row.turn else {}), **rule}
    moved = changed(row, **values)
    before = recounted(scope, row)
    after = count(scope.world, history_of(scope, moved, event))
    known = {act.entered for act, _ in before.ineffective}
    undone = tuple(each for each in after.ineffective if each[0].entered not in known)
    known = {act.entered for act, *_ in before.beyond}
    beyond = tuple(each for each in after.beyond if each[0].entered not in known)
    breach = None
    if row.state not in deadlines.UNFINISHED:
        fresh = verdict(changed(row, **differing(row, after.limits)), row.done_at)
        breach = fresh if fresh != verdict(row, row.done_at) else None
    values = {name: value for name, value in values.items() if getattr(row, name) != value}
    return Correction(row, after.limits, values, undone, beyond, breach)


def correct(
    scope: Scope,
    identity: str,
    instants: Mapping[str, datetime],
    due: date | None,
    reason: str,
    approver: str = "",
    severity: str = "",
    urgent: str | None = None,
) -> CorrectionEffects:
    """Correct an event's instants, its severity or its urgency, and move the clocks it started.

    Raises Refused: a limit moves later or falls away, or a closed one was kept (or not) after all, and nobody
    approved it.
    """
    before = stored(scope.tx, identity)
    found = corrections(scope, identity, instants, due, severity, urgent)
    event = found.event
    if found.later and not approver:
        raise Refused("approver-needed", deadlines=", ".join(found.later))
    was = {
        "version": before.version,
        "instants": before.instants,
        "stated_due": before.stated_due.isoformat() if before.stated_due else None,
        "until": scope.now.isoformat(),
    }
    regraded = event.severity != before.severity
    was |= {"severity": before.severity} if regraded else {}
    was |= {"urgent": before.urgent} if before.urgent != event.urgent else {}
    history = [*before.history, was]
    scope.tx.execute(
        update(events)
        .where(events.c.id == identity)
        .values(
            version=before.version + 1,
            instants={name: at.isoformat() for name, at in in_utc(event.instants).items()},
            stated_due=event.stated_due,
            severity=event.severity,
            urgent=event.urgent,
            digest=digest_of(event),
            happened_at=min(event.instants.values(), default=scope.now),
            history=history,
        )
    )
    moved = [_carry_out(scope, each, reason, approver) for each in found.moves]
    dropped = [_drop(scope, row, identity, reason) for row in found.dropped]
    outcome = ReportEffects(identity)
    if regraded:
        start_clocks(scope, identity, event, before.case_version, outcome)
    if before.state != UNCONFIRMED:
        at = min(event.instants.values(), default=scope.now)
        gates.go_ahead(scope, before.type, before.case_id, before.case_version, identity, before.parties, at)
    detail = {"event": identity, "reason": reason, "approver": approver, "version": before.version + 1}
    detail |= {"from": before.severity, "severity": event.severity} if regraded else {}
    detail |= {"urgent": event.urgent} if before.urgent != event.urgent else {}
    scope.record(audit.REGISTER, "event-corrected", detail)
    settle(scope, event.case)
    return CorrectionEffects(tuple(name for name in moved if name), tuple(dropped), tuple(outcome.started))


@dataclass(frozen=True, slots=True)
class CorrectionEffects:
    """What correcting an event did, by the ids of deadlines."""

    moved: tuple[str, ...]
    dropped: tuple[str, ...]
    started: tuple[str, ...]


def _drop(scope: Scope, row: DeadlineRow, event: str, reason: str) -> str:
    """Cancel a clock that its event does not start, as it is known now; those told hear of it."""
    why = {"reason": reason}
    write(
        scope, row, Change("cancelled", {"state": State.CANCELLED}, {"event": event, **why}, "cancelled", why)
    )
    return row.id


def _carry_out(scope: Scope, move: Correction, reason: str, approver: str) -> str:
    """Give a deadline its corrected start and what follows; its id, or "" where nothing changed."""
    row, values = move.row, move.values
    if not values and not differing(row, move.limits):
        return ""
    for act, *_ in move.beyond:
        _tell_approver(scope, row, act, reason)
    if move.closed:
        rejudge(scope, row, move.limits, values, move.breach or "", reason, approver)
        return row.id
    moved = (move.limits.due, move.limits.earliest) != (row.due, row.earliest)
    why = {"reason": reason}
    waits = row.waits or "completion"
    change = Change("moved", values, why, "moved" if moved else "", why, waits=waits)
    written = settle_limits(scope, row, move.limits, change)
    if "rule" in values:
        note(scope, row, scope.now, "regraded")
        retrace(scope, written)
    return row.id


def _tell_approver(scope: Scope, row: DeadlineRow, act: AcceptedAct, reason: str) -> None:
    """Name a grant that the rule no longer allows to who approved it; to the admin, if that is nobody."""
    person = scope.world.register.people.get(act.by)
    routes = routes_of(scope.world, person, addresses.unusable(scope.tx, scope.now)) if person else ()
    if person is None or not routes:
        tell_admin(scope, ExtensionBeyond(deadline=row.id, by=act.by, reason=reason))
        return
    drafts = Drafts(scope)
    args = {"deadline": row.id, "by": person.name, "reason": reason}
    word = Word("extension-beyond", f"{row.id}|{act.entered}", args, (row.party,))
    tell_people(drafts, word, [Recipient(person.id, person.positions[0], False, "", routes)])
    drafts.write()


def started_by(tx: Connection, identity: str) -> list[DeadlineRow]:
    """The clocks an event started that still run. Raises Refused for an unknown or cancelled event."""
    case = stored(tx, identity).case_id
    return [row for row in deadlines.of_case(tx, case) if row.event_id == identity and row.state in RUNNING]


def cancel(scope: Scope, identity: str, reason: str) -> list[str]:
    """Cancel an event (false alarm) and every clock it started and nobody closed; returns those deadlines."""
    case = stored(scope.tx, identity).case_id
    running = [
        row
        for row in deadlines.of_case(scope.tx, case)
        if row.event_id == identity and row.state in deadlines.UNFINISHED
    ]
    scope.tx.execute(update(events).where(events.c.id == identity).values(state="cancelled", confirm_by=None))
    cancelled = [_drop(scope, deadline, identity, reason) for deadline in running]
    settle(scope, case)
    scope.record(
        audit.REGISTER,
        "event-cancelled",
        {"event": identity, "reason": reason},
    )
    return cancelled


def move_with(scope: Scope, row: DeadlineRow, end: date, reason: str, approver: str) -> list[str]:
    """Move the case's other clocks that count from the day `row` was due, now that it is due on `end`.

    `row` is the deadline as it was. Returns what moved; those told of it hear so. A clock whose limit an act
    has set keeps it. `approver` is who approved the later day.
    """
    if row.case_id is None or row.last_day is None or kind_on_record(row.rule) is not RuleKind.STATED:
        return []
    query = select(events).where(
        events.c.case_id == row.case_id,
        events.c.id != row.event_id,
        events.c.stated_due == row.last_day,
        events.c.state != "cancelled",
    )
    moved: list[str] = []
    for event in scope.tx.execute(query.order_by(events.c.id)).fetchall():
        free = not any(_named(scope.tx, clock) for clock in started_by(scope.tx, event.id))
        if free and _counts_back(scope.world, event.type):
            moved += correct(scope, event.id, {}, end, reason, approver).moved
    return moved


def _named(tx: Connection, row: DeadlineRow) -> bool:
    """Whether somebody gave a clock a day of its own."""
    return any(act.kind in (ActKind.GRANT, ActKind.RETURN) for act in acts.of(tx, row.number))


def _counts_back(world: World, kind: str) -> bool:
    start = f"{kind}.{STATED}"
    return any(start in obligation.starts_on for obligation in world.register.obligations.values())
