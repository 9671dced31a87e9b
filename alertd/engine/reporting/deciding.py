"""What units have asked for and nobody has decided: for how long, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alertd.core import asking
from alertd.core.lateness import lateness
from alertd.core.model import Person
from alertd.engine.operations.requesting import deciders
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import requests
from alertd.store.rows import DeadlineRow, RequestRow


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request nobody has decided. `in_time` is whether an answer can still come before the limit."""

    request: RequestRow
    row: DeadlineRow
    deciders: tuple[Person, ...]
    days: int
    working_days: int
    in_time: bool


def waiting(scope: Scope) -> list[WaitingRequest]:
    """The requests that wait for a decision, the oldest first."""
    return [_waiting(scope.world, scope.now, *found) for found in requests.waiting(scope.tx)]


def _waiting(world: World, now: datetime, request: RequestRow, row: DeadlineRow) -> WaitingRequest:
    since = lateness(request.asked_at, world.today(request.asked_at), now, world.calendar)
    return WaitingRequest(
        request,
        row,
        deciders(world, now, row, request.kind, request.asked_by),
        since.days,
        since.working_days,
        asking.answer_in_time(now, row.by_the_hour, row.due, world.calendar, world.office),
    )
