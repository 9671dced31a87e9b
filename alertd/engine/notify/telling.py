"""Telling people at once, through the outbox: what is about no single deadline, and what became of one.

What is about no single deadline goes over the person's channels in their order, then to the next position up,
as notices do, and the admin hears of it. When a deadline changes, those who were told of it hear it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from alertd.core.escalation import AlertPlan
from alertd.engine.notify.addressing import Addressing, Gap, Post, Recipient, routes_of
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.holds import Holds
from alertd.engine.notify.journeys import Route
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, deadlines, outbox
from alertd.store.rows import DeadlineRow, DeliveryRow
from alertd.store.tables import deliveries

#: the template of such a delivery
TOLD = "told"
#: the template of a message with a code to sign in, which is for nobody but whom it names
SIGN_IN = "sign-in"
#: the topic of one whose words are kept with the bulletin it is
BULLETIN = "bulletin"
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
    answers: int = 0  # the delivery whose answer it is about: it is answered as that one


def tell(scope: Scope, word: Word, whom: Iterable[Address]) -> tuple[str, ...]:
    """Queue one message to whoever answers for these positions; returns their ids."""
    addressing = Addressing.now(scope)
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
    payload = {
        "topic": word.topic,
        "args": dict(word.args),
        "items": list(word.items),
        "parties": list(word.parties),
        "unconfirmed": word.unconfirmed,
        "facts": dict(word.facts),
        "bundle": _bundle_of(word),
    }
    payload |= {"answers": word.answers} if word.answers else {}
    for recipient in people:
        _draft(drafts, recipient, payload, f"{payload['bundle']}|{recipient.person}")


def told_before(scope: Scope, word: Word, person: str) -> bool:
    """Whether a person was told this before, or is about to be."""
    return _told_before(scope, f"{_bundle_of(word)}|{person}")


def _bundle_of(word: Word) -> str:
    return f"told|{word.topic}|{word.key}"


def _draft(
    drafts: Drafts, to: Recipient, payload: Mapping[str, Any], bundle: str, tried: Sequence[Route] = ()
) -> None:
    """Draft such a message over somebody's first route; `tried` are those it went over before."""
    route = to.routes[0]
    row = drafts.delivery(to.person, *route, bundle, drafts.now, TOLD)
    more = {"position": to.position, "tried": [list(each) for each in (*tried, route)]}
    row["payload"] = {**payload, **more}
    row["by_the_hour"] = True  # it is about what just happened
    drafts.intent.deliveries.append(row)


def tell_again(scope: Scope, row: DeliveryRow) -> None:
    """Say anew what a message said that was dropped, to whoever it is for now."""
    person, position = scope.world.register.people.get(row.person), row.payload.get("position", "")
    units = [person.unit] if person else row.payload.get("parties", ())
    drafts = Drafts(scope)
    for post in [Post(unit, unit, position) for unit in units][:1]:
        recipient, gaps = drafts.addressing.still(row.person, post)
        drafts.note_gaps(gaps)
        if recipient is not None:
            _draft(
                drafts, recipient, row.payload, f"{row.payload.get('bundle', row.bundle)}|{recipient.person}"
            )
    drafts.write()


def tell_another_way(scope: Scope, row: DeliveryRow) -> list[str]:
    """Send such a message, which failed, where it goes next; returns to whom.

    Who stands in and was told the same before is not told again.
    """
    drafts = Drafts(scope)
    people = scope.world.register.people
    person, position = people.get(row.person), row.payload.get("position", "")
    tried = [(channel, address) for channel, address in row.payload.get("tried", ())]
    tried.append((row.channel, row.address))
    units = [person.unit] if person else row.payload.get("parties", ())
    way = drafts.addressing.another_way(row.person, tried, [Post(unit, unit, position) for unit in units])
    if person is not None and way.again is not None:
        again = Recipient(person.id, position, False, "", (way.again,))
        _draft(drafts, again, row.payload, f"{row.bundle}|{way.again[0]}", tried)
        drafts.write()
        return [f"{person.name} ({way.again[0]})"]
    drafts.note_gaps(way.gaps)
    instead = {each.person: each for found in way.instead for each in found}
    for each in instead.values():
        bundle = f"{row.payload.get('bundle', row.bundle)}|{each.person}"
        if not _told_before(scope, bundle):
            _draft(drafts, each, row.payload, bundle)
    drafts.write()
    return [people[each].name for each in instead]


def _told_before(scope: Scope, bundle: str) -> bool:
    known = select(deliveries.c.id).where(deliveries.c.bundle == outbox.bundle_name(bundle))
    return scope.tx.execute(known).first() is not None


#: the kind of news that a limit is another one now, as NoticeKind has it
MOVED = "moved"
#: people who see a whole roll are told by the next roll, not by sixty single messages
_BY_ROLL = frozenset({"receiver", "co-lead", "supervisor"})


def tell_those_told(
    scope: Scope, number: int, kind: str, detail: Mapping[str, Any], but: Collection[str] = ()
) -> tuple[str, ...]:
    """Inform everybody who was told of a deadline, except who did it and `but`; returns their ids.

    `kind` is one of alertd.messages.view.NoticeKind. Call it after the change is written. Who has not been
    sent yet what they were to hear of a limit hears the new one in its place.
    """
    row = deadlines.hold(scope.tx, number)
    drafts = Drafts(scope, news=True)
    blocked = addresses.unusable(scope.tx, scope.now)
    people: dict[str, Recipient] = {}
    told = outbox.told(scope.tx, number, drills=scope.world.drilling)
    last = {notice.person: notice.alert_kind for notice in told}
    untold = _waits_instead(scope, row, told) if kind == MOVED else frozenset()
    for notice in told:
        if last[notice.person] == "reassigned" and kind != "reassigned":
            continue  # it is another unit's now, and they have heard so
        if notice.person in but or notice.person in untold:
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


def _waits_instead(scope: Scope, row: DeadlineRow, told: Sequence[Any]) -> frozenset[str]:
    """Those for whom a message still waits that says what a limit has moved to, or who need not hear of it.

    News of a move is put into words when it leaves: with the limit as it is then, or not at all where that is
    what its reader knows. Whoever was only to hear of steps that lie ahead again knows of none.
    """
    waiting = outbox.unsent(scope.tx, row.number)
    people: dict[str, list[Any]] = {}
    for notice in told:
        people.setdefault(notice.person, []).append(notice)
    world = scope.world
    holds, found = Holds(scope), set()
    for person, notices in people.items():
        leave = holds.leave(row, person, reminder=False)
        news = [each for each in notices if each.id in waiting and each.alert_kind == MOVED]
        for notice in news:
            outbox.bring_forward(scope.tx, waiting[notice.id], row.due, leave)
        ahead = all(
            each.id in waiting and each.alert_kind == "step" and world.lies_ahead(row, each.step, scope.now)
            for each in notices
        )
        if news or ahead:
            found.add(person)
    return frozenset(found)
