"""What the daemon does besides: seal the audit, show that it lives, look for deadlines nobody waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from alertd.clock import SharedClock
from alertd.engine.deadlines.change import next_look
from alertd.engine.deadlines.sample import differing_limits
from alertd.engine.firing.afresh import Afresh, decide_afresh
from alertd.engine.firing.relief import relieve
from alertd.engine.notify import feeds, guard
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.duty_watch import look_ahead
from alertd.engine.notify.topics import AuditFound, ClockApart, ClockJumped, LimitsDiffer
from alertd.engine.operations.silencing import tell_ends
from alertd.engine.planning.plan import counted_by, recount_some
from alertd.engine.reporting.nodes import apart
from alertd.engine.reporting.queries import unexplained
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.engine.running.neighbours import Neighbours
from alertd.engine.sending.expiring import give_up_old
from alertd.engine.sending.leases import FORGOTTEN_AFTER, longest_lease
from alertd.engine.sending.readdressing import leave_channels
from alertd.messages.dates import instant_text
from alertd.store import (
    awaited,
    codes,
    deadlines,
    drills,
    idempotency,
    leasing,
    lost,
    seals,
    sendings,
    set_back,
    settings,
    sign_ins,
    tries,
)
from alertd.store.database import Store
from alertd.store.errors import StoreError
from alertd.store.rows import DeadlineRow
from alertd.store.seals import Seal

T = TypeVar("T")

log = structlog.get_logger("alertd.housekeeping")

#: a wall clock that moves by so many seconds against the monotonic one has jumped
JUMP_SECONDS = 30


class Housekeeping:
    """Jobs for the alarm. Each swallows an unusable store, which the dispatcher reports already."""

    def __init__(
        self,
        store: Store,
        door: Door,
        dispatcher: Dispatcher,
        clock: SharedClock,
        neighbours: Neighbours | None = None,
    ) -> None:
        self._store = store
        self._door = door
        self._dispatcher = dispatcher
        self._clock = clock
        self.neighbours = neighbours or Neighbours(dispatcher.world.node, clock.now(), dict, tuple)
        self._offset = self._wall_offset()
        self._apart = False
        self._roster_seen: tuple[World, int] | None = None

    async def each_minute(self) -> None:
        """Show that this node lives, seal the newest audit rows, notice a clock that jumped or is wrong."""
        before, self._offset = self._offset, self._wall_offset()
        jumped = round(self._offset - before)
        if abs(jumped) >= JUMP_SECONDS:
            log.warning("clock-jumped", seconds=jumped)
            await self._quietly(lambda tx: self._after_jump(tx, jumped))
            self._dispatcher.poke()
        await self._compare_clocks()
        if self._store.embedded:  # several nodes look at each other more often (`BEAT_SECONDS`)
            await self.beat()
        forgotten = self._clock.now() - FORGOTTEN_AFTER
        channels = tuple(self._dispatcher.transports)
        await self._quietly(lambda tx: leasing.release_forgotten(tx, channels, forgotten), wake=False)
        noted = await self._quietly(self._note_seal)
        while await self._quietly(self._seal, wake=False) == seals.MOST:
            continue  # what is due goes between them
        if noted is not None:  # kept with the log, outside the database: who rewrites that is found by it
            log.info("audit-sealed", seal=noted.number, hash=noted.hash)
        if await self._quietly(self._leave, wake=False):
            self._dispatcher.poke()
        if await self._quietly(lambda tx: relieve(self._scope(tx)), wake=False):
            self._dispatcher.poke()
        await self._look_at_roster()
        await self._quietly(lambda tx: give_up_old(self._scope(tx)), wake=False)
        if await self._quietly(lambda tx: tell_ends(self._scope(tx)), wake=False):
            self._dispatcher.poke()
        if self._dispatcher.world.feeds:
            await self._quietly(lambda tx: feeds.look(self._scope(tx), self.neighbours.started), wake=False)
        if (made := await self._quietly(self._make_real, wake=False)) is not None:
            log.info("decided-afresh", deadlines=made.deadlines, dropped=made.dropped)
            self._dispatcher.poke()

    async def _look_at_roster(self) -> None:
        """Each hour, and when files were applied: what the roster of duty lacks in the days ahead."""
        world, hour = self._dispatcher.world, int(self._clock.now().timestamp()) // 3600
        before = self._roster_seen
        if before is not None and before[0] is world and before[1] == hour:
            return
        if await self._quietly(self._roster) is not None:
            self._roster_seen = world, hour

    def _roster(self, tx: Connection) -> bool:
        look_ahead(self._scope(tx))
        return True

    def _leave(self, tx: Connection) -> int:
        return leave_channels(self._scope(tx), self._dispatcher.transports, self._store.embedded)

    def _note_seal(self, tx: Connection) -> Seal | None:
        scope = self._scope(tx)
        return seals.anchor(tx, scope.today, scope.now, scope.author)

    def _seal(self, tx: Connection) -> int:
        return seals.seal(tx, self._clock.now())

    def _scope(self, tx: Connection) -> Scope:
        return Scope(tx, self._dispatcher.world, self._clock.now())

    def _make_real(self, tx: Connection) -> Afresh | None:
        """Decide afresh what this or another node decided as a drill, where this one's messages are real."""
        since = None if self._dispatcher.world.drilling else drills.since(tx)
        return None if since is None else decide_afresh(self._scope(tx), since)

    async def beat(self) -> None:
        """Show that this node lives, and take over from nodes that are dead."""
        beaten = await self._quietly(self._beat, wake=False)
        if beaten is None:
            self.neighbours.listens = frozenset()  # others may have the store, and take the posts
        elif beaten:
            await self._quietly(lambda tx: self.neighbours.take_over(tx, self._clock.now(), beaten))
            self._dispatcher.poke()

    def _beat(self, tx: Connection) -> list[str]:
        self._clock.ask(partial(self._store.instant, tx))
        return self.neighbours.beat(tx, self._clock.now())

    async def leave(self) -> None:
        """This node is about to end in order."""
        await self._quietly(lambda tx: self.neighbours.leave(tx, self._clock.now()))

    def _wall_offset(self) -> float:
        """Seconds between the time that rules here and a clock that only runs forward."""
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _after_jump(self, tx: Connection, seconds: int) -> None:
        """What the old time had put off does not wait for it to come again."""
        if seconds < 0:
            lease = longest_lease(self._dispatcher.transports.values())
            set_back.put_right(tx, self._clock.now(), self.neighbours.own, lease)
        scope = self._scope(tx)
        at = instant_text(scope.now, scope.world.zone, scope.world.language)
        tell_admin(scope, ClockJumped(at=at, seconds=seconds))

    async def _compare_clocks(self) -> None:
        """Say once that the wall clock of this machine is wrong; nothing here goes by it."""
        ahead, before = self._clock.ahead, self._apart
        self._apart = apart(ahead)
        if self._apart and not before:
            log.warning("clock-apart", seconds=round(ahead, 1))
            topic = ClockApart(node=self.neighbours.own, seconds=round(ahead))
            await self._quietly(lambda tx: tell_admin(self._scope(tx), topic))

    async def audit_waiting(self) -> None:
        """Every open deadline has a future next action or a reason why not; plan again those that do not."""
        await self._quietly(self._replan)

    def _replan(self, tx: Connection) -> int:
        scope = self._scope(tx)
        stuck = [guard.slip("wait", name, None, fault) for name, fault in lost.due_again(tx, scope.now)]
        guard.tell(scope, "wait", stuck)
        found = unexplained(tx)

        def plan_again(rows: Sequence[DeadlineRow]) -> None:
            for row in rows:
                next_at = next_look(scope.world, row, row.since)
                waits = "" if next_at else "completion"
                deadlines.change(tx, row.number, next_action_at=next_at, waits=waits)

        def put_off(row: DeadlineRow) -> None:
            deadlines.change(tx, row.number, next_action_at=guard.put_off(scope.now, row.by_the_hour))

        guard.each(scope, "replan", found, plan_again, put_off)
        if len(found):
            tell_admin(scope, *(AuditFound(deadline=row.id) for row in found.all))
        return len(found)

    async def forget_answers(self) -> None:
        """Take away the answers to requests that nobody makes again, and sessions that are long over."""
        await self._quietly(lambda tx: idempotency.forget(tx, self._clock.now()), wake=False)
        for kept in (sign_ins, codes, awaited, tries, sendings):
            await self._quietly(partial(self._forget, kept.forget), wake=False)

    def _forget(self, forget: Callable[[Connection, datetime], int], tx: Connection) -> int:
        return forget(tx, self._clock.now())

    async def audit_limits(self) -> None:
        """Count a sample of limits anew; what differs from what is stored is told."""
        await self._quietly(self._compare)

    def _compare(self, tx: Connection) -> int:
        scope = self._scope(tx)
        if settings.get(tx, settings.RECOUNT) or settings.get(tx, settings.COUNTED_BY) != counted_by(
            scope.world
        ):
            return 0  # they are about to be moved, or wait for somebody to release that
        found, slips = differing_limits(scope, seed=int(self._clock.monotonic() * 1e9))
        guard.tell(scope, "compare", slips)
        tell_admin(
            scope, *(LimitsDiffer(deadline=each.row.id, columns=", ".join(each.columns)) for each in found)
        )
        return len(found)

    async def recount(self) -> None:
        """Move what waits to be counted anew, a batch at a time, so that what is due goes between them."""
        more = True
        while more:
            more = bool(await self._quietly(self._recount_some))

    def _recount_some(self, tx: Connection) -> bool:
        return recount_some(self._scope(tx))

    async def _quietly(self, work: Callable[[Connection], T], wake: bool = True) -> T | None:
        """What `work` gives in a transaction; None where the store cannot be used."""
        try:
            return await self._door.run(self._store.transact, work, wake)
        except StoreError as fault:
            log.warning("housekeeping-put-off", reason=str(fault))
            return None
