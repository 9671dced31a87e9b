"""What somebody is to a deadline, and whether that is enough for what they want to do (core/rights.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import State
from alertd.core.rights import NEEDS_APPROVER, Act, Role, allowed, possible
from alertd.engine.acts import Actor
from alertd.engine.refusal import Refused
from alertd.engine.world import World
from alertd.store import deadlines, outbox

_SUPERIORS = ("leader-in-charge", "principal")


def roles_of(tx: Connection, world: World, now: datetime, row: Any, actor: Actor) -> frozenset[Role]:
    """Every role of `actor` towards the deadline in `row`; the admin is whom the directory does not know."""
    person = world.register.people.get(actor.name)
    if person is None:
        return frozenset({Role.ADMIN})
    day, directory = world.today(now), world.directory
    obligation = world.register.obligations.get(row.obligation)
    unit = directory.current_unit(row.unit, day)
    found = set()
    if person.unit in (unit, row.unit):
        found.add(Role.OWNER)
        if set(_SUPERIORS).intersection(person.positions):
            found.add(Role.SUPERIOR)
    for position in _SUPERIORS:
        holders = directory.resolve(position, unit, None, day).holders
        if any(holder.person.id == person.id for holder in holders):
            found |= {Role.OWNER, Role.SUPERIOR}
    if obligation and obligation.receiver and _belongs(world, person.unit, obligation.receiver, now):
        found.add(Role.RECEIVER)
    if world.register.supervisor and _belongs(world, person.unit, world.register.supervisor, now):
        found.add(Role.SUPERVISOR)
    if any(notice.person == person.id and notice.ask for notice in outbox.told(tx, row.number)):
        found.add(Role.ASKED)
    return frozenset(found)


def _belongs(world: World, unit: str, other: str, now: datetime) -> bool:
    return unit in (other, world.directory.current_unit(other, world.today(now)))


def permitted(
    tx: Connection, world: World, now: datetime, number: int, act: Act, actor: Actor, approver: str = ""
) -> tuple[Any, dict[str, Any]]:
    """The deadline, held until the commit, and what the audit says of the right by which `actor` acts.

    Raises Refused: "wrong-state", "not-allowed", or "approver-needed-for" where only the admin acts.
    """
    row = deadlines.hold(tx, number)
    if not possible(act, State(row.state)):
        raise Refused("wrong-state", deadline=row.id, state=row.state, act=act)
    roles = allowed(act, roles_of(tx, world, now, row, actor))
    if not roles:
        person = world.register.people[actor.name]
        raise Refused("not-allowed", deadline=row.id, person=person.name, act=act)
    if act in NEEDS_APPROVER and not approver.strip() and (act is Act.WAIVE or roles == {Role.ADMIN}):
        raise Refused("approver-needed-for", deadline=row.id, act=act)
    said: dict[str, Any] = {"as": sorted(roles)}
    return row, said | ({"approver": approver.strip()} if approver.strip() else {})


def need_reason(reason: str) -> str:
    """The reason without blanks around it. Raises Refused when there is none."""
    if not reason.strip():
        raise Refused("reason-missing")
    return reason.strip()
