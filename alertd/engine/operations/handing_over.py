"""A deadline that a colleague of the same unit takes care of, in place of who was asked (交辦).

The unit owes it as before, and leaders are told as before. Whoever hands it over is not asked again; who is
away, has left the unit or can be reached by no channel when a step is reached, is not asked in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from alertd.core.asking import HANDED
from alertd.core.escalation import AlertPlan
from alertd.core.handing import handed_on, in_place_of
from alertd.core.model import Person, Repeat
from alertd.core.rights import Act
from alertd.core.text import Line, Remark
from alertd.core.timing import Duration, TimeUnit
from alertd.engine.deadlines.change import patch
from alertd.engine.deadlines.permission import permitted
from alertd.engine.notify.addressing import Recipient
from alertd.engine.notify.drafts import Drafts
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import outbox, repeats
from alertd.store.rows import DeadlineRow


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Who is asked from now on, and in whose place; ids of people."""

    person: str
    places: tuple[str, ...]


@taking_texts
def hand_over(scope: Scope, number: int, to: Line, reason: Remark = "") -> HandedOver:
    """Let a colleague be asked in the place of who acts, at once and by the steps to come.

    Where who acts was not asked (a leader, the office), it is in the place of those of the unit who were; of
    its contacts where nobody was yet. The colleague is told now, with the repeats that were left.

    Raises Refused: no right; "no-person", "several-people"; "not-a-colleague", "colleague-away",
    "colleague-unreachable", "handed-already", "nobody-asked".
    """
    row, right = permitted(scope, number, Act.HAND_OVER)
    colleague = person_known(scope.world.register, to)
    drafts = Drafts(scope)
    recipient = _reachable(scope, row, drafts, colleague)
    places = _places(scope, row, colleague)
    handed = handed_on(row.handed, places, colleague.id)
    detail: dict[str, Any] = {"to": colleague.id, "from": sorted(places), **right}
    detail |= {"reason": reason} if reason else {}
    left = _silence(scope, row, places)
    patch(scope, row, "handed-over", {"handed": handed}, detail)
    plan = AlertPlan(HANDED, 1, scope.now, (), (), left, "each")
    drafts.alert_people(row, plan, (recipient,), "step", {"reason": reason, "by": scope.actor.name})
    drafts.write()
    return HandedOver(colleague.id, tuple(sorted(places)))


def colleagues(scope: Scope, row: DeadlineRow) -> tuple[Person, ...]:
    """To whom it can be handed: those of the unit who are there today and can be reached."""
    addressing, unit = Drafts(scope).addressing, _unit(scope, row)
    people = scope.world.register.people.values()
    return tuple(
        person
        for person in people
        if person.id != scope.actor.name
        and _unit_of(scope, person) == unit
        and scope.world.directory.stand_in(person, scope.today) is person
        and addressing.routes_to(person)
    )


def _unit_of(scope: Scope, person: Person) -> str:
    return scope.world.directory.current_unit(person.unit, scope.today)


def _unit(scope: Scope, row: DeadlineRow) -> str:
    """Of which unit a colleague must be: that of who acts, where they have a part in it, else who owes it."""
    actor = scope.world.register.people.get(scope.actor.name)
    if actor is not None and actor.id in _asked(scope, row):
        return _unit_of(scope, actor)
    return scope.world.directory.current_unit(row.unit, scope.today)


def _reachable(scope: Scope, row: DeadlineRow, drafts: Drafts, person: Person) -> Recipient:
    """The colleague as somebody to be told. Raises Refused: of another unit, away, or by no channel."""
    if _unit_of(scope, person) != _unit(scope, row):
        raise Refused("not-a-colleague", deadline=row.id, person=person.name)
    if scope.world.directory.stand_in(person, scope.today) is not person:
        raise Refused("colleague-away", person=person.name)
    routes = drafts.addressing.routes_to(person)
    if not routes:
        raise Refused("colleague-unreachable", person=person.name)
    return Recipient(person.id, "assignee", True, "", routes)


def _places(scope: Scope, row: DeadlineRow, colleague: Person) -> frozenset[str]:
    """In whose place the colleague is asked from now on. Raises Refused where it is theirs already."""
    asked = _asked(scope, row)
    if scope.actor.name in asked:
        found = frozenset({scope.actor.name})
    else:
        people, unit = scope.world.register.people, _unit(scope, row)
        found = frozenset(each for each in asked if each in people and _unit_of(scope, people[each]) == unit)
        if not found:
            holders = scope.world.directory.resolve("contact", row.unit, None, scope.now).holders
            found = frozenset(holder.person.id for holder in holders)
    places = found - {colleague.id}
    if not places:
        raise Refused("handed-already" if found else "nobody-asked", deadline=row.id, person=colleague.name)
    return places


def _asked(scope: Scope, row: DeadlineRow) -> frozenset[str]:
    """Who is asked about a deadline: by a step that was reached, and has not handed it on since."""
    gone = in_place_of(row.handed)
    steps = [each for each in outbox.told(scope.tx, row.number) if each.alert_kind == "step"]
    return frozenset(each.person for each in steps if each.ask and each.person not in gone)


def _silence(scope: Scope, row: DeadlineRow, places: frozenset[str]) -> Repeat | None:
    """End what would have been said again to those of `places`; what of it is left for their colleague."""
    mine: Sequence[Any] = [
        notice
        for notice in outbox.told(scope.tx, row.number)
        if notice.person in places and notice.ask and notice.alert_kind == "step"
    ]
    left = [each for each in mine if each.next_at is not None and each.repeats_left > 0]
    repeats.silence_those(scope.tx, [notice.id for notice in mine])
    if not left:
        return None
    newest = left[-1]
    minutes = max(timedelta(seconds=newest.repeat_every) // timedelta(minutes=1), 1)
    return Repeat(Duration(minutes, TimeUnit.MINUTE), newest.repeats_left)
