"""Files that are to rule: a large change that waited, a calendar, the duties of another year.

Whoever keeps the program may; who did, and why, is on record. It is its own transaction, since a file that is
written meanwhile must rule at the moment it stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from alertd.engine.planning.plan import Plan
from alertd.engine.planning.reconciler import Files as Files
from alertd.engine.planning.reconciler import NoRegister as NoRegister
from alertd.engine.planning.reconciler import WorldMaker, release
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import World
from alertd.store.database import Store


@dataclass(frozen=True, slots=True)
class Release:
    """The files that are to rule as they are, the channels they may name, and why.

    `write` puts texts that are not in the folder yet there, just before the commit; what it raises undoes it.
    """

    files: Files
    channels: frozenset[str]
    reason: str
    write: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What rules now, what that changed, and the files that are new or changed, or gone."""

    world: World
    plan: Plan
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def release_files(
    store: Store, make_world: WorldMaker, now: datetime, actor: Actor, asked: Release
) -> Released:
    """Let files rule, however large the change, and withdraw what vanished from them.

    Those told of a deadline that moves or is withdrawn hear of it. Raises Refused "reason-missing", and
    NoRegister for files with faults: what is released must be what was looked at.
    """
    found = release(
        store, asked.files, make_world, asked.channels, now, actor, asked.reason.strip(), asked.write
    )
    assert found.world is not None  # it was released
    assert found.applied is not None
    return Released(found.world, found.applied, found.changed_files, found.gone_files)
