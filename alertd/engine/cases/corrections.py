"""What was reported was wrong: correcting an event moves its clocks, cancelling it stops them.

When the day an event states is moved, what counts back from it in the same case moves too: a proposal's lead
unit and its co-handling units have events of their own that state the same reply date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Connection, select, update

from alertd.core.limits import limits_after
from alertd.core.model import RUNNING, State
from alertd.core.rules import parse_rule
from alertd.core.timing import Limits, RuleKind
from alertd.engine.cases import gates
from alertd.engine.cases.events import digest_of, in_utc, start_instant, starts_on
from alertd.engine.cases.reported import STATED, UNCONFIRMED, Reported, dated, opened
from alertd.engine.cases.settling import settle
from alertd.engine.cases.turns import limits_again
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.opening import Traces, times_of
from alertd.engine.deadlines.retiming import move_deadline
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines
from alertd.store.rows import DeadlineRow, EventRow
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
    """One deadline that a correction moves."""

    row: DeadlineRow
    limits: Limits
    missing: str
    start: datetime  # the corrected one

    @property
    def later(self) -> bool:
        """Whether the due date moves later, which needs an approver."""
        return bool(self.row.due and self.limits.due and self.limits.due > self.row.due)


def corrections(
    scope: Scope, identity: str, instants: Mapping[str, datetime], due: date | None
) -> tuple[Reported, list[Correction]]:
    """What correcting an event would move; nothing is changed. Raises Refused for an unknown event."""
    row = stored(scope.tx, identity)
    merged = {name: datetime.fromisoformat(at) for name, at in row.instants.items()} | dict(instants)
    event = Reported(
        row.type, row.case_id, row.parties, merged, due or row.stated_due, row.title, identity, row.severity
    )
    found = []
    for deadline in deadlines.of_case(scope.tx, row.case_id):
        obligation = scope.world.register.obligations.get(deadline.obligation)
        if obligation is None or deadline.event_id != identity or deadline.state not in RUNNING:
            continue
        if not starts_on(obligation, row.type):
            continue  # it runs from the hand-in of another duty of the case, which has not moved
        told = dated(scope.world, event)
        given, missing = start_instant(obligation, told)
        rule = parse_rule(deadline.rule)  # a running clock keeps the rule it started with
        start = told.instants[given]
        if deadline.turn:
            limits = limits_again(scope.world, deadline, start)
        else:
            limits = limits_after(rule, start, scope.world.calendar, scope.world.office, event.stated_due)
            limits = opened(limits, given, told)
        found.append(Correction(deadline, limits, missing, start))
    return event, found


def correct(
    scope: Scope,
    identity: str,
    instants: Mapping[str, datetime],
    due: date | None,
    reason: str,
    approver: str = "",
) -> list[str]:
    """Correct an event's instants and move the clocks it started; returns the deadlines that moved."""
    before = stored(scope.tx, identity)
    event, moves = corrections(scope, identity, instants, due)
    later = [move.row.id for move in moves if move.later]
    if later and not approver:
        raise Refused("approver-needed", deadlines=", ".join(later))
    history = [
        *before.history,
        {
            "version": before.version,
            "instants": before.instants,
            "stated_due": before.stated_due.isoformat() if before.stated_due else None,
            "until": scope.now.isoformat(),
        },
    ]
    scope.tx.execute(
        update(events)
        .where(events.c.id == identity)
        .values(
            version=before.version + 1,
            instants={name: at.isoformat() for name, at in in_utc(event.instants).items()},
            stated_due=event.stated_due,
            digest=digest_of(event),
            happened_at=min(event.instants.values(), default=scope.now),
            history=history,
        )
    )
    moved = [_move(scope, move, reason) for move in moves]
    if before.state != UNCONFIRMED:
        at = min(event.instants.values(), default=scope.now)
        gates.go_ahead(scope, before.type, before.case_id, before.case_version, identity, before.parties, at)
    detail = {"event": identity, "reason": reason, "approver": approver, "version": before.version + 1}
    scope.record(audit.REGISTER, "event-corrected", detail)
    settle(scope, event.case)
    return [name for name in moved if name]


def _move(scope: Scope, move: Correction, reason: str) -> str:
    obligation = scope.world.register.obligations[move.row.obligation]
    traces = Traces()
    times = times_of(obligation, move.limits)
    kept = ("rule", "policy", "by_the_hour", "earliest_soft", "due_soft")  # the rule it started with
    values = {k: v for k, v in times.items() if k not in kept and getattr(move.row, k) != v}
    if move.row.turn and move.row.turns_from != move.start:
        values["turns_from"] = move.start
    if move.row.start_provisional != move.missing:
        values["start_provisional"] = move.missing
    if not values:
        return ""
    values["trace"] = traces.digest(move.limits)
    deadlines.insert_traces(scope.tx, traces.lines)
    move_deadline(scope, move.row, values, reason)
    return str(move.row.id)


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
    cancelled = []
    for deadline in running:
        why = {"reason": reason}
        detail = {"event": identity, **why}
        write(scope, deadline, Change("cancelled", {"state": State.CANCELLED}, detail, "cancelled", why))
        cancelled.append(deadline.id)
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
    if row.case_id is None or row.last_day is None or parse_rule(row.rule).kind is not RuleKind.STATED:
        return []
    query = select(events).where(
        events.c.case_id == row.case_id,
        events.c.id != row.event_id,
        events.c.stated_due == row.last_day,
        events.c.state != "cancelled",
    )
    moved = []
    for event in scope.tx.execute(query.order_by(events.c.id)).fetchall():
        free = not any(clock.limit_by for clock in started_by(scope.tx, event.id))
        if free and _counts_back(scope.world, event.type):
            moved += correct(scope, event.id, {}, end, reason, approver)
    return moved


def _counts_back(world: World, kind: str) -> bool:
    start = f"{kind}.{STATED}"
    return any(start in obligation.starts_on for obligation in world.register.obligations.values())
