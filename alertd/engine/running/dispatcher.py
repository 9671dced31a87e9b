"""The whole loop: fire what is due, send what waits, sleep to the next time.

Nothing waits in memory. Every round asks the store what is due now; the alarm, a change by another process,
or a finished message only starts the next round earlier.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from alertd.clock import Clock
from alertd.engine.firing.fire import fire, repeat
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.alarm import Alarm
from alertd.engine.running.distress import Distress
from alertd.engine.running.door import Door
from alertd.engine.sending.composing import Parcel
from alertd.engine.sending.delivering import Attempt, claim, follow_failures, lease, put_into_words, record
from alertd.engine.sending.leases import LEASED_AT_ONCE, batch_seconds, share_of
from alertd.engine.sending.receipts import Receipts
from alertd.messages.render import Renderer
from alertd.store import deadlines, failures, outbox, settings
from alertd.store.database import Store
from alertd.store.errors import StoreError
from alertd.store.types import Unreadable
from alertd.transports.base import Outcome, Result, Transport

log = structlog.get_logger("alertd.dispatcher")

#: the first batch is small, so that the first message of a burst leaves soon; then they double
FIRST_BATCH, LARGEST_BATCH = 32, 1024
#: while another node holds everything that is due, look again after so many seconds
HELD_PAUSE = 0.05
#: after a store that cannot be used, wait this long, and twice as long each time, in seconds
STORE_PAUSE, LONGEST_STORE_PAUSE = 1.0, 30.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether anything is to fire, the channels with something to send, and when to look again."""

    firing: bool
    channels: list[str]
    next_at: datetime | None
    applied: int


class Dispatcher:
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
        self.world = world
        self.renderer = renderer
        self.transports = transports
        self._store = store
        self._door = door
        self._clock = clock
        self._awake = asyncio.Event()
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._stopping = False
        self._distress = Distress()
        self.alarm = Alarm(self.poke, clock)
        self.rounds = 0
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
        while not self._stopping:
            self.on_round()
            self._awake.clear()
            try:
                expected = firing or (looked and self.alarm.rung(self._clock.now()))
                seen, fired, leased = await self._door.run(self._round, size, expected)
                pause = STORE_PAUSE
            except Exception as fault:  # whatever it is, the next round must come
                log.error("round-failed", reason=str(fault), retry_in=pause, exc_info=not _expected(fault))
                await self._distress.heard(
                    fault, self._clock.now(), self.world, self.renderer, self.transports
                )
                await self._wait(pause)
                pause = min(pause * 2, LONGEST_STORE_PAUSE)
                continue
            self._distress.over()
            self.rounds += 1
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
                if not fired:  # another node holds what is due, and is about to write it
                    await self._wait(HELD_PAUSE)
                size = min(size * 2, LARGEST_BATCH)
                continue
            size = FIRST_BATCH
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
            fired, leased = self._fire(size, self._resting())
            if fired:
                return None, fired, {channel: self._words(rows) for channel, rows in leased.items()}
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

        def work(tx: Connection) -> tuple[int, dict[str, list[Any]]]:
            scope = Scope(tx, world, now)
            fired = fire(scope, size) + repeat(scope, size)
            if resting is None:
                return fired + follow_failures(scope, size), {}
            if not fired:
                return 0, {}
            return fired, {
                channel: claim(tx, world, channel, now, *self._share(transport, FIRST_BATCH))
                for channel, transport in resting.items()
            }

        return self._store.transact(work)

    def _resting(self) -> dict[str, Transport]:
        """The channels on which nothing is being sent."""
        senders = self._senders
        return {channel: each for channel, each in self.transports.items() if channel not in senders}

    def _words(self, rows: Sequence[Any]) -> list[Parcel]:
        return put_into_words(self._store, self.world, self.renderer, self._clock.now(), rows)

    def _look(self) -> Seen:
        """What is due now and when to look again, in one read: an idle daemon does nothing else."""
        now, world = self._clock.now(), self.world
        idle = () if world.mode is Mode.HOLD else tuple(self._resting())
        with self._store.read() as tx:
            applied = _applied(tx)
            acting = min(filter(None, (deadlines.next_action(tx), failures.next_at(tx))), default=None)
            sending = {channel: outbox.next_on(tx, channel, world.drilling) for channel in idle}
        due = [channel for channel, at in sending.items() if at is not None and at <= now]
        times = [at for at in (acting, *sending.values()) if at is not None and at > now]
        return Seen(acting is not None and acting <= now, due, min(times, default=None), applied)

    # ------------------------------------------------------------ sending

    def _send_soon(self, channel: str, leased: list[Parcel] | None = None) -> None:
        """Start a sender where none runs, with what is `leased` already; an empty list starts none."""
        if channel not in self._senders and leased != []:
            task = asyncio.create_task(self._send_all(channel, leased), name=f"send {channel}")
            self._senders[channel] = task
            task.add_done_callback(lambda _: self._sent(channel))

    def _sent(self, channel: str) -> None:
        self._senders.pop(channel, None)
        self._awake.set()

    async def _send_all(self, channel: str, parcels: list[Parcel] | None) -> None:
        """Send everything due on one channel; another channel that hangs does not slow this one.

        A channel may be switched off, or be given other settings, between two batches.
        """
        while (transport := self.transports.get(channel)) is not None and not self._stopping:
            try:
                parcels = parcels or await self._door.run(self._lease, channel, LEASED_AT_ONCE)
                if not parcels:
                    return
                await self._send_batch(transport, parcels, self._clock.monotonic() + batch_seconds(transport))
                parcels = None
            except Exception as fault:  # the leases run out and everything comes again
                log.error("sending-failed", reason=str(fault), channel=channel, exc_info=not _expected(fault))
                await asyncio.sleep(STORE_PAUSE)
                return

    def _lease(self, channel: str, most: int) -> list[Parcel]:
        """On the store's thread: what is due on a channel, at most so many, ready to be sent."""
        transport = self.transports.get(channel)
        if transport is None:
            return []
        most, lease_for = self._share(transport, most)
        return lease(self._store, self.world, self.renderer, channel, self._clock.now(), most, lease_for)

    def _share(self, transport: Transport, most: int) -> tuple[int, timedelta]:
        return share_of(transport, self._store.embedded, most)

    async def _send_batch(self, transport: Transport, parcels: list[Parcel], until: float) -> None:
        """Attempt each parcel once before `until`; the others are handed back, and come again at once."""
        waiting = deque(parcels)
        receipts = Receipts(transport.concurrency)

        async def work() -> None:
            while (
                waiting and await receipts.room() and not self._stopping and self._clock.monotonic() <= until
            ):
                if waiting:  # another connection may have taken the last one while this one waited
                    receipts.add(await self._attempt(transport, waiting.popleft()))

        workers = asyncio.gather(*(work() for _ in range(transport.concurrency)))
        workers.add_done_callback(lambda _: receipts.close())
        try:
            while batch := await receipts.take():
                await self._record(batch)
        finally:
            receipts.close()
            await workers
        if waiting:
            await self._door.run(self._hand_back, [parcel.row.id for parcel in waiting])

    def _hand_back(self, ids: list[int]) -> None:
        self._store.transact(lambda tx: outbox.hand_back(tx, self.world.node, ids))

    async def _record(self, batch: list[Attempt]) -> None:
        """Write receipts, however long the store is away: without them the messages would leave once more.

        Meanwhile few attempts more begin, see `Receipts`.
        """
        while True:
            try:
                await self._door.run(self._write_receipts, batch)
                return
            except StoreError as fault:
                log.error("receipts-wait", reason=str(fault), count=len(batch), retry_in=STORE_PAUSE)
                if self._stopping:
                    raise
                await asyncio.sleep(STORE_PAUSE)

    async def _attempt(self, transport: Transport, parcel: Parcel) -> Attempt:
        if parcel.message is None:
            unsaid = (
                Outcome(Result.RETRY, "words", parcel.fault) if parcel.fault else Outcome(Result.ACCEPTED)
            )
            return Attempt(parcel, unsaid, 0.0)
        began = self._clock.monotonic()
        try:
            outcome = await transport.send(parcel.message)
        except Exception as fault:  # a transport's mistake must not stop the other messages
            log.exception("transport-failed", channel=parcel.row.channel)
            outcome = Outcome(Result.RETRY, "internal", type(fault).__name__)
        seconds = self._clock.monotonic() - began
        _log_attempt(parcel, outcome, seconds)
        return Attempt(parcel, outcome, seconds)

    def _write_receipts(self, attempts: list[Attempt]) -> None:
        """On the store's thread: receipts first and by themselves; what follows from failures comes after."""
        now, world = self._clock.now(), self.world
        if self._store.transact(lambda tx: record(Scope(tx, world, now), attempts)):
            with contextlib.suppress(StoreError):  # it is in the store, and the next round decides it
                self._store.transact(lambda tx: follow_failures(Scope(tx, world, now), len(attempts)))


def _applied(tx: Connection) -> int:
    """How often what rules was changed; -1, as after any change, where the count cannot be read."""
    try:
        return settings.get(tx, settings.APPLIED) or 0
    except Unreadable:
        return -1  # what rules is in the revisions, and reading it once more does no harm


def _expected(fault: Exception) -> bool:
    """Whether a fault is one of the store's, which need no traceback in the log."""
    return isinstance(fault, StoreError)


def _log_attempt(parcel: Parcel, outcome: Outcome, seconds: float) -> None:
    fields: dict[str, Any] = {
        "delivery": f"{parcel.row.id:x}",
        "person": parcel.row.person,
        "channel": parcel.row.channel,
        "deadlines": [notice.d_id for notice in parcel.notices],
        "events": sorted({notice.d_event_id for notice in parcel.notices if notice.d_event_id}),
        "result": str(outcome.result),
        "seconds": round(seconds, 3),
    }
    if outcome.result in (Result.ACCEPTED, Result.HANDED_OVER):
        log.info("sent", **fields)
    else:
        log.warning("not-sent", code=outcome.code, detail=outcome.detail, **fields)
