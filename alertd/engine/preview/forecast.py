"""A preview in figures: how much goes to whom, for what, and in which weeks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alertd.engine.preview.virtual import Line
from alertd.engine.ruling.world import World

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Load:
    """What one person gets. `hours` of the `messages` are of hour clocks, which no budget counts."""

    person: str
    messages: int
    hours: int
    per_week: float  # without those of hour clocks
    principal: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """Everything sorted by weight. `weeks` are named by their Monday, in the configured zone."""

    messages: int
    people: tuple[Load, ...]
    obligations: tuple[tuple[str, int], ...]
    weeks: tuple[tuple[date, int], ...]

    @property
    def principals(self) -> tuple[Load, ...]:
        return tuple(load for load in self.people if load.principal)


def forecast(world: World, lines: Iterable[Line], first: datetime, until: datetime) -> Forecast:
    """Count messages, not lines: one message about sixty deadlines is one message."""
    weeks = max((until - first) / _WEEK, 1 / 7)
    per_person: dict[str, dict[str, bool]] = {}
    per_obligation: dict[str, set[str]] = {}
    per_week: dict[date, set[str]] = {}
    for line in lines:
        by_the_hour = _by_the_hour(world, line.obligation)
        known = per_person.setdefault(line.person, {})
        known[line.message] = known.get(line.message, False) or by_the_hour
        if line.obligation:  # else it is about no single deadline
            per_obligation.setdefault(line.obligation, set()).add(line.message)
        per_week.setdefault(_monday(line.at, world.zone), set()).add(line.message)
    people = [_load(world, person, messages, weeks) for person, messages in per_person.items()]
    return Forecast(
        messages=sum(load.messages for load in people),
        people=tuple(sorted(people, key=lambda load: (-load.messages, load.person))),
        obligations=tuple(Counter({k: len(v) for k, v in per_obligation.items()}).most_common()),
        weeks=tuple(sorted(((k, len(v)) for k, v in per_week.items()), key=lambda pair: (-pair[1], pair[0]))),
    )


def _load(world: World, person: str, messages: dict[str, bool], weeks: float) -> Load:
    hours = sum(messages.values())
    known = world.register.people.get(person)
    principal = known is not None and "principal" in known.positions
    return Load(person, len(messages), hours, (len(messages) - hours) / weeks, principal)


def _by_the_hour(world: World, name: str) -> bool:
    obligation = world.register.obligations.get(name)
    return obligation is not None and obligation.rule.by_the_hour


def _monday(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())
