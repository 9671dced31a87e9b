"""The duties that open nothing by the files, and of which nothing was ever opened."""

from __future__ import annotations

from datetime import datetime

from alertd.core.model import Obligation
from alertd.core.never import Never, opens_nothing
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.database import Store


def never_opened(store: Store | None, world: World, now: datetime) -> list[tuple[Obligation, Never]]:
    """Each with why. What was opened in time and is over has done what it should, and is not among them.

    `store` is None where nothing was ever stored.
    """
    found = [
        (duty, why)
        for duty in world.register.obligations.values()
        if (why := opens_nothing(duty, now, world.calendar, world.office)) is not None
    ]
    if not found or store is None:
        return found
    with store.read() as tx:
        met = deadlines.obligations_met(tx)
    return [(duty, why) for duty, why in found if met.isdisjoint((duty.id, *duty.was))]
