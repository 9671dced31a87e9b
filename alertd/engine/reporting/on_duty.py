"""Who is on duty on a day, and what one person is told: as the directory resolves positions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from alertd.core.directory import Holder
from alertd.core.model import RUNNING, Person
from alertd.core.ways import DEPUTY
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, illness, reading
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines

#: who answers at night, and who answers for a unit
DUTY = ("duty", "duty-leader")
UNIT = ("contact", "section-chief", "leader-in-charge", "principal")
#: the roster of a day is asked as of its noon where nobody says when
_NOON = time(12)
#: how far ahead the next shift is looked for
_AHEAD = timedelta(days=7)
#: characters of an address that stay to be seen at its beginning
_SEEN = 2
#: steps ahead that a person is shown
_MOST = 20


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty from when to when; `vacant` says that the roster names nobody who is there.

    Then `holders` are who answers instead. `several` says that it names people at several places.
    """

    start: datetime
    end: datetime
    holders: tuple[Holder, ...]
    vacant: bool
    several: bool


@dataclass(frozen=True, slots=True)
class Post:
    """A position of a unit on a day, and who answers in it; `vacant` says that it is nobody who holds it.

    Where there is a roster, `shifts` are those of the day; today from the one that is on, with the next one.
    """

    position: str
    holders: tuple[Holder, ...]
    vacant: bool
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """A unit with those who answer for it on a day."""

    unit: str
    posts: tuple[Post, ...]


def on_duty(scope: Scope, day: date) -> tuple[Watch, ...]:
    """The duty desk of the city first, then every unit that has officers on duty of its own."""
    register, directory = scope.world.register, scope.world.directory
    seats = {person.unit for person in register.people.values() if set(DUTY) & set(person.positions)}
    own = {
        directory.current_unit(unit, day) for unit in (*seats, *(unit for unit, _ in directory.duty.posts))
    }
    desk = directory.current_unit(register.duty_unit, day) if register.duty_unit else ""
    units = [*([desk] if desk else []), *(unit for unit in register.units if unit in own and unit != desk)]
    return tuple(watch(scope, unit, DUTY, day) for unit in units)


def watch(scope: Scope, unit: str, positions: tuple[str, ...], day: date) -> Watch:
    """Who answers in these positions of a unit on a day, with whoever stands in; today as of now."""
    world = scope.world
    at = scope.now if day == scope.today else world.calendar.instant(day, _NOON)
    posts = []
    for position in positions:
        found = world.directory.resolve(position, unit, None, at)
        shifts = _shifts(scope, unit, position, day) if world.directory.duty.keeps((unit, position)) else ()
        posts.append(Post(position, found.holders, bool(found.vacant), shifts))
    return Watch(unit, tuple(posts))


def _shifts(scope: Scope, unit: str, position: str, day: date) -> tuple[Shift, ...]:
    """The shifts of a day; today those from now on, the next one too where it begins later."""
    calendar, directory = scope.world.calendar, scope.world.directory
    duty, post = directory.duty, (unit, position)
    first, last = calendar.instant(day, time()), calendar.midnight_after(day)
    if day == scope.today:
        first = scope.now
        last = max(last, min(duty.around(post, duty.around(post, first).end).end, first + _AHEAD))
    found = []
    for each in duty.between(post, first, last):
        whole = duty.around(post, each.start)
        resolved = directory.resolve(position, unit, None, each.start)
        several = len(each.turns) > 1
        found.append(Shift(whole.start, whole.end, resolved.holders, bool(resolved.vacant), several))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Way:
    """A channel to a person with the address, most of it hidden; `state` is how that is.

    "good", "none" (no address), "blocked" (the provider calls it dead) or "ill" (the channel is down now).
    """

    channel: str
    address: str
    state: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A step ahead that names a position of a person: of which deadline, when, and whether they are asked."""

    at: datetime
    row: DeadlineRow
    ask: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is told, and over what, as the directory and the files say it."""

    person: Person
    unit: str
    ways: tuple[Way, ...]
    deputy: str
    away: tuple[tuple[date, date], ...]
    coming: tuple[Coming, ...]


def told(scope: Scope, name: str) -> Told:
    """What the person with this id is told. Leave that is over is left out."""
    world, person = scope.world, scope.world.register.people[name]
    unit = world.directory.current_unit(person.unit, scope.today)
    return Told(
        person=person,
        unit=unit,
        ways=_ways(scope, person),
        deputy=person.deputy or "",
        away=tuple(days for days in person.away if days[1] >= scope.today),
        coming=_coming(scope, person, unit),
    )


def _ways(scope: Scope, person: Person) -> tuple[Way, ...]:
    """In the person's own order, or in that of the node."""
    world = scope.world
    blocked, ill = addresses.unusable(scope.tx, scope.now), illness.ill(scope.tx)
    found = []
    for channel in (way.channel for way in world.ways_of(person) if way.channel != DEPUTY):
        address = str(world.abilities(channel).address(person) or "")
        state = "good"
        if not address:
            state = "none"
        elif (channel, address) in blocked:
            state = "blocked"
        elif channel in ill:
            state = "ill"
        found.append(Way(channel, _hidden(address), state))
    return tuple(found)


def _hidden(address: str) -> str:
    """An address as its holder knows it again and nobody else can use it."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:_SEEN]}…@{domain}"
    return f"…{address[-_SEEN:]}" if address else ""


def _coming(scope: Scope, person: Person, unit: str) -> tuple[Coming, ...]:
    """The next steps of the unit's deadlines that name a position of theirs."""
    current, positions = scope.world.directory.current_unit, frozenset(person.positions)
    units = [name for name in scope.world.register.units if current(name, scope.today) == unit]
    query = select(deadlines).where(deadlines.c.unit.in_(units), deadlines.c.state.in_(RUNNING))
    found = [
        Coming(reach.at, row, not positions.isdisjoint(reach.step.ask))
        for row in reading.found(scope.tx, query).rows
        for reach in scope.world.steps_of(row)
        if reach.at > scope.now and reach.id not in row.fired and not positions.isdisjoint(reach.step.to)
    ]
    return tuple(sorted(found, key=lambda each: each.at)[:_MOST])
