"""How far a message has come with one person: over which ways it went, and in which of their orders.

It stands in the payload of the delivery and goes on with it, so that what follows needs nobody's memory: a
repeat begins a journey of its own, and each attempt to reach the same person by another channel goes on with
the one before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from alertd.store.rows import DeliveryRow

Route = tuple[str, str]  # channel, address
_KEY = "journey"


@dataclass(frozen=True, slots=True)
class Journey:
    """`tried` are the routes before this one. A `hurried` message is not tried for long on its channel: it is
    urgent and has another way, or every other way of its person has failed.
    """

    urgent: bool = False
    hurried: bool = False
    tried: tuple[Route, ...] = ()

    def payload(self) -> dict[str, Any] | None:
        """As it is kept with a delivery; None of a journey that begins, of what is not urgent."""
        if self == Journey():
            return None
        tried = [list(route) for route in self.tried]
        return {_KEY: {"urgent": self.urgent, "hurried": self.hurried, "tried": tried}}


def journey_of(row: DeliveryRow) -> Journey:
    """The journey of a message; one that begins where nothing is known."""
    kept = (row.payload or {}).get(_KEY, {})
    tried = tuple((channel, address) for channel, address in kept.get("tried", ()))
    return Journey(kept.get("urgent", False), kept.get("hurried", False), tried)


def begun(urgent: bool, routes: Sequence[Route]) -> Journey:
    """A journey over the first of these routes."""
    return Journey(urgent, hurried=urgent and len(routes) > 1)


def going_on(before: Journey, routes: Sequence[Route], over: Route, *tried: Route) -> Journey:
    """The journey of what goes `over` another one of somebody's routes, after those that were `tried`."""
    gone = (*before.tried, *tried)
    left = [route for route in routes if route not in gone and route != over]
    return Journey(before.urgent, before.urgent or not left, gone)
