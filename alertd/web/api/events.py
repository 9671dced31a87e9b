"""Events at the word of another system: reported, corrected, cancelled, confirmed, upgraded; read back.

A report names its instants: "now" would be another instant when a request is repeated.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from alertd.core.gates import RESULTS
from alertd.engine.operations import events, reading_back, tokens
from alertd.engine.operations.events import Cancel, Confirm, Correct, Happened, Report, Upgrade
from alertd.engine.operations.reading_back import StartingClock
from alertd.engine.reporting.passing import Verdict
from alertd.engine.reporting.queries import parties_of_event
from alertd.engine.ruling.naming import event_type_named, unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.web.api.endpoint import Ask, Replied, Reply
from alertd.web.api.given import Day, Given, Moment, Name, Remark

Instants = Annotated[
    dict[Name, Moment],
    Field(max_length=10, description="by name, such as occurred, received, published; a day: no time known"),
]
_MOST_PARTIES = 100


class Facts(Given):
    """A fact about a case: which units it concerns, and what it states."""

    case: Name
    parties: Annotated[tuple[Name, ...], Field(min_length=1, max_length=_MOST_PARTIES)]
    due: Day | None = None
    title: Remark = ""
    severity: Remark = ""
    result: Annotated[Remark, Field(description=f"of a review: {', '.join(RESULTS)}")] = ""
    unconfirmed: bool = False
    planned: bool = False
    urgent: Annotated[Remark, Field(description="why it is, where it is")] = ""


class NewEvent(Facts):
    """An event to report. `id` is the sender’s name for it: the same one again changes nothing."""

    type: Name
    instants: Annotated[Instants, Field(min_length=1)]
    id: Remark = ""


class Outcome(Reply):
    """What an event brought about, by the ids of deadlines. `known`: it was reported before, word for word.

    `shut` are the gates it went past, `passed` those it found open; `paused` clocks stand still by it. The
    lists are empty for an event that is known, but for a CloudEvent that came within the week.
    """

    id: str
    known: bool
    started: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


class Clock(Reply):
    """A clock that would start. `missing` is an instant it would rather count from."""

    obligation: str
    party: str
    earliest: datetime | None
    due: datetime | None
    office_due: datetime | None
    provisional: bool
    missing: str


class Doubt(Reply):
    """What a slip of the hand would look like: an instant "long-ago", or "before" what it follows."""

    kind: str
    name: str
    at: datetime


class WouldHappen(Reply):
    """What a report would do, read back. `closing` are ids of deadlines, `shut` gates it would go past."""

    type: str
    case: str
    parties: tuple[str, ...]
    instants: dict[str, datetime]
    clocks: tuple[Clock, ...]
    closing: tuple[str, ...]
    shut: tuple[str, ...]
    doubts: tuple[Doubt, ...]


class Corrections(Given):
    """What an event should have said, and why. `approver`: where a limit moves later or falls away."""

    instants: Instants = Field(default_factory=dict)
    due: Day | None = None
    reason: Remark = ""
    approver: Remark = ""
    planned: bool = False
    severity: Remark = ""
    urgent: Remark = ""
    not_urgent: bool = False


class Because(Given):
    """Why."""

    reason: Remark


class Graver(Given):
    """A higher severity, and since when it is known; since now without that."""

    severity: Remark
    at: Moment | None = None


class Nothing(Given):
    """Nothing more to say."""


class Changed(Reply):
    """What became of an event’s clocks, by their ids; `told` are people, `shut` gates it went past."""

    id: str
    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    shut: tuple[str, ...] = ()


class WouldChange(Reply):
    """What a correction or a cancellation would do to an event’s clocks, by their ids."""

    id: str
    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    starting: tuple[Clock, ...] = ()
    shut: tuple[str, ...] = ()


def report(ask: Ask) -> Replied:
    """Report an event: 201 for a new one, 200 for one that is known."""
    return happened(events.report(ask.scope, asked_of(ask, ask.asked)))


def report_read_back(ask: Ask) -> WouldHappen:
    """What reporting would do; nothing is changed."""
    asked = asked_of(ask, ask.asked)
    back = reading_back.report_read_back(ask.scope, asked)
    doubts = reading_back.doubts(ask.scope.world, ask.scope.now, asked)
    return WouldHappen(
        type=back.event.type,
        case=back.event.case,
        parties=back.event.parties,
        instants=dict(back.event.instants),
        clocks=tuple(map(_clock, back.clocks)),
        closing=tuple(row.id for row in back.closing),
        shut=_gates(back.shut),
        doubts=tuple(Doubt(kind=each.kind, name=each.name, at=each.at) for each in doubts),
    )


def asked_of(ask: Ask, given: Any) -> Report:
    """A report as the operations take it, names as the register has them. Raises Refused."""
    register = ask.scope.world.register
    kind = event_type_named(register, given.type)
    parties = tuple(unit_named(register, each) for each in given.parties)
    tokens.need_parties(ask.scope.world, ask.bearer, parties, ask.scope.now)
    return Report(
        kind, given.case, parties, given.instants, given.due, given.title, given.id, given.severity,
        given.result, given.unconfirmed, given.planned, given.urgent,
    )  # fmt: skip


def happened(done: Happened, known: bool | None = None) -> Replied:
    """What a report did, as it is answered."""
    lists = {name: getattr(done, name) for name in ("started", "running", "closed", "breaches", "paused")}
    again = done.known if known is None else known
    gates = {"shut": _gates(done.shut), "passed": tuple(gate.id for gate in done.passed)}
    return Replied(Outcome(id=done.id, known=again, **lists, **gates), 200 if again else 201)


def correct(ask: Ask) -> Changed:
    done = events.correct(ask.scope, _correction(ask))
    return Changed(
        id=done.id, moved=done.moved, cancelled=done.cancelled, started=done.started, shut=_gates(done.shut)
    )


def correct_read_back(ask: Ask) -> WouldChange:
    asked = _correction(ask)
    back = reading_back.correct_read_back(ask.scope, asked)
    return WouldChange(
        id=asked.event,
        moved=tuple(each.row.id for each in back.moves),
        cancelled=tuple(row.id for row in back.dropped),
        starting=tuple(map(_clock, back.starting)),
        shut=_gates(back.shut),
    )


def _correction(ask: Ask) -> Correct:
    given, name = ask.asked, _event(ask)
    return Correct(
        name, given.instants, given.due, given.reason, given.approver, given.planned, given.severity,
        given.urgent, given.not_urgent,
    )  # fmt: skip


def cancel(ask: Ask) -> Changed:
    done = events.cancel(ask.scope, Cancel(_event(ask), ask.asked.reason))
    return Changed(id=done.id, cancelled=done.cancelled)


def cancel_read_back(ask: Ask) -> WouldChange:
    asked = Cancel(_event(ask), ask.asked.reason)
    rows = reading_back.cancel_read_back(ask.scope, asked)
    return WouldChange(id=asked.event, cancelled=tuple(row.id for row in rows))


def confirm(ask: Ask) -> Changed:
    done = events.confirm(ask.scope, Confirm(_event(ask)))
    return Changed(id=done.id, told=done.told, shut=_gates(done.shut))


def confirm_read_back(ask: Ask) -> WouldChange:
    name = _event(ask)
    return WouldChange(id=name, shut=_gates(reading_back.confirm_read_back(ask.scope, Confirm(name))))


def upgrade(ask: Ask) -> Changed:
    given = ask.asked
    done = events.upgrade(ask.scope, Upgrade(_event(ask), given.severity, given.at))
    return Changed(id=done.id, moved=done.moved, started=done.started, told=done.told)


def _event(ask: Ask) -> str:
    """The event in the path. Raises Refused where there is none, or it concerns units beyond the token."""
    name, scope, bearer = ask.placed["event"], ask.scope, ask.bearer
    parties = parties_of_event(scope.tx, name)
    units = tokens.units_of(scope.world, bearer, scope.now)
    if bearer.parties and units is not None and not units.intersection(parties):
        raise Refused("no-event", event=name)
    tokens.need_parties(scope.world, bearer, parties, scope.now)
    return name


def _gates(shut: tuple[Verdict, ...]) -> tuple[str, ...]:
    return tuple(verdict.gate.id for verdict in shut)


def _clock(clock: StartingClock) -> Clock:
    limits = clock.limits
    return Clock(
        obligation=clock.obligation.id,
        party=clock.party,
        earliest=limits.earliest,
        due=limits.due,
        office_due=limits.office_due,
        provisional=limits.provisional,
        missing=clock.missing,
    )
