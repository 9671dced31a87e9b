"""What somebody is to a deadline, and whether that is enough for what they want to do (core/rights.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import State
from alertd.core.rights import NEEDS_KNOWN, Act, Role, allowed, needs_approver, possible
from alertd.engine.ruling.naming import person_known
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines, outbox
from alertd.store.rows import DeadlineRow

_SUPERIORS = ("leader-in-charge", "principal")
#: refusals of an act in a state that say more than that it is not possible
_IMPOSSIBLE: Mapping[tuple[Act, State] | Act, str] = {
    (Act.ACKNOWLEDGE, State.SUSPENDED): "paused",
    (Act.HAND_IN, State.SUSPENDED): "paused",
    Act.ACKNOWLEDGE: "closed",
    Act.HAND_IN: "closed",
    Act.REOPEN: "not-closed",
}


def roles_of(scope: Scope, row: DeadlineRow) -> frozenset[Role]:
    """Every role of `actor` towards the deadline in `row`; the admin is whom the directory does not know.

    A duty room has the roles that any officer of its unit has: what may be pressed there once one is named.
    """
    if scope.actor.desk:
        return _roles_of_desk(scope, row)
    person = scope.world.register.people.get(scope.actor.name)
    if person is None:
        return frozenset({Role.ADMIN})
    found = set(_roles_of_unit(scope, row, person.unit))
    day, directory = scope.today, scope.world.directory
    unit = directory.current_unit(row.unit, day)
    if Role.OWNER in found and set(_SUPERIORS).intersection(person.positions):
        found.add(Role.SUPERIOR)
    for position in _SUPERIORS:
        holders = directory.resolve(position, unit, None, scope.now).holders
        if any(holder.person.id == person.id for holder in holders):
            found |= {Role.OWNER, Role.SUPERIOR}
    if _asked(scope.tx, row.number, {person.id}):
        found.add(Role.ASKED)
    return frozenset(found)


def _roles_of_desk(scope: Scope, row: DeadlineRow) -> frozenset[Role]:
    unit = scope.actor.desk
    found = _roles_of_unit(scope, row, unit)
    officers = {person.id for person in scope.world.register.people.values() if person.unit == unit}
    return found | {Role.ASKED} if _asked(scope.tx, row.number, officers) else found


def _roles_of_unit(scope: Scope, row: DeadlineRow, unit: str) -> frozenset[Role]:
    """What everybody of a unit is to a deadline: owes it, receives it, supervises it."""
    register = scope.world.register
    obligation, supervisor = register.obligations.get(row.obligation), register.supervisor
    found = set()
    if unit in (scope.world.directory.current_unit(row.unit, scope.today), row.unit):
        found.add(Role.OWNER)
    if obligation and obligation.receiver and _belongs(scope.world, unit, obligation.receiver, scope.now):
        found.add(Role.RECEIVER)
    if supervisor and _belongs(scope.world, unit, supervisor, scope.now):
        found.add(Role.SUPERVISOR)
    return frozenset(found)


def _asked(tx: Connection, number: int, people: Collection[str]) -> bool:
    """Whether a message asked one of them for something, and none since said that it is another unit's."""
    last: dict[str, Any] = {}
    asked = set()
    for notice in outbox.told(tx, number):
        if notice.person in people:
            last[notice.person] = notice.alert_kind
            asked |= {notice.person} if notice.ask else set()
    return any(last[person] != "reassigned" for person in asked)


def _belongs(world: World, unit: str, other: str, now: datetime) -> bool:
    return unit in (other, world.directory.current_unit(other, world.today(now)))


def permitted(scope: Scope, number: int, act: Act, approver: str = "") -> tuple[DeadlineRow, dict[str, Any]]:
    """The deadline, held until the commit, and what the audit says of the right by which `actor` acts.

    Raises Refused: "wrong-state" ("closed", "paused", "not-closed"), "no-person" ("no-person-near") where
    only who is known may be named, "not-allowed", or "approver-needed-for" where only the admin acts;
    "officer-missing" where a duty room asks and none of its officers.
    """
    if scope.actor.desk:
        raise Refused("officer-missing")
    row = deadlines.hold(scope.tx, number)
    if not possible(act, State(row.state)):
        code = _IMPOSSIBLE.get((act, State(row.state))) or _IMPOSSIBLE.get(act, "wrong-state")
        raise Refused(code, deadline=row.id, state=row.state, act=act)
    if act in NEEDS_KNOWN and scope.actor.named:
        person_known(scope.world.register, scope.actor.name)
    roles = allowed(act, roles_of(scope, row))
    if not roles:
        person = scope.world.register.people[scope.actor.name]
        raise Refused("not-allowed", deadline=row.id, person=person.name, act=act)
    if needs_approver(act, roles) and not approver.strip():
        raise Refused("approver-needed-for", deadline=row.id, act=act)
    said: dict[str, Any] = {"as": sorted(roles)}
    return row, said | ({"approver": approver.strip()} if approver.strip() else {})


def need_reason(reason: str) -> str:
    """The reason without blanks around it. Raises Refused when there is none."""
    if not reason.strip():
        raise Refused("reason-missing")
    return reason.strip()
