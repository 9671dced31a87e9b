"""What units ask for and others decide: who is asked, and how they are chased.

The rules of each request are in more_time.py and moving.py; whose decision it is stands in
alertd.core.rights. Each function that changes something is part of its caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core import asking
from alertd.core.escalation import AlertPlan
from alertd.core.model import Person, Repeat
from alertd.core.rights import RIGHTS, Act, Role
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope, name_in
from alertd.engine.ruling.world import World
from alertd.store import repeats, requests
from alertd.store.rows import DeadlineRow

#: what decides each kind, and who is asked first: the next where the one before is who asked
_DECIDES = {requests.EXTEND: Act.DECIDE_EXTEND, requests.DECLINE: Act.DECIDE_DECLINE}
_ASKED_FIRST = {
    requests.EXTEND: ("leader-in-charge", "principal", "supervisor"),
    requests.DECLINE: ("receiver", "supervisor"),
}
#: the positions that stand for a role where people are named
_POSITIONS = {
    Role.SUPERIOR: ("leader-in-charge", "principal"),
    Role.RECEIVER: ("receiver",),
    Role.SUPERVISOR: ("supervisor",),
}


def ask_for_decision(scope: Scope, row: DeadlineRow, kind: str, wanted: str, reason: str) -> None:
    """Store a request and ask whoever decides it, with capped repeats. Raises Refused: one waits already."""
    if requests.undecided(scope.tx, row.number, kind) is not None:
        raise Refused("asked-already", deadline=row.id)
    world = scope.world
    order = ask_in_order(world, scope.now, row, kind, scope.actor.name)
    first = order[0] if order else _ASKED_FIRST[kind][-1]
    climbs = asking.climbs_at(scope.now, row.by_the_hour, row.due, world.calendar, world.office)
    next_at = climbs if row.due is None else min(climbs, row.due)
    requests.add(scope.tx, row.number, kind, scope.now, scope.actor.text, reason, wanted, first, next_at)
    told = {"reason": reason, "request": kind, "wanted": wanted}
    tell(scope, row, asking.STEP, ((first, True),), told, asking.chase(row.by_the_hour))


def ask_in_order(world: World, now: datetime, row: DeadlineRow, kind: str, asked_by: str) -> list[str]:
    """The positions that decide a request, the first one first: those held by somebody else than who asks."""
    return [
        position
        for position in _ASKED_FIRST[kind]
        if any(person.id != asked_by for person in _holders(world, now, row, position))
    ]


def _holders(world: World, now: datetime, row: DeadlineRow, position: str) -> list[Person]:
    obligation = world.register.obligations.get(row.obligation)
    receiver = obligation.receiver if obligation else None
    if position == "receiver" and receiver is None:
        return []
    resolved = world.directory.resolve(position, row.unit, receiver, now)
    return [holder.person for holder in resolved.holders]


def deciders(world: World, now: datetime, row: DeadlineRow, kind: str, asked_by: str) -> tuple[Person, ...]:
    """Who of the directory may decide a request, those asked first before the others; not who asked."""
    found: dict[str, Person] = {}
    for role in sorted(RIGHTS[_DECIDES[kind]].roles & _POSITIONS.keys(), key=list(Role).index):
        for position in _POSITIONS[role]:
            found |= {person.id: person for person in _holders(world, now, row, position)}
    return tuple(person for name, person in found.items() if name != name_in(asked_by))


# ---------------------------------------------------------------- decided


def is_asked(tx: Connection, number: int, kind: str) -> bool:
    """Whether somebody asked for this and nobody has decided."""
    return requests.undecided(tx, number, kind) is not None


def open_request(tx: Connection, world: World, row: DeadlineRow, kind: str, actor: Actor) -> Any:
    """The request to decide. Raises Refused when there is none, and for a person who asked for it themselves.

    The office at its keyboard may enter both, on behalf of those who asked and decided.
    """
    asked = requests.undecided(tx, row.number, kind)
    if asked is None:
        raise Refused(f"no-{kind}-request", deadline=row.id)
    if name_in(asked.asked_by) == actor.name and actor.name in world.register.people:
        raise Refused("own-request", deadline=row.id)
    return asked


def refuse(
    scope: Scope, row: DeadlineRow, asked: Any, action: str, reason: str, right: Mapping[str, Any]
) -> None:
    """Decide a request against who asked, and tell the unit; nobody is asked to decide it any more."""
    requests.decide(scope.tx, asked.id, requests.REFUSED, scope.now, scope.actor.text)
    repeats.silence(scope.tx, row.number, asking.STEP)
    detail = {"reason": reason, "asked_by": asked.asked_by, **right}
    scope.record(row.number, action, detail)
    told = {"reason": reason, "request": asked.kind}
    tell(scope, row, "refused", (("contact", False),), told)


def read_end(text: str) -> date | datetime:
    """A day or an instant as `isoformat` wrote it."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def tell(
    scope: Scope,
    row: DeadlineRow,
    kind: str,
    to: tuple[tuple[str, bool], ...],
    detail: Mapping[str, Any],
    repeat: Repeat | None = None,
) -> None:
    """Tell positions of the unit, the receiver or the supervisor; `to` says who is asked."""
    obligation = scope.world.register.obligations.get(row.obligation)
    drafts = Drafts(scope)
    plan = AlertPlan(kind, 1, scope.now, (), to, repeat, "each")
    receiver = obligation.receiver if obligation else None
    drafts.alert(row, receiver, plan, kind, {"by": scope.actor.name, **detail})
    drafts.write()
