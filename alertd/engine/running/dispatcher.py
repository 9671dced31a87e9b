"""The whole loop: fire what is due, send what waits, sleep to the next time.

Nothing waits in memory. Every round asks the store what is due now; the alarm, a change by another process,
or a finished message only starts the next round earlier.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from alertd.clock import Clock
from alertd.engine.firing.fire import fire, repeat
from alertd.engine.operations.undecided import climb
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.alarm import Alarm
from alertd.engine.running.distress import Distress
from alertd.engine.running.door import Door
from alertd.engine.running.sender import STORE_PAUSE, Sender, expected
from alertd.engine.sending.composing import Parcel
from alertd.engine.sending.delivering import follow_failures
from alertd.messages.render import Renderer
from alertd.store import deadlines, failures, leasing, settings
from alertd.store.database import Store
from alertd.store.types import Unreadable
from alertd.transports.base import Transport

log = structlog.get_logger("alertd.dispatcher")

#: the first batch is small, so that the first message of a burst leaves soon; then they double
FIRST_BATCH, LARGEST_BATCH = 32, 1024
#: while another node holds everything that is due, look again after so many seconds, and twice as long each
#: time: who holds it may be about to write it, or may have died over it
HELD_PAUSE, LONGEST_HELD_PAUSE = 0.05, 2.0
#: after a store that cannot be used, the pause doubles each time up to so many seconds
LONGEST_STORE_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether anything is to fire, the channels with something to send, and when to look again."""

    firing: bool
    channels: list[str]
    next_at: datetime | None
    applied: int


class Dispatcher(Sender):
    """Runs one node. `world`, `transports` and `renderer` may be replaced between rounds (reload)."""

    def __init__(
        self,
        store: Store,
        door: Door,
        world: World,
        renderer: Renderer,
        transports: Mapping[str, Transport],
        clock: Clock,
    ) -> None:
        super().__init__(store, door, world, renderer, transports, clock)
        self._distress = Distress()
        self.alarm = Alarm(self.poke, clock)
        self.rounds = 0
        #: when a round last succeeded, in seconds of the clock that only runs forward; None before the first
        self.turned: float | None = None
        #: called after every round, a failed one too: the loop gets somewhere
        self.on_round: Callable[[], None] = lambda: None
        #: how often what rules was changed, as far as `world` knows; None: as it is at the first round
        self.applied: int | None = None
        self.on_applied: Callable[[], None] = lambda: None

    def poke(self) -> None:
        """Start the next round now. From the loop's own thread."""
        self._awake.set()

    async def run(self) -> None:
        """Until `stop`. A store that cannot be used is tried again; nothing that was due is forgotten."""
        size, pause, firing, looked = FIRST_BATCH, STORE_PAUSE, False, True
        held = HELD_PAUSE
        while not self._stopping:
            self.on_round()
            self._awake.clear()
            try:
                awaited = firing or (looked and self.alarm.rung(self._clock.now()))
                seen, fired, leased = await self._door.run(self._round, size, awaited)
                pause = STORE_PAUSE
            except Exception as fault:  # whatever it is, the next round must come
                log.error("round-failed", reason=str(fault), retry_in=pause, exc_info=not expected(fault))
                now = self._clock.monotonic()
                await self._distress.heard(fault, now, self.world, self.renderer, self.transports)
                await self._wait(pause)
                pause = min(pause * 2, LONGEST_STORE_PAUSE)
                continue
            self._distress.over()
            self.rounds += 1
            self.turned = self._clock.monotonic()
            for channel, parcels in leased.items():
                self._send_soon(channel, parcels)
            looked = seen is not None
            if seen is None:
                firing = fired >= size
                size = min(size * 2, LARGEST_BATCH) if firing else size
                await asyncio.sleep(0)  # the first messages are on their way before the store is busy again
                continue
            if self.applied not in (None, seen.applied):
                self.on_applied()
            self.applied = seen.applied
            for channel in seen.channels:
                self._send_soon(channel)
            firing = seen.firing
            if firing:
                if not fired:
                    await self._wait(held)
                held = HELD_PAUSE if fired else min(held * 2, LONGEST_HELD_PAUSE)
                size = min(size * 2, LARGEST_BATCH)
                continue
            size, held = FIRST_BATCH, HELD_PAUSE
            self.alarm.set(seen.next_at)
            await self._awake.wait()

    async def stop(self) -> None:
        """Finish the attempts under way, write their receipts, and return."""
        self._stopping = True
        self._awake.set()
        if self._senders:
            await asyncio.wait(self._senders.values())

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), seconds)
        except TimeoutError:
            return

    # ------------------------------------------------------------ on the store's thread

    def _round(self, size: int, expected: bool) -> tuple[Seen | None, int, dict[str, list[Parcel]]]:
        """Fire what is due and look what comes next, in one go on the store's thread.

        Where something was `expected` to be due, because the alarm rang for it, and was, its first messages
        are leased at once for the channels at rest. Looking would only make them later, and so would what
        follows from failures; the next round does both.
        """
        if expected:
            resting = self._resting()
            with self._leasing(resting):
                fired, leased = self._fire(size, resting)
                if fired:
                    return None, fired, {channel: self._words(rows) for channel, rows in leased.items()}
        self._tend()
        seen, fired = self._look(), 0
        if seen.firing:
            fired, _ = self._fire(size)
            seen = self._look()
        return seen, fired, {}

    def _fire(
        self, size: int, resting: Mapping[str, Transport] | None = None
    ) -> tuple[int, dict[str, list[Any]]]:
        """How many were due; and, if any, the first messages of the channels `resting`, leased with them."""
        now, world = self._clock.now(), self.world
        allowed = {name: self.channels.allowance(each) for name, each in (resting or {}).items()}

        def work(tx: Connection) -> tuple[int, dict[str, list[Any]]]:
            scope = Scope(tx, world, now)
            fired = fire(scope, size) + repeat(scope, size) + climb(scope, size)
            if resting is None:
                return fired + follow_failures(scope, size), {}
            if not fired:
                return 0, {}
            return fired, {
                channel: self._claim(tx, channel, transport, FIRST_BATCH, allowed[channel])
                for channel, transport in resting.items()
            }

        return self._store.transact(work)

    def _look(self) -> Seen:
        """What is due now and when to look again, in one read: an idle daemon does nothing else."""
        now, world = self._clock.now(), self.world
        idle = () if world.mode is Mode.HOLD else tuple(self._resting())
        with self._store.read() as tx:
            applied = _applied(tx)
            acting = min(filter(None, (deadlines.next_action(tx), failures.next_at(tx))), default=None)
            sending = {each: leasing.next_on(tx, each, world.node, world.drilling) for each in idle}
        for channel, at in sending.items():
            rest = self.channels.rests_for(self.transports[channel]) if at is not None else 0.0
            if at is not None and rest:
                sending[channel] = max(at, now + timedelta(seconds=rest))
        due = [channel for channel, at in sending.items() if at is not None and at <= now]
        times = [at for at in (acting, *sending.values()) if at is not None and at > now]
        return Seen(acting is not None and acting <= now, due, min(times, default=None), applied)


def _applied(tx: Connection) -> int:
    """How often what rules was changed; -1, as after any change, where the count cannot be read."""
    try:
        return settings.get(tx, settings.APPLIED) or 0
    except Unreadable:
        return -1  # what rules is in the revisions, and reading it once more does no harm
