"""What files would change against what is stored, before they rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from alertd.engine.planning.foretelling import DutyTold as DutyTold
from alertd.engine.planning.foretelling import Told as Told
from alertd.engine.planning.plan import Move as Move
from alertd.engine.planning.plan import Plan as Plan
from alertd.engine.planning.reconciler import Files, WorldMaker, foretell, look_ahead
from alertd.engine.ruling.world import World
from alertd.store import revisions
from alertd.store.database import Store


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything the files would change. `exceeds` says that a saved file would wait to be released."""

    plan: Plan
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    exceeds: bool

    @property
    def empty(self) -> bool:
        return self.plan.empty and not (self.new or self.changed or self.gone)


def difference(
    store: Store,
    files: Files,
    make_world: WorldMaker,
    channels: Collection[str],
    now: datetime,
    world: World,
) -> Difference:
    """The files, whose picture is `world`, against what rules and is stored. Raises NoRegister."""
    texts = files.texts
    with store.read() as tx:
        good = revisions.applied(tx)
    plan = foretell(store, files, make_world, channels, now)
    return Difference(
        plan=plan,
        new=tuple(sorted(set(texts) - set(good))),
        changed=tuple(sorted(file for file in good if file in texts and texts[file] != good[file])),
        gone=tuple(sorted(set(good) - set(texts))),
        exceeds=bool(good) and plan.exceeds(world),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """What files would change, without who would hear of it, and the texts that rule by now."""

    plan: Plan
    good: Mapping[str, str]


def compared(
    store: Store, files: Files, make_world: WorldMaker, channels: Collection[str], now: datetime
) -> Compared:
    """The files against what rules and is stored; no writer waits meanwhile. Raises NoRegister."""
    with store.read(still=True) as tx:
        plan = look_ahead(tx, files, make_world, channels, now)
        return Compared(plan, revisions.applied(tx))


def planned(
    store: Store, files: Files, make_world: WorldMaker, channels: Collection[str], now: datetime
) -> Plan:
    """What these files would change in the store, and whom they would tell at once. Raises NoRegister."""
    return foretell(store, files, make_world, channels, now)
