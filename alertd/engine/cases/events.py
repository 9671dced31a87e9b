"""Events: facts about a case that start, stop and move clocks, each in its caller's transaction."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from alertd.core.gates import RESULTS
from alertd.core.limits import limits_after
from alertd.core.model import Obligation, State
from alertd.core.pacing import later
from alertd.core.severities import levels_of, owed_at, ruled_at
from alertd.core.timing import Limits, RuleKind
from alertd.core.validity import in_force
from alertd.engine.cases import case as cases
from alertd.engine.cases import gates, resubmission, turns
from alertd.engine.cases.reported import (
    UNCONFIRMED,
    Reported,
    closed_by,
    dated,
    ended_after,
    ended_by,
    happened_at,
    only_the_day,
    opened,
)
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.closing import Completion, finish, moment_of
from alertd.engine.deadlines.opening import Traces, open_all, row_of
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.wanting import parties_of
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.tables import events
from alertd.store.types import dumps

#: so that the id of an event fits its column whatever type and case are called
_LONGEST_NAME = 150
#: for event types that name no time of their own
CONFIRM_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class StartingClock:
    """One clock an event starts: what is read back before it counts."""

    obligation: Obligation
    party: str
    limits: Limits
    missing: str  # the preferred instant that was not given, "" when it was


@dataclass(slots=True)
class ReportEffects:
    """What reporting did. `known` means the same event was there already and nothing changed."""

    id: str
    known: bool = False
    started: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    shut: list[str] = field(default_factory=list)  # the gates it went past
    moved: list[str] = field(default_factory=list)  # clocks that an upgrade counts by another rule
    told: tuple[str, ...] = ()  # who hears of an upgrade


def clocks_of(world: World, event: Reported, now: datetime) -> list[StartingClock]:
    """The clocks an event would start, without starting them. Raises Refused when it cannot be computed."""
    found: list[StartingClock] = []
    event = dated(world, event)
    levels = levels_of(world.register, event.type)
    for obligation in world.register.obligations.values():
        if not starts_on(obligation, event.type):
            continue
        if not owed_at(obligation, event.severity):
            continue
        given, missing = start_instant(obligation, event)
        if not in_force(obligation, world.today(event.instants[given])):
            continue
        if obligation.rule.kind is RuleKind.STATED and event.stated_due is None:
            raise Refused("due-missing", obligation=obligation.id)
        obligation = ruled_at(obligation, levels, event.severity)
        limits = limits_after(
            obligation.rule,
            event.instants[given],
            world.calendar,
            world.office,
            event.stated_due,
            event.urgent,
        )
        limits = opened(limits, given, event)
        owing = event.parties if obligation.owed_by == "event.party" else parties_of(world, obligation, now)
        found += [StartingClock(obligation, party, limits, missing) for party in owing]
    return found


def starts_on(obligation: Obligation, kind: str) -> bool:
    """Whether events of this type start the obligation's clock."""
    return any(start.partition(".")[0] == kind for start in obligation.starts_on)


def start_instant(obligation: Obligation, event: Reported) -> tuple[str, str]:
    """The instant the clock runs from, and the preferred one that is still missing ("" when it was given)."""
    starts = (start.partition(".") for start in obligation.starts_on)
    names = [name for kind, _, name in starts if kind == event.type]
    given = next((name for name in names if name in event.instants), None)
    if given is None:
        raise Refused("instant-missing", type=event.type, instants=", ".join(names))
    return given, "" if given == names[0] else names[0]


def report(scope: Scope, event: Reported) -> ReportEffects:
    """Store an event, close what it closes and start what it starts.

    The same id with the same content is already known; with other content it is refused.
    """
    digest = digest_of(event)
    identity, known = _named(scope.tx, event, digest)
    if known is not None:
        if known.digest == digest:
            return ReportEffects(identity, known=True)
        raise Refused("event-differs", event=identity)
    if not event.parties:
        raise Refused("party-missing", type=event.type)
    refuse_unknown(scope.world, event)
    version = cases.enter(scope, event.type, event.case, event.parties, event.title)
    row = _event_row(scope.world, identity, digest, event, scope.now, scope.actor)
    scope.tx.execute(insert(events).values(**row, case_version=version))
    outcome = ReportEffects(identity)
    _close(scope, identity, event, outcome)
    resubmission.apply(scope, event.type, event.case, version, event.instants, identity)
    start_clocks(scope, identity, event, version, outcome)
    if not event.unconfirmed:  # else leaders hear of a shut gate once it is confirmed
        at = min(event.instants.values(), default=scope.now)
        outcome.shut = gates.go_ahead(scope, event.type, event.case, version, identity, event.parties, at)
    settle(scope, event.case)
    detail = {"event": identity, "case": event.case, "started": outcome.started, "closed": outcome.closed}
    scope.record(audit.REGISTER, "event-reported", detail)
    return outcome


def _named(tx: Connection, event: Reported, digest: str) -> tuple[str, Any]:
    """What an event is called, and the one of that name that counts already.

    What was cancelled counts no more: the same facts reported again are an event of their own.
    """
    base = event.id or f"{f'{event.type}.{event.case}'[:_LONGEST_NAME]}.{digest[:8]}"
    for number in itertools.count(1):
        name = base if number == 1 else f"{base}.{number}"
        known = tx.execute(select(events).where(events.c.id == name)).first()
        if known is None or known.state != "cancelled":
            return name, known
    raise AssertionError("unreachable")


def digest_of(event: Reported) -> str:
    """What tells the same report again from another one under the same id."""
    content = {
        "type": event.type,
        "case": event.case,
        "parties": sorted(event.parties),
        "instants": {name: at.isoformat() for name, at in sorted(in_utc(event.instants).items())},
        "due": event.stated_due,
        "title": event.title,
    }
    more = {"severity": event.severity, "result": event.result, "urgent": event.urgent}
    content |= {name: text for name, text in more.items() if text}
    return hashlib.sha256(dumps(content).encode()).hexdigest()


def in_utc(instants: Mapping[str, datetime]) -> dict[str, datetime]:
    """The instants as the store keeps them."""
    return {name: at.astimezone(UTC) for name, at in instants.items()}


def refuse_unknown(world: World, event: Reported) -> None:
    """Raises Refused for a severity the type does not know, or a result that is none.

    A type that has severities asks for one: without it, what is owed only at some would never start.
    """
    if event.severity or levels_of(world.register, event.type):
        refuse_severity(world, event.type, event.severity)
    if event.result and event.result not in RESULTS:
        raise Refused("no-result", found=event.result, known=", ".join(RESULTS))


def refuse_severity(world: World, kind: str, severity: str) -> None:
    """Raises Refused for a severity that the type does not know, or none."""
    levels = levels_of(world.register, kind)
    if severity not in levels:
        known = ", ".join(levels) or "–"
        raise Refused(
            "no-severity" if severity else "severity-missing", type=kind, found=severity, known=known
        )


def _event_row(
    world: World, identity: str, digest: str, event: Reported, now: datetime, actor: Actor
) -> dict[str, Any]:
    happened = min(event.instants.values(), default=now)
    kind = world.register.event_types.get(event.type)
    within = kind.confirm_within if kind else None
    confirm_by = later(now, within, world.calendar) if within else now + CONFIRM_WITHIN
    return {
        "id": identity,
        "version": 1,
        "type": event.type,
        "case_id": event.case,
        "parties": event.parties,
        "instants": {name: at.isoformat() for name, at in in_utc(event.instants).items()},
        "stated_due": event.stated_due,
        "title": event.title,
        "state": UNCONFIRMED if event.unconfirmed else "recorded",
        "severity": event.severity,
        "urgent": event.urgent,
        "confirm_by": confirm_by if event.unconfirmed else None,
        "happened_at": happened,
        "entered_at": now,
        "entered_by": actor.text,
        "digest": digest,
        "history": [],
    }


def _close(scope: Scope, identity: str, event: Reported, outcome: ReportEffects) -> None:
    rows = closed_by(scope.tx, scope.world, event)
    happened = happened_at(scope.world, event, scope.now)
    happened = moment_of(scope, happened, only_the_day(event, happened))
    for row in rows:
        what = Completion(happened, event.result, by_event=identity)
        breach = finish(scope, row.number, what)
        outcome.closed.append(row.id)
        if breach:
            outcome.breaches.append(f"{row.id} {breach}")
        start_after(scope, row, happened, outcome)
    why = {"event": identity}
    outcome.closed += turns.end(scope, ended_by(scope.tx, scope.world, event), happened, why)


def start_clocks(scope: Scope, identity: str, event: Reported, version: int, outcome: ReportEffects) -> None:
    """Start what the event starts and nothing serves yet, for this version of its case."""
    clocks = clocks_of(scope.world, event, scope.now)
    _open(scope, clocks, event.case, version, identity, outcome)


def _open(
    scope: Scope, clocks: list[StartingClock], case: str, version: int, identity: str, outcome: ReportEffects
) -> None:
    traces = Traces()
    rows: list[dict[str, Any]] = []
    there = deadlines.of_case(scope.tx, case) if clocks else ()
    for clock in clocks:
        name, known = cases.occurrence_for(scope, there, clock.obligation.id, case, clock.party, version)
        if known is not None:
            outcome.running.append(known.id)
            continue
        link = {"case_id": case, "event_id": identity, "start_provisional": clock.missing}
        fresh = _rows_of(scope, clock, case, name, there, traces, link)
        rows += [{**row, "case_version": version} for row in fresh]
        outcome.started += [row["id"] for row in fresh if not row["turn"] or row["state"] == State.OPEN]
    deadlines.insert_traces(scope.tx, traces.lines)
    open_all(scope, rows)


def _rows_of(
    scope: Scope,
    clock: StartingClock,
    case: str,
    name: str,
    there: Sequence[DeadlineRow],
    traces: Traces,
    link: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The row a clock opens, or the first turns of one that recurs."""
    duty, party = clock.obligation, clock.party
    if not turns.recurs(duty):
        return [row_of(scope.world, duty, name, party, clock.limits, scope.now, traces, link)]
    taken = sum((row.obligation, row.party) == (duty.id, party) for row in there)
    names = cases.free_names(scope.tx, duty.id, case, party, taken)
    return turns.rows_from(scope.world, duty, party, clock.limits.start, 1, names, scope.now, traces, link)


def _urgency(tx: Connection, row: DeadlineRow, duty: Obligation) -> str:
    """Why the event that `row` goes back to is urgent, for a duty that asks; it holds for its whole case."""
    if duty.rule.urgent is None or not row.event_id:
        return ""
    return tx.execute(select(events.c.urgent).where(events.c.id == row.event_id)).scalar_one_or_none() or ""


def start_after(
    scope: Scope,
    row: DeadlineRow,
    happened: datetime,
    outcome: ReportEffects | None = None,
    state: State = State.DONE,
) -> None:
    """`OBLIGATION.done` (or .verified, .returned) is itself an event of its case: start what waits for it."""
    case = row.case_id or f"{row.obligation}.{row.occurrence}"
    clocks: list[StartingClock] = []
    for obligation in scope.world.register.obligations.values():
        if f"{row.obligation}.{state}" in obligation.starts_on:
            limits = limits_after(
                obligation.rule,
                happened,
                scope.world.calendar,
                scope.world.office,
                urgent=_urgency(scope.tx, row, obligation),
            )
            owing = (
                (row.party,)
                if obligation.owed_by == "event.party"
                else parties_of(scope.world, obligation, scope.now)
            )
            clocks += [StartingClock(obligation, party, limits, "") for party in owing]
    after = ended_after(scope.tx, scope.world, row, case, state)
    if after:
        turns.end(scope.by(row.id), after, happened, {"after": row.id})
    if clocks:
        identity, version = row.event_id or row.id, row.case_version
        _open(scope, clocks, case, version, identity, outcome or ReportEffects(row.id))
