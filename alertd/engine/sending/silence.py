"""What was taken and is not answered: the next way that its person's order gives, and last the deputy.

A message that a provider took is written down beside the failed ones (store.failures), to be looked at when
its wait is over. Who has answered by then, or is asked no more, is left in peace; a notice goes over each way
once, so that its repeats do not begin it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alertd.core.abilities import INBOX
from alertd.core.model import Person, Way
from alertd.core.pacing import later, retry_until, silent_from
from alertd.core.ways import DEPUTY, awaited
from alertd.engine.notify.addressing import Recipient
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.journeys import going_on, journey_of
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.composing import still_true
from alertd.store import failures, outbox, repeats
from alertd.store.rows import DeliveryRow, NoticeRow, joined_deadline
from alertd.transports.base import Result

#: the code of what follows because nobody has answered
SILENT = "silent"


def following(world: World, row: DeliveryRow) -> Way | None:
    """What comes next where a message is taken and not answered; None where its order names nothing."""
    person = world.register.people.get(row.person)
    if person is None or row.template != "message" or row.channel == INBOX or world.mode is Mode.REDIRECT:
        return None
    order = world.ways_of(person, journey_of(row).urgent)
    return next((way for way in awaited(order, row.channel) if _reaches(world, person, way)), None)


def _reaches(world: World, person: Person, way: Way) -> bool:
    """Whether somebody has an address there, as the files stand; whether it is blocked is looked at later."""
    if way.channel == DEPUTY:
        return person.deputy is not None
    return bool(world.abilities(way.channel).address(person))


def tried_until(world: World, row: DeliveryRow, first: datetime) -> datetime:
    """Until when a message that was `first` tried then keeps to its channel."""
    way = following(world, row)
    wait = later(first, way.after, world.calendar) - first if way is not None and way.after else None
    return retry_until(first, row.due, wait, journey_of(row).hurried)


def awaits(world: World, row: DeliveryRow, now: datetime) -> dict[str, Any] | None:
    """A row for `failures.add` by which a message that was just taken is looked at; None where it ends."""
    way = following(world, row)
    if way is None or way.after is None:
        return None
    at = silent_from(now, way.after, row.due, row.by_the_hour, world.calendar, world.office)
    return failures.failed(row.id, at, Result.ACCEPTED, "", SILENT)


def after_silence(scope: Scope, row: DeliveryRow) -> None:
    """The wait for an answer is over: ask over the next way whoever has not answered."""
    world, person = scope.world, scope.world.register.people.get(row.person)
    if person is None or world.drilling:
        return
    asked = [each for each in outbox.contents(scope.tx, [row.id])[row.id] if _unanswered(scope, each)]
    if not asked:
        return
    drafts, journey = Drafts(scope), journey_of(row)
    routes = drafts.addressing.routes_to(person, journey.urgent)
    said = repeats.channels_of(scope.tx, [notice.id for notice in asked])
    for way in awaited(world.ways_of(person, journey.urgent), row.channel):
        if way.channel == DEPUTY:
            _ask_deputy(scope, drafts, person, asked, journey.urgent)
        if way.channel == DEPUTY or way.channel in said:
            break  # what went over it has a wait of its own
        route = next((each for each in routes if each[0] == way.channel), None)
        if route is not None:
            goes = going_on(journey, routes, route, (row.channel, row.address))
            drafts.goes_on(row, route, asked, goes)
            break
    drafts.write()


def _unanswered(scope: Scope, notice: NoticeRow) -> bool:
    """Whether somebody is asked by it still, and nothing they or another did keeps them in peace."""
    if not notice.ask or not still_true(scope.tx, scope.world, scope.now, notice):
        return False
    deadline = joined_deadline(notice)
    if notice.acknowledged_at is not None:
        return False
    until = deadline.acknowledged_until if notice.ack == "any" else None
    return until is None or until <= scope.now


def _ask_deputy(
    scope: Scope, drafts: Drafts, person: Person, asked: Sequence[NoticeRow], urgent: bool
) -> None:
    """Ask the deputy, or whoever stands in for the deputy; not who is told by the same alert already."""
    people, directory = scope.world.register.people, scope.world.directory
    named = people.get(person.deputy) if person.deputy else None
    deputy = directory.stand_in(named, scope.today) if named is not None else None
    routes = drafts.addressing.routes_to(deputy, urgent) if deputy is not None else ()
    if deputy is None or deputy.id == person.id or not routes:
        return
    told = repeats.told_by(scope.tx, [notice.alert for notice in asked])
    for notice in asked:
        if (notice.alert, deputy.id) not in told:
            recipient = Recipient(deputy.id, notice.position, True, person.name, routes)
            drafts.ask_also(joined_deadline(notice), notice, recipient, urgent)
