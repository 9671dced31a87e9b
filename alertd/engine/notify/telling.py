"""Telling people at once, through the outbox: what is about no single deadline, and what became of one.

What is about no single deadline goes over the person's channels in their order, as notices do; where none is
left the admin hears of it. When a deadline changes, those who were told of it hear it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alertd.core.escalation import AlertPlan
from alertd.engine.notify.addressing import Addressing, Gap, Recipient, routes_of
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, deadlines, outbox
from alertd.store.rows import DeliveryRow

#: the template of such a delivery
TOLD = "told"
#: somebody of a unit: the unit, the unit it hands in to, the position
Address = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Word:
    """What is said: the sentences under `admin.TOPIC`, their values and the lines of a list.

    `key` tells one occasion from another; `parties` are whom it concerns. A value may be a text in several
    languages, or a list of such texts: each reader gets their own.
    """

    topic: str
    key: str
    args: Mapping[str, Any]
    parties: Sequence[str] = ()
    items: Sequence[str] = ()
    unconfirmed: bool = False  # nobody has confirmed the event it is about
    facts: Mapping[str, Any] = field(default_factory=dict)  # what alertd.messages.told makes lines of


def tell(scope: Scope, word: Word, whom: Iterable[Address]) -> tuple[str, ...]:
    """Queue one message to whoever answers for these positions; returns their ids."""
    addressing = Addressing(scope.world, addresses.unusable(scope.tx), scope.today)
    people: dict[str, Recipient] = {}
    drafts = Drafts(scope)
    for unit, receiver, position in whom:
        found, gaps = addressing.recipients(unit, receiver, ((position, False),))
        drafts.note_gaps(gaps)
        for recipient in found:
            people.setdefault(recipient.person, recipient)
    tell_people(drafts, word, tuple(people.values()))
    drafts.write()
    return tuple(people)


def tell_people(drafts: Drafts, word: Word, people: Iterable[Recipient]) -> None:
    """Draft one message to each of these people."""
    for recipient in people:
        bundle = f"told|{word.topic}|{word.key}|{recipient.person}"
        row = drafts.delivery(recipient.person, *recipient.routes[0], bundle, drafts.now, TOLD)
        row["payload"] = {
            "topic": word.topic,
            "args": dict(word.args),
            "items": list(word.items),
            "parties": list(word.parties),
            "position": recipient.position,
            "unconfirmed": word.unconfirmed,
            "facts": dict(word.facts),
            "tried": [list(recipient.routes[0])],
        }
        drafts.intent.deliveries.append(row)


def by_another_way(scope: Scope, row: DeliveryRow) -> list[str]:
    """Send such a message, which failed, over the person's next channel; returns to whom, or nothing."""
    person = scope.world.register.people.get(row.person)
    routes = routes_of(scope.world, person, addresses.unusable(scope.tx)) if person else ()
    tried = [*row.payload.get("tried", ()), [row.channel, row.address]]
    fresh = [route for route in routes if list(route) not in tried]
    if person is None or not fresh:
        return []
    drafts = Drafts(scope)
    new = drafts.delivery(person.id, *fresh[0], f"{row.bundle}|{fresh[0][0]}", scope.now, TOLD)
    new["payload"] = {**row.payload, "tried": [*tried, list(fresh[0])]}
    drafts.intent.deliveries.append(new)
    drafts.write()
    return [f"{person.name} ({fresh[0][0]})"]


#: people who see a whole roll are told by the next roll, not by sixty single messages
_BY_ROLL = frozenset({"receiver", "co-lead", "supervisor"})


def tell_those_told(
    scope: Scope, number: int, kind: str, detail: Mapping[str, Any], but: Collection[str] = ()
) -> tuple[str, ...]:
    """Inform everybody who was told of a deadline, except who did it and `but`; returns their ids.

    `kind` is one of alertd.messages.view.NoticeKind. Call it after the change is written.
    """
    row = deadlines.hold(scope.tx, number)
    drafts = Drafts(scope, news=True)
    blocked = addresses.unusable(scope.tx)
    people: dict[str, Recipient] = {}
    told = outbox.told(scope.tx, number, drills=scope.world.drilling)
    last = {notice.person: notice.alert_kind for notice in told}
    for notice in told:
        if last[notice.person] == "reassigned" and kind != "reassigned":
            continue  # it is another unit's now, and they have heard so
        if notice.person in but:
            continue
        if notice.person == scope.actor.name or (notice.position in _BY_ROLL and not row.by_the_hour):
            continue
        person = scope.world.register.people.get(notice.person)
        routes = routes_of(scope.world, person, blocked) if person else ()
        if person is None:
            continue
        if not routes:
            drafts.note_gaps((Gap("unreachable", person.unit, notice.position, person.id),))
            continue
        people[person.id] = Recipient(person.id, notice.position, False, notice.deputy_for, routes)
    if people:
        plan = AlertPlan(kind, 0, scope.now, (), (), None, "each")
        drafts.alert_people(row, plan, tuple(people.values()), kind, {**detail, "by": scope.actor.name})
    drafts.write()
    return tuple(people)
