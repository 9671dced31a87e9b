"""Somebody is paged about a deadline: one message to one person, at once, whatever the hour.

It is for when a reminder by the policy is not enough: whoever answers for the matter, or watches over it,
wants one person to look now. What is decided by the policy goes on as it was. Nobody is paged in a loop: who
was paged about a deadline is not paged about it again within ten minutes, nor about anything more than six
times an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertd.core.asking import PAGED
from alertd.core.escalation import AlertPlan
from alertd.core.model import Person
from alertd.core.rights import Act
from alertd.core.text import Line, Remark
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.notify.addressing import Recipient
from alertd.engine.notify.drafts import Drafts
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines, outbox, repeats
from alertd.store.rows import DeadlineRow, changed

#: so long nobody is paged about the same deadline again
AGAIN_AFTER = timedelta(minutes=10)
#: and so many times an hour at most, whatever about
MOST, WITHIN = 6, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Paged:
    """Who was paged, over which channel it leaves at once."""

    person: str
    channel: str


@taking_texts
def page(scope: Scope, number: int, who: Line, reason: Remark) -> Paged:
    """Ask one person of the directory to look at a deadline now.

    The message leaves at once, also by night and about a day clock; where it fails it goes on as any other
    does, over the next channel and to the next position up.

    Raises Refused: no right; "reason-missing", "no-person" ("no-person-near"), "several-people",
    "paged-away", "paged-unreachable", "paged-lately", "paged-often".
    """
    row, right = permitted(scope, number, Act.PAGE)
    reason = need_reason(reason)
    person = person_known(scope.world.register, who)
    drafts = Drafts(scope)
    _refuse_away(scope, person)
    routes = drafts.addressing.routes_to(person, urgent=True)
    if not routes:
        raise Refused("paged-unreachable", person=person.name)
    _refuse_often(scope, row, person)
    position = person.positions[0] if person.positions else "assignee"
    recipient = Recipient(person.id, position, True, "", routes)
    plan = AlertPlan(PAGED, 1, scope.now, (), (), None, "each", urgent=True)
    detail = {"reason": reason, "by": scope.actor.name}
    # as of a clock that counts hours: it waits for no office to open, and for nothing to go with it
    drafts.alert_people(changed(row, by_the_hour=True), plan, (recipient,), PAGED, detail)
    drafts.write()
    scope.record(row.number, "paged", {"person": person.id, "reason": reason, **right})
    return Paged(person.id, routes[0][0])


def whom(scope: Scope, row: DeadlineRow) -> tuple[Person, ...]:
    """Whom a form offers: the people of the unit that owes it, and whoever was told of it; each once."""
    world, day = scope.world, scope.today
    current, people = world.directory.current_unit, world.register.people
    told = {notice.person for notice in outbox.told(scope.tx, row.number)}
    unit = current(row.unit, day)
    return tuple(
        person
        for person in people.values()
        if person.id != scope.actor.name and (current(person.unit, day) == unit or person.id in told)
    )


def _refuse_away(scope: Scope, person: Person) -> None:
    here = scope.world.directory.stand_in(person, scope.today)
    if here is not person:
        raise Refused("paged-away", person=person.name, deputy=here.name if here else "–")


def _refuse_often(scope: Scope, row: DeadlineRow, person: Person) -> None:
    """Raises Refused for who was paged about it moments ago, or about many things within the hour."""
    deadlines.hold(scope.tx, row.number)  # two who press at once are one after the other
    before: Sequence[tuple[int, datetime]] = repeats.paged_since(scope.tx, person.id, scope.now - WITHIN)
    lately = [at for number, at in before if number == row.number and at > scope.now - AGAIN_AFTER]
    if lately:
        again = max(lately) + AGAIN_AFTER
        raise Refused("paged-lately", person=person.name, at=max(lately).isoformat(), until=again.isoformat())
    if len(before) >= MOST:
        raise Refused("paged-often", person=person.name, count=len(before))
