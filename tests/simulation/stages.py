"""The plans in which planted bugs show: few happenings, of a city as its seed makes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulation import files
from tests.simulation.city import City
from tests.simulation.plan import Happening
from tests.simulation.troubles import HOUR

Happenings = Callable[[City], Sequence[Happening]]


def incidents(city: City) -> tuple[Happening, ...]:
    """Two incidents, and the first is over soon."""
    unit = city.towns[0]
    return (
        Happening(60.0, "incident", {"case": "case-1", "unit": unit}),
        Happening(1300.0, "incident", {"case": "case-2", "unit": unit}),
        Happening(1900.0, "done", {"case": "case-1", "unit": unit}),
    )


def busy(city: City) -> tuple[Happening, ...]:
    """The servers take nothing just when people are asked, until it is over."""
    unit = city.towns[0]
    return (
        Happening(50.0, "mail-mood", {"mood": "busy", "for": 300.0}),
        Happening(50.0, "bot-mood", {"mood": "broken", "for": 300.0}),
        Happening(60.0, "incident", {"case": "case-1", "unit": unit}),
        Happening(200.0, "done", {"case": "case-1", "unit": unit}),
        Happening(900.0, "incident", {"case": "case-2", "unit": unit}),
    )


def crashes(city: City) -> tuple[Happening, ...]:
    """The daemon dies right after it has leased what an incident asks."""
    unit = city.towns[0]
    return (
        Happening(59.0, "crash-at-commit", {"machine": 0, "nth": 2, "when": "after"}),
        Happening(60.0, "incident", {"case": "case-1", "unit": unit}),
    )


def unreachable(city: City) -> tuple[Happening, ...]:
    """No address of a town is good any more."""
    unit = city.towns[0]
    people = [person for person in city.people if person.unit == unit]
    dead = [Happening(20.0, "mailbox-dead", {"person": person.id}) for person in people if person.email]
    blocked = [Happening(20.0, "chat-blocked", {"person": person.id}) for person in people if person.chat]
    return (*dead, *blocked, *incidents(city))


def hanging(city: City) -> tuple[Happening, ...]:
    """The mail server takes connections and says nothing, Telegram is well; then the other way round."""
    unit = city.towns[0]
    return (
        Happening(50.0, "mail-mood", {"mood": "hangs", "for": 1200.0}),
        Happening(60.0, "incident", {"case": "case-1", "unit": unit}),
        Happening(1500.0, "bot-mood", {"mood": "broken", "for": 1200.0}),
        Happening(1510.0, "incident", {"case": "case-2", "unit": unit}),
    )


def hanging_on(city: City) -> tuple[Happening, ...]:
    """The mail server says nothing for hours."""
    first, second, *_ = hanging(city)
    return (replace(first, about={"mood": "hangs", "for": 3 * HOUR}), second)


def absent(city: City) -> tuple[Happening, ...]:
    """Everybody for whom somebody stands in is away."""
    away = [person for person in city.people if person.deputy]
    leaves = [Happening(20.0, "leave", {"person": person.id, "days": 3}) for person in away]
    late = [replace(each, at=each.at + 600.0) for each in incidents(city)]
    return (*leaves, *late)


def night(city: City) -> tuple[Happening, ...]:
    """A day clock begins when the offices are closed."""
    return (Happening(11 * HOUR, "draft", {"case": "draft-1", "unit": city.towns[0]}),)


def edited(city: City) -> tuple[Happening, ...]:
    """Somebody at the end of a file moves, and it is read while it is written."""
    return (
        Happening(30.0, "file-cut", {"file": files.PEOPLE, "share": 0.6, "for": 60.0}),
        Happening(200.0, "address", {"person": city.people[-1].id}),
    )


def set_back(city: City) -> tuple[Happening, ...]:
    """The clock of the machine is set back by an hour while the mail server is slow to wake up."""
    clock = Happening(100.0, "clock-step", {"machine": 0, "by": -3600.0})
    return (*busy(city), clock)


def rehearsed(city: City) -> tuple[Happening, ...]:
    """Messages become real while an incident is open."""
    return (*incidents(city), Happening(1600.0, "go-live"))


def moved(city: City) -> tuple[Happening, ...]:
    """Messages wait for servers that take nothing, and their people move meanwhile."""
    unit = city.towns[0]
    addresses = [Happening(300.0, "address", {"person": each.id}) for each in city.people]
    return (
        Happening(50.0, "mail-mood", {"mood": "busy", "for": 900.0}),
        Happening(50.0, "bot-mood", {"mood": "broken", "for": 900.0}),
        Happening(60.0, "incident", {"case": "case-1", "unit": unit}),
        *addresses,
    )
