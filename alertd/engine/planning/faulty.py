"""Files with faults are told to the admin, and that they are mended: each state once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertd.config.faults import Fault
from alertd.engine.notify.admin import mended, tell_admin
from alertd.engine.notify.topics import FilesFaulty, FilesRestored
from alertd.engine.planning.held import schedules_of
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import revisions, settings
from alertd.store.database import Store


def tell_faults(
    store: Store,
    world: World,
    faults: Sequence[Fault],
    now: datetime,
    fault_text: Callable[[Fault], str],
    node: str,
) -> None:
    """Tell the admin of new faults, and that they are gone; each state once."""
    name = f"{settings.TOLD_FAULTS}.{node}"
    lines = [fault_text(fault) for fault in faults]
    state = revisions.digest_of("\n".join(lines)) if lines else ""

    def work(tx: Connection) -> None:
        told = settings.get(tx, name) or ""
        if told == state:
            return
        settings.put(tx, name, state)
        scope, where = Scope(tx, world, now), schedules_of(node)
        untold = mended(scope, FilesFaulty, where, lines)
        if lines:
            tell_admin(scope, *(FilesFaulty(where=where, fault=line) for line in lines))
        elif not untold:
            tell_admin(scope, FilesRestored(state=told[:16]))

    with store.read() as tx:
        if (settings.get(tx, name) or "") == state:
            return
    store.transact(work)
