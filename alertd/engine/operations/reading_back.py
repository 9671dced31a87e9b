"""What an act on an event would do, read back before it counts. Nothing is changed.

Each function refuses what the act itself would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertd.engine.cases import corrections, upgrading
from alertd.engine.cases.corrections import Correction as Correction
from alertd.engine.cases.events import StartingClock as StartingClock
from alertd.engine.cases.events import clocks_of
from alertd.engine.cases.gates import Verdict
from alertd.engine.cases.reported import Reported, closed_by, ended_by
from alertd.engine.deadlines.permission import need_reason
from alertd.engine.operations.events import (
    Cancel,
    Confirm,
    Correct,
    Report,
    Upgrade,
    checked,
    corrected_instants,
    shut_by,
    shut_by_corrected,
    shut_by_stored,
    since,
)
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store.deadlines import UNFINISHED
from alertd.store.rows import DeadlineRow

#: an instant further back is worth a second look
LONG_AGO = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a slip of the hand would look like: "long-ago", or "before" what it comes after."""

    kind: str
    name: str  # of the instant
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadBack:
    """An event as it would be recorded, and what it would do.

    `more` says that it does something besides: it pauses clocks, or comes to a gate.
    """

    event: Reported
    clocks: tuple[StartingClock, ...]
    closing: tuple[DeadlineRow, ...]
    shut: tuple[Verdict, ...]
    more: bool


@taking_texts
def doubts(world: World, now: datetime, asked: Report) -> tuple[Doubt, ...]:
    """What of a report is worth a second look. Raises Refused as reporting it would."""
    given = checked(world, now, asked).instants
    found = [Doubt("long-ago", name, at) for name, at in given.items() if now - at > LONG_AGO]
    first = given.get("occurred")
    return (*found, *_before(first, given)) if first else tuple(found)


def _before(first: datetime, given: Mapping[str, datetime]) -> list[Doubt]:
    names = [name for name in ("received", "published") if name in given and given[name] < first]
    return [Doubt("before", name, given[name]) for name in names]


@taking_texts
def clocks(world: World, now: datetime, asked: Report) -> tuple[StartingClock, ...]:
    """The clocks a report would start, whatever runs already. Raises Refused as reporting it would."""
    return tuple(clocks_of(world, checked(world, now, asked), now))


@taking_texts
def report_read_back(scope: Scope, asked: Report) -> ReadBack:
    """The event, the clocks it would start and those it would close."""
    event = checked(scope.world, scope.now, asked)
    closing = closed_by(scope.tx, scope.world, event)
    numbers = {row.number for row in closing}
    ending = ended_by(scope.tx, scope.world, event)
    closing += [row for row in ending if row.state in UNFINISHED and row.number not in numbers]
    return ReadBack(
        event,
        tuple(clocks_of(scope.world, event, scope.now)),
        tuple(closing),
        shut_by(scope, event),
        _does_more(scope.world, event.type),
    )


def _does_more(world: World, kind: str) -> bool:
    register = world.register
    paused = any(kind in duty.returned_by for duty in register.obligations.values())
    return paused or any(gate.stage == kind for gate in register.gates.values())


@dataclass(frozen=True, slots=True)
class CorrectionReadBack:
    """The deadlines a correction would move, cancel and start, and the gates it would go past."""

    moves: tuple[Correction, ...]
    dropped: tuple[DeadlineRow, ...]
    starting: tuple[StartingClock, ...]
    shut: tuple[Verdict, ...]


@taking_texts
def correct_read_back(scope: Scope, asked: Correct) -> CorrectionReadBack:
    """What a correction would move."""
    instants, _ = corrected_instants(scope, asked)
    facts = instants, asked.due, asked.severity, asked.urgency
    found = corrections.corrections(scope, asked.event, *facts)
    if found.later and not asked.approver.strip():
        raise Refused("approver-needed", deadlines=", ".join(found.later))
    shut = shut_by_corrected(scope, asked, instants)
    return CorrectionReadBack(found.moves, found.dropped, found.starting, shut)


@taking_texts
def cancel_read_back(scope: Scope, asked: Cancel) -> tuple[DeadlineRow, ...]:
    """The running deadlines that cancelling an event would cancel."""
    need_reason(asked.reason)
    return tuple(corrections.started_by(scope.tx, asked.event))


@taking_texts
def confirm_read_back(scope: Scope, asked: Confirm) -> tuple[Verdict, ...]:
    """The shut gates that confirming an event would go past."""
    return shut_by_stored(scope, asked.event)


@taking_texts
def upgrade_read_back(scope: Scope, asked: Upgrade) -> CorrectionReadBack:
    """The clocks that a higher severity would start, and those that would count by another rule."""
    since(scope, asked)
    row = corrections.stored(scope.tx, asked.event)
    upgrading.refuse_not_higher(scope, row, asked.severity)
    found = corrections.corrections(scope, asked.event, {}, None, asked.severity, None)
    moves = tuple(move for move in found.moves if not move.closed)
    return CorrectionReadBack(moves, (), found.starting, ())
