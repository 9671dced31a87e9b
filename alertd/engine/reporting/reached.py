"""Whom messages reach: people without a usable channel, and addresses that their provider called dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alertd.core.model import Person
from alertd.engine.notify.addressing import routes_of
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses


@dataclass(frozen=True, slots=True)
class Blocked:
    """An address that nothing is sent to: since when, until when, why, and whose it is (ids)."""

    channel: str
    address: str
    reason: str
    at: datetime
    until: datetime
    people: tuple[str, ...]


def unreached(scope: Scope) -> list[Person]:
    """People with a position whom no enabled channel reaches once messages are real."""
    world, live = scope.world, scope.world.sending()
    unusable = addresses.unusable(scope.tx, scope.now)
    return [
        person
        for person in world.register.people.values()
        if person.positions and not routes_of(live, person, unusable)
    ]


def blocked(scope: Scope) -> list[Blocked]:
    """Addresses that are not used now, by channel."""
    people = scope.world.register.people.values()

    def owners(channel: str, address: str) -> tuple[str, ...]:
        can = scope.world.abilities(channel)
        return tuple(person.id for person in people if can.address(person) == address)

    return [
        Blocked(
            row.channel,
            row.address,
            row.reason,
            row.at,
            row.at + addresses.LASTS,
            owners(row.channel, row.address),
        )
        for row in addresses.blocked_since(scope.tx, scope.now)
    ]
