"""What happens in a run besides the passing of time, as data: acts of people, edits of files, and faults.

A happening has an instant in seconds from the beginning, a kind, and what it is about. It is a plain value,
so that a plan can be written down, read again, and made shorter by leaving happenings out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.city import City
from tests.simulation.troubles import HOUR, TROUBLES


@dataclass(frozen=True, slots=True)
class Happening:
    """`at` is in seconds from the beginning."""

    at: float
    kind: str
    about: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        about = ", ".join(f"{name}={value!r}" for name, value in self.about.items())
        return f"{self.at:.3f} {self.kind} {about}".strip()


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. The seed decides the city and the order of what is ready; trouble lasts so many `hours`."""

    seed: int
    hours: float
    machines: int
    happenings: tuple[Happening, ...]


def draw(seed: int, city: City, hours: float, machines: int) -> Plan:
    """A plan by chance: some incidents, people who answer, and several kinds of trouble."""
    chance = random.Random(f"{seed} plan")
    span = hours * HOUR
    found: list[Happening] = []

    def add(kind: str, at: float | None = None, **about: Any) -> None:
        found.append(Happening(round(chance.uniform(0, span) if at is None else at, 3), kind, about))

    for number in range(chance.randint(1, 3)):
        at = chance.uniform(0, span * 0.6)
        case, unit = f"case-{number + 1}", chance.choice(city.towns)
        add("incident", at, case=case, unit=unit)
        if chance.random() < 0.6:
            kind = chance.choice(("published", "done", "cancelled"))
            add(kind, at + chance.uniform(0.1, 7) * HOUR, case=case, unit=unit)
    if "consultation" in city.duties and chance.random() < 0.4:
        add("draft", case="draft-1", unit=chance.choice(city.towns))
    for _ in range(chance.randint(0, 3)):
        add("leave", person=chance.choice(city.people).id, days=chance.randint(1, 5))
    for _ in range(chance.randint(0, 2)):
        add("address", person=chance.choice(city.people).id)
    for _ in range(chance.randint(2, 8)):
        kind = chance.choice(sorted(TROUBLES))
        add(kind, **TROUBLES[kind].draw(chance, city, machines))
    return Plan(seed, hours, machines, tuple(sorted(found, key=lambda each: each.at)))
