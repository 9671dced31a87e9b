"""Files that are to rule: a large change that waited, a calendar, the duties of another year.

Whoever keeps the program may; who did, and why, is on record. It is its own transaction, since a file that is
written meanwhile must rule at the moment it stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from alertd.config.register import load_register
from alertd.core.text import Line, Remark
from alertd.engine.operations.texts import taking_texts
from alertd.engine.planning.node_settings import NodeSettings as NodeSettings
from alertd.engine.planning.reconciler import Files as Files
from alertd.engine.planning.reconciler import NoRegister as NoRegister
from alertd.engine.planning.reconciler import WorldMaker as WorldMaker
from alertd.engine.planning.reconciler import release
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import World
from alertd.store.database import Store

#: file name as in schedules ("schedules/calendar.toml") -> its new text, None where it is to go
Changes = Mapping[str, str | None]


def with_changes(files: Files, changes: Changes) -> Files:
    """The files of the folder as they would be."""
    texts = {**files.texts, **changes}
    return Files({file: text for file, text in texts.items() if text is not None}, files.unreadable)


def world_of(make_world: WorldMaker, files: Files, channels: Collection[str]) -> World:
    """The picture these files give. Raises NoRegister."""
    loaded = load_register(files.texts, channels=set(channels), unreadable=files.unreadable)
    if loaded.register is None:
        raise NoRegister(loaded.faults)
    return make_world(loaded.register, loaded.calendar, True)


@dataclass(frozen=True, slots=True)
class Release:
    """The files that are to rule as they are, the channels they may name, and why.

    `write` puts texts that are not in the folder yet there, just before the commit; what it raises undoes it.
    `node` is what config.toml and channels/ of this node say, if that is to rule too.
    """

    files: Files
    channels: frozenset[Line]
    reason: Remark
    write: Callable[[], None] | None = None
    node: NodeSettings | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What rules now, the deadlines that this opened, moved and withdrew (ids), and the files that are new or
    changed, or gone.
    """

    world: World
    opened: tuple[str, ...]
    moved: tuple[str, ...]
    withdrawn: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@taking_texts
def release_files(
    store: Store, make_world: WorldMaker, now: datetime, actor: Actor, asked: Release
) -> Released:
    """Let files rule, however large the change, and withdraw what vanished from them.

    Those told of a deadline that moves or is withdrawn hear of it. Raises Refused "reason-missing", and
    NoRegister for files with faults: what is released must be what was looked at.
    """
    reason = asked.reason.strip()
    found = release(
        store, asked.files, make_world, asked.channels, now, actor, reason, asked.write, asked.node
    )
    assert found.world is not None  # it was released
    assert found.applied is not None
    plan = found.applied
    return Released(
        found.world,
        tuple(row["id"] for row in plan.opened),
        tuple(move.row.id for move in plan.moved),
        tuple(row.id for row in plan.vanished),
        found.changed_files,
        found.gone_files,
    )
