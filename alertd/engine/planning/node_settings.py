"""What rules on a node besides schedules/: what config.toml and channels/ said, kept in the store.

What they say no more is held like a large change of schedules/: it waits until somebody releases it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.engine.notify.admin import knows_of, mended, tell_admin
from alertd.engine.notify.topics import LossHeld
from alertd.engine.planning.making_up import make_up
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import settings
from alertd.store.database import Store


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """`said` is to rule from now on where `before` did; `waiting` are lines of what waits.

    `name` is what the store keeps it under, `folder` the name of its schedules/. No secret stands in it, only
    where one lies.
    """

    name: str
    before: Mapping[str, Any] | None
    said: Mapping[str, Any]
    waiting: tuple[str, ...] = ()
    folder: str = ""


def keep(store: Store, world: World, mine: NodeSettings, now: datetime) -> None:
    """Keep what rules now, say what a channel was missing for, and tell the admin of what waits.

    One transaction, none where nothing is new.

    Where somebody released something since `before` was read that is not undone: the next look sees it.
    """

    def work(tx: Connection) -> None:
        scope = Scope(tx, world, now)
        if settings.get(tx, mine.name) == mine.before:
            settings.put(tx, mine.name, dict(mine.said))
            make_up(scope)
            mended(scope, LossHeld, mine.name, mine.waiting)
            tell_admin(scope, *(LossHeld(where=mine.name, lost=line) for line in mine.waiting))

    with store.read() as tx:
        over = not mine.waiting and knows_of(Scope(tx, world, now), LossHeld, mine.name)
    if over or mine.waiting or mine.before != mine.said:
        store.transact(work, wake=bool(mine.waiting))


def let_go(tx: Connection, mine: NodeSettings) -> None:
    """Let what the files say rule, whatever they say no more. The caller records it."""
    if settings.get(tx, mine.name) != mine.said:
        settings.put(tx, mine.name, dict(mine.said))
        settings.put(tx, settings.APPLIED, settings.hold(tx, settings.APPLIED, 0) + 1)
