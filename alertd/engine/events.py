"""Events: facts about a case that start, stop and move clocks, each in its caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from alertd.core.limits import limits_after
from alertd.core.model import RUNNING, Limits, Obligation, RuleKind
from alertd.engine.acts import Actor, Completion, finish
from alertd.engine.clocks import Traces, row_of
from alertd.engine.planning import parties_of
from alertd.engine.refusal import Refused
from alertd.engine.world import World
from alertd.store import audit, deadlines
from alertd.store.tables import cases, events
from alertd.store.types import dumps


@dataclass(frozen=True, slots=True)
class Reported:
    """An event as somebody reports it. `instants` are by name (occurred, received …), all aware."""

    type: str
    case: str
    parties: tuple[str, ...]
    instants: Mapping[str, datetime]
    stated_due: date | None = None
    title: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock an event starts: what is read back before it counts."""

    obligation: Obligation
    party: str
    limits: Limits
    missing: str  # the preferred instant that was not given, "" when it was


@dataclass(slots=True)
class Outcome:
    """What reporting did. `known` means the same event was there already and nothing changed."""

    id: str
    known: bool = False
    started: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)


def clocks_of(world: World, event: Reported, now: datetime) -> list[Clock]:
    """The clocks an event would start, without starting them. Raises Refused when it cannot be computed."""
    found: list[Clock] = []
    for obligation in world.register.obligations.values():
        if not starts_on(obligation, event.type):
            continue
        given, missing = start_instant(obligation, event)
        if obligation.rule.kind is RuleKind.STATED and event.stated_due is None:
            raise Refused("due-missing", obligation=obligation.id)
        limits = limits_after(
            obligation.rule, event.instants[given], world.calendar, world.office, event.stated_due
        )
        owing = event.parties if obligation.owed_by == "event.party" else parties_of(world, obligation, now)
        found += [Clock(obligation, party, limits, missing) for party in owing]
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


def report(tx: Connection, world: World, now: datetime, event: Reported, actor: Actor) -> Outcome:
    """Store an event, close what it closes and start what it starts.

    The same id with the same content is already known; with other content it is refused.
    """
    digest = digest_of(event)
    identity = event.id or f"{event.type}.{event.case}.{digest[:8]}"
    known = tx.execute(select(events).where(events.c.id == identity)).first()
    if known is not None:
        if known.digest == digest:
            return Outcome(identity, known=True)
        raise Refused("event-differs", event=identity)
    if not event.parties:
        raise Refused("party-missing", type=event.type)
    _store_case(tx, now, event)
    tx.execute(insert(events).values(**_event_row(identity, digest, event, now, actor)))
    outcome = Outcome(identity)
    _close(tx, world, now, identity, event, actor, outcome)
    _start(tx, world, now, identity, event, outcome)
    detail = {"event": identity, "case": event.case, "started": outcome.started, "closed": outcome.closed}
    audit.append(tx, audit.REGISTER, now, actor.text, "event-reported", detail)
    return outcome


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
    return hashlib.sha256(dumps(content).encode()).hexdigest()


def in_utc(instants: Mapping[str, datetime]) -> dict[str, datetime]:
    """The instants as the store keeps them."""
    return {name: at.astimezone(UTC) for name, at in instants.items()}


def _store_case(tx: Connection, now: datetime, event: Reported) -> None:
    known = tx.execute(select(cases).where(cases.c.id == event.case)).first()
    if known is None:
        tx.execute(
            insert(cases).values(id=event.case, title=event.title, parties=event.parties, opened_at=now)
        )
        return
    parties = (*known.parties, *(party for party in event.parties if party not in known.parties))
    tx.execute(
        update(cases)
        .where(cases.c.id == event.case)
        .values(parties=parties, title=known.title or event.title)
    )


def _event_row(identity: str, digest: str, event: Reported, now: datetime, actor: Actor) -> dict[str, Any]:
    happened = min(event.instants.values(), default=now)
    return {
        "id": identity,
        "version": 1,
        "type": event.type,
        "case_id": event.case,
        "parties": event.parties,
        "instants": {name: at.isoformat() for name, at in in_utc(event.instants).items()},
        "stated_due": event.stated_due,
        "title": event.title,
        "state": "recorded",
        "happened_at": happened,
        "entered_at": now,
        "entered_by": actor.text,
        "digest": digest,
        "history": [],
    }


def closed_by(tx: Connection, world: World, event: Reported) -> list[Any]:
    """The case's deadlines that wait for this kind of event, each party's own, and no other clock."""
    closers = {o.id for o in world.register.obligations.values() if event.type in o.closed_by}
    return [
        row
        for row in (deadlines.of_case(tx, event.case) if closers else ())
        if row.obligation in closers
        and row.state in RUNNING
        and (row.party in event.parties or _owed_by_office(world, row.obligation))
    ]


def _close(
    tx: Connection,
    world: World,
    now: datetime,
    identity: str,
    event: Reported,
    actor: Actor,
    outcome: Outcome,
) -> None:
    rows = closed_by(tx, world, event)
    kind = world.register.event_types.get(event.type)
    first = kind.instants[0] if kind and kind.instants else ""
    happened = event.instants.get(first) or max(event.instants.values(), default=now)
    for row in rows:
        what = Completion(happened, by_event=identity)
        breach = finish(tx, world, now, row.number, what, actor)
        outcome.closed.append(row.id)
        if breach:
            outcome.breaches.append(f"{row.id} {breach}")
        start_after(tx, world, now, row, happened, outcome)


def _owed_by_office(world: World, obligation: str) -> bool:
    known = world.register.obligations.get(obligation)
    return known is not None and known.owed_by != "event.party"


def _start(
    tx: Connection, world: World, now: datetime, identity: str, event: Reported, outcome: Outcome
) -> None:
    clocks = clocks_of(world, event, now)
    running = {row.id for row in deadlines.of_case(tx, event.case)}
    _open(tx, world, now, clocks, event.case, identity, running, outcome)


def _open(
    tx: Connection,
    world: World,
    now: datetime,
    clocks: list[Clock],
    case: str,
    identity: str,
    running: set[str],
    outcome: Outcome,
) -> None:
    traces = Traces()
    rows = []
    for clock in clocks:
        link = {"case_id": case, "event_id": identity, "start_provisional": clock.missing}
        row = row_of(world, clock.obligation, case, clock.party, clock.limits, now, traces, link)
        if row["id"] in running:
            outcome.running.append(row["id"])
            continue
        rows.append(row)
        outcome.started.append(row["id"])
    deadlines.insert_traces(tx, traces.lines)
    deadlines.insert_many(tx, rows)


def start_after(
    tx: Connection, world: World, now: datetime, row: Any, happened: datetime, outcome: Outcome | None = None
) -> None:
    """`OBLIGATION.done` is itself an event of its case: start what waits for it."""
    case = row.case_id or f"{row.obligation}.{row.occurrence}"
    clocks: list[Clock] = []
    for obligation in world.register.obligations.values():
        if f"{row.obligation}.done" in obligation.starts_on:
            limits = limits_after(obligation.rule, happened, world.calendar, world.office)
            owing = (
                (row.party,) if obligation.owed_by == "event.party" else parties_of(world, obligation, now)
            )
            clocks += [Clock(obligation, party, limits, "") for party in owing]
    if clocks:
        running = {other.id for other in deadlines.of_case(tx, case)}
        _open(tx, world, now, clocks, case, row.event_id or row.id, running, outcome or Outcome(row.id))


def hand_in(
    tx: Connection, world: World, now: datetime, number: int, what: Completion, actor: Actor
) -> Outcome:
    """Hand a deadline in, and start what waits for it. Raises Refused as `finish` does."""
    breach = finish(tx, world, now, number, what, actor)
    row = deadlines.hold(tx, number)
    outcome = Outcome(row.id, closed=[row.id], breaches=[f"{row.id} {breach}"] if breach else [])
    start_after(tx, world, now, row, what.happened, outcome)
    return outcome
