"""Events at somebody's word: reported, corrected, cancelled, confirmed, raised to a graver severity.

Each act takes what is asked as one frozen value and answers what happened with another; it is one transaction
of its caller, and raises Refused with nothing changed. Whoever may use the program may report; who did is on
record. A day among the instants is a fact whose time is not known: what it starts begins with that day, what
it closes was done on it, and it is refused where hours are counted. What an event would do is asked of
reading_back.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from alertd.core.case_ids import as_case_id, near_case_id
from alertd.core.model import EventType, Gate, Obligation, State
from alertd.core.text import Line, PersonName, Remark
from alertd.engine.cases import case as cases
from alertd.engine.cases import confirming, corrections, gates, upgrading
from alertd.engine.cases import events as case_events
from alertd.engine.cases.gates import Verdict
from alertd.engine.cases.reported import Reported
from alertd.engine.deadlines.permission import need_reason
from alertd.engine.operations import feeds
from alertd.engine.operations.moments import instant_of, only_a_day, refuse_ahead, refuse_day
from alertd.engine.operations.texts import taking_texts
from alertd.engine.operations.unread import refuse_unread_due, refuse_unread_urgent
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines

#: instants by name; a day where the time is not known
Instants = Mapping[Line, date | datetime]


@dataclass(frozen=True, slots=True)
class Report:
    """A fact to report. Without instants it happened now; `planned` says that it may lie ahead.

    `urgent` is why, where it is: some duties have a shorter limit then.
    """

    type: Line
    case: Line
    parties: tuple[Line, ...]
    instants: Instants = field(default_factory=dict)
    due: date | None = None
    title: Line = ""
    id: Line = ""
    severity: Line = ""
    result: Line = ""
    unconfirmed: bool = False
    planned: bool = False
    urgent: Remark = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What an event brought about, by the ids of deadlines. `known`: it was there, and nothing changed.

    `shut` are the gates it went past, `passed` those it found open; `paused` stand still by it.
    """

    id: str
    known: bool
    started: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    shut: tuple[Verdict, ...] = ()
    passed: tuple[Gate, ...] = ()


@taking_texts
def report(scope: Scope, asked: Report) -> Happened:
    """Report an event: close what it closes, start what it starts.

    Raises Refused as `checked` does; where the id is known with other content; and where a clock that it
    starts lacks its instant or its date.
    """
    event = checked(scope.world, scope.now, asked)
    ahead = shut_by(scope, event)
    outcome = case_events.report(scope, event)
    feeds.reported(scope)
    if outcome.known:
        return Happened(outcome.id, known=True)
    stage = [gate for gate in scope.world.register.gates.values() if gate.stage == event.type]
    shut = {verdict.gate.id for verdict in ahead}
    return Happened(
        outcome.id,
        known=False,
        started=tuple(outcome.started),
        running=tuple(outcome.running),
        closed=tuple(outcome.closed),
        breaches=tuple(outcome.breaches),
        paused=tuple(_paused(scope, event)),
        shut=tuple(verdict for verdict in ahead if verdict.gate.id in outcome.shut),
        passed=tuple(gate for gate in stage if gate.id not in shut),
    )


def shut_by(scope: Scope, event: Reported) -> tuple[Verdict, ...]:
    """The gates an event would go past if it were reported now."""
    version = cases.coming_version(scope.tx, scope.world, event.type, event.case)
    at = min(event.instants.values(), default=scope.now)
    return tuple(gates.shut_ahead(scope.tx, scope.world, event.type, event.case, version, at))


def _paused(scope: Scope, event: Reported) -> list[str]:
    """Clocks that an event of this kind brings to a stand."""
    duties = scope.world.register.obligations.values()
    stopped = {duty.id for duty in duties if event.type in duty.returned_by}
    rows = deadlines.of_case(scope.tx, event.case) if stopped else ()
    return [row.id for row in rows if row.obligation in stopped and row.state == State.SUSPENDED]


# ---------------------------------------------------------------- what may be reported


@taking_texts
def checked(world: World, now: datetime, asked: Report) -> Reported:
    """The event as the rules take it.

    Raises Refused: "no-event-type", "party-missing", "no-unit", "bad-id", "no-instant", "ahead", "far-year",
    "bare-date", "due-unread", "urgent-unread", "no-severity", "severity-missing", "no-result".
    """
    kind = known_type(world, asked.type)
    if not asked.parties:
        raise Refused("party-missing", type=kind.id)
    for party in asked.parties:
        if party not in world.register.units:
            raise Refused("no-unit", found=party)
    started = now.astimezone(world.zone).replace(microsecond=0)
    given = asked.instants or {kind.instants[0]: started}
    instants = checked_instants(world, now, kind, given, asked.planned)
    if asked.due is not None:
        refuse_unread_due(world, kind, asked.due)
    if asked.urgent:
        refuse_unread_urgent(world, kind)
    event = Reported(
        kind.id,
        _case_id(asked.case, f"{kind.id}-{started:%Y%m%d}"),
        tuple(dict.fromkeys(asked.parties)),
        instants,
        asked.due,
        asked.title,
        _case_id(asked.id, f"{kind.id}-{started:%Y%m%d}") if asked.id else "",
        asked.severity,
        asked.result,
        asked.unconfirmed,
        asked.urgent,
        frozenset(name for name, at in asked.instants.items() if only_a_day(at)),
    )
    case_events.refuse_unknown(world, event)
    return event


def known_type(world: World, name: str) -> EventType:
    """The event type with this id. Raises Refused."""
    kind = world.register.event_types.get(name)
    if kind is None:
        raise Refused("no-event-type", found=name)
    return kind


def _case_id(text: str, otherwise: str) -> str:
    found = as_case_id(text)
    if not found:
        raise Refused("bad-id", found=text, near=near_case_id(text, otherwise))
    return found


def checked_instants(
    world: World, now: datetime, kind: EventType, given: Instants, planned: bool
) -> dict[str, datetime]:
    """The instants of an event of this type. Raises Refused."""
    instants = {}
    for name, at in given.items():
        if name not in kind.instants:
            raise Refused("no-instant", type=kind.id, found=name, known=", ".join(kind.instants))
        instants[name] = instant_of(world, at)
        if not planned:
            refuse_ahead(now, instants[name])
    _refuse_bare(world, kind.id, given)
    return instants


def _refuse_bare(world: World, kind: str, given: Instants) -> None:
    """A clock that counts hours neither starts nor ends with a day whose time is not known."""
    bare = {name: at for name, at in given.items() if only_a_day(at)}
    for duty in world.register.obligations.values() if bare else ():
        start = _start(duty, kind, given)
        closing = kind in duty.closed_by
        for name, at in bare.items():
            if closing or name == start:
                refuse_day(at, duty.rule.text, duty.rule.by_the_hour)


def _start(duty: Obligation, kind: str, given: Instants) -> str | None:
    """The instant among those given that the duty would count from."""
    names = (start.partition(".") for start in duty.starts_on)
    return next((name for type_, _, name in names if type_ == kind and name in given), None)


# ---------------------------------------------------------------- what was reported was wrong


@dataclass(frozen=True, slots=True)
class Correct:
    """What an event should have said: other instants, another stated day, severity or urgency.

    A limit that is later, or falls away, needs `approver`.
    """

    event: Line
    instants: Instants = field(default_factory=dict)
    due: date | None = None
    reason: Remark = ""
    approver: PersonName = ""
    planned: bool = False
    severity: Line = ""
    urgent: Remark = ""
    not_urgent: bool = False

    @property
    def urgency(self) -> str | None:
        """Why it is urgent, "" where it is not; None where that stays as it is."""
        return "" if self.not_urgent else self.urgent or None


@dataclass(frozen=True, slots=True)
class Corrected:
    """The deadlines that moved, those its severity does not owe and those it owes besides.

    `shut` are the gates that it went past as it is now known.
    """

    id: str
    moved: tuple[str, ...]
    cancelled: tuple[str, ...]
    started: tuple[str, ...]
    shut: tuple[Verdict, ...]


@taking_texts
def correct(scope: Scope, asked: Correct) -> Corrected:
    """Correct an event and move the clocks it started.

    Raises Refused: as `checked` does of instants, date, severity and urgency; "urgent-and-not",
    "reason-missing", "nothing-to-correct", "no-event", "event-cancelled"; "approver-needed" where a limit
    moves later or falls away.
    """
    instants, reason = corrected_instants(scope, asked)
    shut = shut_by_corrected(scope, asked, instants)
    approver = asked.approver.strip()
    facts = instants, asked.due, reason, approver, asked.severity, asked.urgency
    done = corrections.correct(scope, asked.event, *facts)
    return Corrected(asked.event, done.moved, done.dropped, done.started, shut)


@taking_texts
def corrected_instants(scope: Scope, asked: Correct) -> tuple[dict[str, datetime], str]:
    """The new instants and the reason of a correction. Raises Refused."""
    reason = need_reason(asked.reason)
    row = corrections.stored(scope.tx, asked.event)
    kind = known_type(scope.world, row.type)
    if asked.urgent and asked.not_urgent:
        raise Refused("urgent-and-not", event=asked.event)
    if asked.urgency is not None:
        refuse_unread_urgent(scope.world, kind)
    same = asked.severity in ("", row.severity) and asked.urgency in (None, row.urgent)
    if not asked.instants and asked.due is None and same:
        raise Refused("nothing-to-correct", event=asked.event)
    if asked.due is not None:
        refuse_unread_due(scope.world, kind, asked.due)
    return checked_instants(scope.world, scope.now, kind, asked.instants, asked.planned), reason


def shut_by_corrected(scope: Scope, asked: Correct, instants: Mapping[str, datetime]) -> tuple[Verdict, ...]:
    """The gates a corrected event goes past, and is not on record for yet."""
    row = corrections.stored(scope.tx, asked.event)
    merged = {name: datetime.fromisoformat(at) for name, at in row.instants.items()} | dict(instants)
    return shut_by_stored(scope, asked.event, min(merged.values(), default=scope.now))


def shut_by_stored(scope: Scope, event: str, at: datetime | None = None) -> tuple[Verdict, ...]:
    """The gates a stored event goes past, at `at` where it is corrected, and is not on record for yet."""
    row = corrections.stored(scope.tx, event)
    when = at or row.happened_at
    found = gates.shut_ahead(scope.tx, scope.world, row.type, row.case_id, row.case_version, when, event)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Cancel:
    """An event that was a false alarm, and why."""

    event: Line
    reason: Remark


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The deadlines that are cancelled with it."""

    id: str
    cancelled: tuple[str, ...]


@taking_texts
def cancel(scope: Scope, asked: Cancel) -> Cancelled:
    """Cancel an event and every clock it started that nobody closed; those told hear of it.

    Raises Refused: "reason-missing", "no-event", "event-cancelled".
    """
    reason = need_reason(asked.reason)
    return Cancelled(asked.event, tuple(corrections.cancel(scope, asked.event, reason)))


# ---------------------------------------------------------------- what is known of it grows


@dataclass(frozen=True, slots=True)
class Confirm:
    """An unconfirmed event that is known to be true."""

    event: Line


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Who hears of its clocks only now (ids), and the gates it goes past."""

    id: str
    told: tuple[str, ...]
    shut: tuple[Verdict, ...]


@taking_texts
def confirm(scope: Scope, asked: Confirm) -> Confirmed:
    """Confirm an event; those who were not told while it was unconfirmed are told.

    Raises Refused: "no-event", "event-cancelled", "event-confirmed".
    """
    shut = shut_by_stored(scope, asked.event)
    return Confirmed(asked.event, confirming.confirm(scope, asked.event), shut)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A higher severity, known since `at`; since now without it."""

    event: Line
    severity: Line
    at: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The clocks that were started, those that count by another rule now, and who was told (ids)."""

    id: str
    severity: str
    started: tuple[str, ...]
    moved: tuple[str, ...]
    told: tuple[str, ...]


@taking_texts
def upgrade(scope: Scope, asked: Upgrade) -> Upgraded:
    """Raise an event's severity: what it owes besides is started, what has another rule is moved, and told.

    Raises Refused: "no-event", "event-cancelled", "no-severity", "severity-not-higher", "ahead", "far-year".
    """
    at = since(scope, asked)
    outcome = upgrading.upgrade(scope, asked.event, asked.severity, at)
    return Upgraded(asked.event, asked.severity, tuple(outcome.started), tuple(outcome.moved), outcome.told)


def since(scope: Scope, asked: Upgrade) -> datetime:
    """Since when a higher severity is known. Raises Refused: "ahead", "far-year"."""
    at = instant_of(scope.world, asked.at) if asked.at is not None else scope.now
    refuse_ahead(scope.now, at)
    return at
