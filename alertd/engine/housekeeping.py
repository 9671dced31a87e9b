"""What the daemon does besides: seal the audit, show that it lives, look for deadlines nobody waits for."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, delete, insert, update

from alertd import __version__
from alertd.engine.admin import tell_admin
from alertd.engine.clock import Clock
from alertd.engine.clocks import next_look
from alertd.engine.dispatcher import Dispatcher
from alertd.engine.door import Door
from alertd.engine.queries import unexplained
from alertd.store import audit, deadlines
from alertd.store.database import Store
from alertd.store.errors import StoreError
from alertd.store.tables import nodes

log = structlog.get_logger("alertd.housekeeping")

#: a wall clock that moves by so many seconds against the monotonic one has jumped
JUMP_SECONDS = 30
#: a node not seen for this long is forgotten
_GONE_AFTER = timedelta(days=7)


class Housekeeping:
    """Jobs for the alarm. Each swallows an unusable store, which the dispatcher reports already."""

    def __init__(self, store: Store, door: Door, dispatcher: Dispatcher, clock: Clock) -> None:
        self._store = store
        self._door = door
        self._dispatcher = dispatcher
        self._clock = clock
        self._started = clock.now()
        self._offset = self._wall_offset()

    async def each_minute(self) -> None:
        """Show that this node lives, seal the newest audit rows, and notice a wall clock that jumped."""
        before, self._offset = self._offset, self._wall_offset()
        jumped = round(self._offset - before)
        if abs(jumped) >= JUMP_SECONDS:
            log.warning("clock-jumped", seconds=jumped)
            self._dispatcher.poke()
            await self._quietly(lambda tx: self._tell_jump(tx, jumped))
        await self._quietly(self._beat_and_seal)

    def _wall_offset(self) -> float:
        """Seconds between the wall clock and a clock that only runs forward."""
        return self._clock.now().timestamp() - time.monotonic()

    def _tell_jump(self, tx: Connection, seconds: int) -> bool:
        world, now = self._dispatcher.world, self._clock.now()
        return tell_admin(tx, world, now, "clock-jumped", str(seconds), {"seconds": seconds})

    def _beat_and_seal(self, tx: Connection) -> int:
        self._beat(tx)
        return audit.seal(tx, self._clock.now())

    def _beat(self, tx: Connection) -> None:
        now, node = self._clock.now(), self._dispatcher.world.node
        seen = tx.execute(update(nodes).where(nodes.c.id == node).values(seen_at=now))
        if seen.rowcount == 0:
            values = {"id": node, "version": __version__, "started_at": self._started, "seen_at": now}
            tx.execute(insert(nodes).values(**values))
            tx.execute(delete(nodes).where(nodes.c.seen_at < now - _GONE_AFTER))

    async def audit_waiting(self) -> None:
        """Every open deadline has a future next action or a reason why not; plan again those that do not."""
        await self._quietly(self._replan)

    def _replan(self, tx: Connection) -> int:
        world, now = self._dispatcher.world, self._clock.now()
        found = unexplained(tx)
        for row in found:
            next_at = next_look(world, dict(row._mapping), row.since)
            deadlines.change(tx, row.number, next_action_at=next_at, waits="" if next_at else "completion")
        if found:
            names = [row.id for row in found[:20]]
            tell_admin(tx, world, now, "audit-found", names[0], {"count": len(found)}, names)
        return len(found)

    async def _quietly(self, work: object) -> None:
        try:
            await self._door.run(self._store.transact, work)  # type: ignore[arg-type]
        except StoreError as fault:
            log.warning("housekeeping-put-off", reason=str(fault))


def alive(seen_at: datetime, now: datetime) -> bool:
    """Whether a node's last heartbeat is recent."""
    return now - seen_at < timedelta(minutes=3)
