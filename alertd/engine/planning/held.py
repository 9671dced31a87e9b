"""Changes of files that wait for somebody to release them: they are large, or something is lost by them.

Each folder has its own; the admin is told of each once, in one message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertd.engine.notify.admin import mended, take_back, tell_admin
from alertd.engine.notify.topics import LossHeld, RevisionHeld
from alertd.engine.planning.plan import Plan
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import revisions, settings
from alertd.store.database import Store


def hold(scope: Scope, plan: Plan, lost: Sequence[str], texts: Mapping[str, str], node: str) -> None:
    """Let a change of `texts` wait, and tell the admin what it would do and what would be lost by it."""
    digest = revisions.digest_of_all({**texts, "": "\n".join([plan.counted_by, *lost])})
    held = _held(scope.tx)
    if held.get(node) == digest:
        return
    settings.put(scope.tx, settings.HELD, {**held, node: digest})
    mended(scope, LossHeld, schedules_of(node), lost)
    if lost:
        tell_admin(scope, *(LossHeld(where=schedules_of(node), lost=line) for line in lost))
        return
    change = RevisionHeld(
        state=digest[:16],
        file=", ".join(texts) or "config.toml",
        deadlines=len(plan.opened) + len(plan.moved) + len(plan.vanished),
        people=len(plan.told.people),
        items=tuple(plan_lines(plan)[:40]),
    )
    tell_admin(scope, change)


def schedules_of(node: str) -> str:
    """What the admin is told of a node's schedules/ is kept under this."""
    return f"schedules.{node}"


def _held(tx: Connection) -> dict[str, str]:
    """For each node the change that waits in its folder."""
    found = settings.get(tx, settings.HELD)
    return found if isinstance(found, dict) else {}


def forget(store: Store, world: World, now: datetime, node: str) -> None:
    """A change that was taken back waits for nobody; made again, it is told again."""

    def work(tx: Connection) -> None:
        settings.hold(tx, settings.APPLIED, 0)
        held = _held(tx)
        settings.put(tx, settings.HELD, {name: digest for name, digest in held.items() if name != node})
        scope = Scope(tx, world, now)
        take_back(scope, RevisionHeld, lambda key: key == held.get(node, "")[:16])
        mended(scope, LossHeld, schedules_of(node))

    with store.read() as tx:
        waits = node in (_held(tx))
    if waits:
        store.transact(work)


def plan_lines(plan: Plan) -> list[str]:
    """A plan as lines of `+ ~ -`."""
    lines = [f"+ {row['id']}  {row['due'] or row['earliest']}" for row in plan.opened]
    for move in plan.moved:
        parts = [
            f"{name}: {getattr(move.row, name)} -> {value}"
            for name, value in move.values.items()
            if name not in ("trace", "start", "opens_at")
        ]
        lines.append(f"~ {move.row.id}  {'; '.join(parts)}")
    return lines + [f"- {row.id}" for row in plan.vanished]
