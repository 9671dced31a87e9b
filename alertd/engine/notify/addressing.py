"""From positions to people to addresses: resolved when a step fires, never before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from alertd.core.abilities import INBOX
from alertd.core.directory import Holder
from alertd.core.handing import in_place_of
from alertd.core.model import Person
from alertd.core.ways import DEPUTY
from alertd.engine.notify.journeys import Route
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.store import addresses, illness


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to tell, with the ways to reach them in order. `routes` is never empty."""

    person: str
    position: str
    ask: bool
    deputy_for: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the admin must know: an empty position, or a person no channel can reach."""

    topic: str  # "vacant" or "unreachable"
    unit: str
    position: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """As what somebody is told: a position of a unit, and the unit that it hands in to."""

    unit: str
    receiver: str | None
    position: str
    ask: bool = False


@dataclass(frozen=True, slots=True)
class AnotherWay:
    """Where a message that failed goes next: over another route of the same person, else one position up.

    `instead` has those who stand in, in the order of the posts. With neither, nobody is left.
    """

    again: Route | None = None
    instead: tuple[tuple[Recipient, ...], ...] = ()
    gaps: tuple[Gap, ...] = ()


def routes_of(
    world: World,
    person: Person,
    blocked: frozenset[Route],
    ill: frozenset[str] = frozenset(),
    urgent: bool = False,
) -> tuple[Route, ...]:
    """The usable ways to reach a person in their order (World.ways_of); `ill` channels come last.

    While rehearsing everything goes to the inbox; while redirecting, to the one address. Otherwise a channel
    that reaches nobody is no way: who has no other is unreachable, and the next position is asked. It serves
    only on a node that has nothing else at all.
    """
    if world.drilling and world.mode is not Mode.REDIRECT:
        return ((INBOX, person.id),)
    if world.mode is Mode.REDIRECT:
        mail = world.mail_channel
        return ((mail, world.redirect_to),) if mail else ((INBOX, person.id),)
    found: list[Route] = []
    for channel in (way.channel for way in world.ways_of(person, urgent) if way.channel != DEPUTY):
        address = world.abilities(channel).address(person)
        if address and (channel, address) not in blocked:
            found.append((channel, address))
    return tuple(sorted(found, key=lambda route: route[0] in ill))


def known_addresses(world: World) -> frozenset[Route]:
    """Every address that somebody of the directory has on an enabled channel."""
    return frozenset(
        (channel, address)
        for channel in world.channels
        for person in world.register.people.values()
        if (address := world.abilities(channel).address(person))
    )


class Addressing:
    """Resolves for one batch; remembers within it, since thousands of deadlines share few units."""

    def __init__(self, world: World, blocked: frozenset[Route], ill: frozenset[str], at: datetime) -> None:
        """As of the instant `at`. `blocked` addresses are no way to anybody; `ill` channels are the last."""
        self._world = world
        self._blocked = blocked
        self._ill = ill
        self._at = at
        self._day = world.today(at)
        self._known: dict[tuple[object, ...], tuple[tuple[Recipient, ...], tuple[Gap, ...]]] = {}

    @classmethod
    def now(cls, scope: Scope) -> Addressing:
        """By the addresses that are blocked and the channels that are ill now."""
        blocked, ill = addresses.unusable(scope.tx, scope.now), illness.ill(scope.tx)
        return cls(scope.world, blocked, ill, scope.now)

    def routes_to(self, person: Person, urgent: bool = False) -> tuple[Route, ...]:
        """The usable ways to reach a person."""
        return routes_of(self._world, person, self._blocked, self._ill, urgent)

    def recipients(
        self,
        unit: str,
        receiver: str | None,
        addressed: tuple[tuple[str, bool], ...],
        leads: tuple[str, ...] = (),
        handed: tuple[str, ...] = (),
        urgent: bool = False,
    ) -> tuple[tuple[Recipient, ...], tuple[Gap, ...]]:
        """Everybody to tell, each once (asked wins over informed), and what stood in the way.

        `leads` are the item's other lead units, whose contacts are the position "co-lead". `handed` says who
        is asked in somebody's place.
        """
        key = (unit, receiver, addressed, leads, handed, urgent)
        found = self._known.get(key)
        if found is None:
            found = self._resolve(unit, receiver, addressed, leads, urgent)
            if handed:
                found = self._handed(found[0], handed, urgent), found[1]
            self._known[key] = found
        return found

    def _handed(
        self, people: tuple[Recipient, ...], handed: tuple[str, ...], urgent: bool
    ) -> tuple[Recipient, ...]:
        """The same with the colleagues to whom those who are asked have handed it."""
        instead, found = in_place_of(handed), {each.person: each for each in people}
        for each in people:
            name = instead.get(each.person, "") if each.ask else ""
            colleague = self._colleague(each, name, urgent) if name else None
            if colleague is not None:
                del found[each.person]
                found[colleague.person] = colleague
        return tuple(found.values())

    def _colleague(self, asked: Recipient, name: str, urgent: bool) -> Recipient | None:
        """Who is asked instead; None who is away, has left the unit, or can be reached by no channel."""
        by, person = self._world.register.people.get(asked.person), self._world.register.people.get(name)
        directory = self._world.directory
        if by is None or person is None or directory.stand_in(person, self._day) is not person:
            return None
        if directory.current_unit(person.unit, self._day) != directory.current_unit(by.unit, self._day):
            return None
        routes = self.routes_to(person, urgent)
        return Recipient(person.id, "assignee", True, "", routes) if routes else None

    def still(
        self, name: str, post: Post, deputy_for: str = "", urgent: bool = False
    ) -> tuple[Recipient | None, tuple[Gap, ...]]:
        """Who is told now what `name` was told as `post` before, and what stood in the way.

        The same person; whoever stands in for somebody on leave; else who holds the position now, or one up.
        """
        person = self._world.register.people.get(name)
        here = self._world.directory.stand_in(person, self._day) if person is not None else None
        routes = self.routes_to(here, urgent) if here is not None else ()
        if person is not None and here is not None and routes:
            absent = deputy_for if here is person else person.name
            return Recipient(here.id, post.position, post.ask, absent, routes), ()
        found, gaps = self._others(name, post, post.position, urgent)
        return next(iter(found), None), gaps

    def another_way(
        self,
        name: str,
        tried: Collection[Route],
        posts: Iterable[Post],
        vacated: bool = False,
        urgent: bool = False,
    ) -> AnotherWay:
        """Where a message to the person called `name`, told as `posts`, goes after the routes in `tried`.

        It goes one position up; where it was `vacated`, first to who holds the position itself now.
        """
        person = self._world.register.people.get(name)
        routes = self.routes_to(person, urgent) if person else ()
        again = next((route for route in routes if route not in tried), None)
        if again is not None:
            return AnotherWay(again)
        instead: list[tuple[Recipient, ...]] = []
        gaps: list[Gap] = []
        for post in posts:
            next_up = post.position if vacated else self._world.directory.above(post.position)
            people, found = self._others(name, post, next_up, urgent)
            instead.append(people)
            gaps += found
        return AnotherWay(None, tuple(instead), tuple(gaps))

    def _others(
        self, name: str, post: Post, position: str | None, urgent: bool = False
    ) -> tuple[tuple[Recipient, ...], tuple[Gap, ...]]:
        """Who is reached in a position, at the desk of a post, besides `name`; nobody without a position."""
        home = self._world.directory.desk(post.position, post.unit, post.receiver)
        addressed = ((position, post.ask),) if position else ()
        people, gaps = self.recipients(home, post.receiver, addressed, urgent=urgent)
        return tuple(each for each in people if each.person != name), gaps

    def _resolve(
        self,
        unit: str,
        receiver: str | None,
        addressed: tuple[tuple[str, bool], ...],
        leads: tuple[str, ...],
        urgent: bool,
    ) -> tuple[tuple[Recipient, ...], tuple[Gap, ...]]:
        people: dict[str, Recipient] = {}
        gaps: list[Gap] = []
        for position, ask in addressed:
            homes: tuple[tuple[str, str | None], ...] = ((unit, receiver),)
            if position == "co-lead":  # a lead unit is reached as a receiver is: by its contact
                homes = tuple((lead, lead) for lead in leads)
            reached = [each for home in homes for each in self._reach(*home, position, ask, gaps, urgent)]
            for recipient in reached:
                known = people.get(recipient.person)
                if known is None or (recipient.ask and not known.ask):
                    people[recipient.person] = recipient
        return tuple(people.values()), tuple(gaps)

    def _reach(
        self, unit: str, receiver: str | None, position: str, ask: bool, gaps: list[Gap], urgent: bool
    ) -> Iterable[Recipient]:
        """The holders of a position that can be reached, or of the next position up that has any."""
        role: str | None = position
        home = self._world.directory.desk(position, unit, receiver)
        while role is not None:
            resolved = self._world.directory.resolve(role, home, receiver, self._at)
            gaps += [Gap("vacant", at, empty) for at, empty in resolved.vacant]
            reached = []
            for holder in resolved.holders:
                routes = self.routes_to(holder.person, urgent)
                if routes:
                    reached.append(_recipient(holder, ask, routes))
                else:
                    gaps.append(Gap("unreachable", holder.person.unit, role, holder.person.id))
            if reached:
                return reached
            role = self._world.directory.above(role)
        return ()


def _recipient(holder: Holder, ask: bool, routes: tuple[Route, ...]) -> Recipient:
    return Recipient(holder.person.id, holder.position, ask, holder.deputy_for or "", routes)
