"""What happens in a run besides the passing of time, as data: acts of people, edits of files, and faults.

A happening has an instant in seconds from the beginning, a kind, and what it is about. It is a plain value,
so that a plan can be written down, read again, and made shorter by leaving happenings out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.simulation import acts
from tests.simulation.city import City
from tests.simulation.deeds import RULES
from tests.simulation.troubles import HOUR, SQLITE, TROUBLES, kinds


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
    """One run. The seed decides the city and the order of what is ready; trouble lasts so many `hours`.

    `store` is "sqlite" or "postgresql"; of the latter there may be several machines.
    """

    seed: int
    hours: float
    happenings: tuple[Happening, ...]
    store: str = SQLITE
    machines: int = 1

    @property
    def unconfirmed(self) -> set[str]:
        """The cases whose incidents were reported by somebody whom nobody has confirmed at first."""
        return {each.about["case"] for each in self.happenings if each.about.get("unconfirmed")}


#: what befalls more often than the rest: there are many places at which to crash
_CRASHES = ("crash-at-await", "crash-at-commit")


def draw(seed: int, city: City, hours: float, store: str = SQLITE, machines: int = 1) -> Plan:
    """A plan by chance: some incidents, people who answer and edit files, and several kinds of trouble."""
    drawn = _Drawn(random.Random(f"{seed} plan"), city, hours * HOUR)
    for number in range(drawn.chance.randint(1, 3)):
        drawn.incident(f"case-{number + 1}")
    drawn.people()
    for _ in range(drawn.chance.randint(0, 6)):
        for at, kind, about in acts.draw(drawn.chance, drawn.some_time(), drawn.span):
            drawn.add(kind, at, **about)
    for _ in range(drawn.chance.randint(0, 2)):
        drawn.edit()
    if drawn.chance.random() < 0.2:
        drawn.add("go-live", drawn.chance.uniform(0, 0.7) * drawn.span)
    befalling = [drawn.chance.choice(kinds(store)) for _ in range(drawn.chance.randint(2, 8))]
    befalling += [drawn.chance.choice(_CRASHES) for _ in range(drawn.chance.randint(0, 3))]
    for kind in befalling:
        drawn.add(kind, **TROUBLES[kind].draw(drawn.chance, city, machines))
    return Plan(seed, hours, tuple(sorted(drawn.found, key=lambda each: each.at)), store, machines)


class _Drawn:
    """What was drawn so far."""

    def __init__(self, chance: random.Random, city: City, span: float) -> None:
        self.chance, self.city, self.span = chance, city, span
        self.found: list[Happening] = []

    def some_time(self) -> float:
        return self.chance.uniform(0, self.span)

    def add(self, kind: str, at: float | None = None, **about: Any) -> None:
        self.found.append(Happening(round(self.some_time() if at is None else at, 3), kind, about))

    def incident(self, case: str) -> None:
        chance = self.chance
        at, unit = chance.uniform(0, self.span * 0.6), chance.choice(self.city.towns)
        self.add("incident", at, case=case, unit=unit, unconfirmed=chance.random() < 0.15)
        if chance.random() < 0.6:
            kind = chance.choice(("published", "done"))
            self.add(kind, at + chance.uniform(0.1, 7) * HOUR, case=case, unit=unit)

    def people(self) -> None:
        chance, city = self.chance, self.city
        if "consultation" in city.duties and chance.random() < 0.4:
            self.add("draft", case="draft-1", unit=chance.choice(city.towns))
        for _ in range(chance.randint(0, 3)):
            self.add("leave", person=chance.choice(city.people).id, days=chance.randint(1, 5))
        for _ in range(chance.randint(0, 2)):
            self.add("address", person=chance.choice(city.people).id)

    def edit(self) -> None:
        chance, unit = self.chance, self.chance.choice(self.city.towns)
        kind = chance.choice(("moves", "joins", "rule"))
        if kind == "moves":
            self.add(kind, person=chance.choice(self.city.people).id, unit=unit)
        elif kind == "joins":
            position = chance.choice(("contact", "section-chief", "principal"))
            self.add(kind, person=f"n{chance.randint(1, 9)}", unit=unit, position=position)
        else:
            was = chance.choice(sorted(RULES))
            self.add(kind, was=was, becomes=RULES[was])
