"""Sending what is due: one sender for each channel, side by side, each a batch of leases at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection

from alertd.clock import Clock
from alertd.core.breaker import SILENT_AFTER
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.engine.running.channels import Allowance, Channels
from alertd.engine.running.door import Door
from alertd.engine.sending.ailing import leave_ill, note
from alertd.engine.sending.composing import Parcel
from alertd.engine.sending.delivering import Attempt, claim, follow_failures, put_into_words, record
from alertd.engine.sending.leases import LEASED_AT_ONCE, batch_seconds, share_of
from alertd.engine.sending.receipts import Receipts
from alertd.messages.render import Renderer
from alertd.store import leasing
from alertd.store.database import Store
from alertd.store.errors import StoreError
from alertd.store.illness import Illness
from alertd.store.rows import DeliveryRow
from alertd.transports.base import Outcome, Result, Transport

log = structlog.get_logger("alertd.sender")

#: after a store that cannot be used, wait this long, in seconds
STORE_PAUSE = 1.0


class Sender:
    """Sends on one node. `world`, `transports` and `renderer` may be replaced at any time (reload)."""

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
        self.channels = Channels(clock)
        self._leased: dict[str, deque[Parcel]] = {}  # by channel: not begun yet
        self._untried: deque[DeliveryRow] = deque()  # leased, and to be handed back: their channel fell ill
        self._unsure: set[str] = set()  # channels with what may be leased and is in nobody's hands
        self._noted: frozenset[str] | None = None  # the ill channels that the store knows of

    def _resting(self) -> dict[str, Transport]:
        """The channels on which nothing is being sent."""
        senders = self._senders
        return {channel: each for channel, each in self.transports.items() if channel not in senders}

    def _words(self, rows: Sequence[Any]) -> list[Parcel]:
        return put_into_words(self._store, self.world, self.renderer, self._clock.now(), rows)

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
                log.error("sending-failed", reason=str(fault), channel=channel, exc_info=not expected(fault))
                await asyncio.sleep(STORE_PAUSE)
                return

    def _lease(self, channel: str, most: int) -> list[Parcel]:
        """On the store's thread: what is due on a channel, at most so many, ready to be sent."""
        transport = self.transports.get(channel)
        if transport is None:
            return []
        allowed = self.channels.allowance(transport)
        with self._leasing([channel]):
            with self._store.write(durable=False) as tx:
                rows = self._claim(tx, channel, transport, most, allowed)
            if not rows and allowed.retries is not None:
                self.channels.pause(transport)
            return self._words(rows)

    @contextlib.contextmanager
    def _leasing(self, channels: Iterable[str]) -> Iterator[None]:
        """What may be leased after a failure in here, and is in nobody's hands, is handed back at rest.

        A database that goes away may have made the commit whose answer it did not give.
        """
        try:
            yield
        except Exception:
            self._unsure.update(channels)
            raise

    def _claim(
        self, tx: Connection, channel: str, transport: Transport, most: int, allowed: Allowance
    ) -> list[DeliveryRow]:
        most, lease_for = share_of(transport, self._store.embedded, most)
        most = most if allowed.most is None else min(most, allowed.most)
        now = self._clock.now()
        return claim(tx, self.world, channel, now, most, lease_for, allowed.retries, allowed.again)

    async def _send_batch(self, transport: Transport, parcels: list[Parcel], until: float) -> None:
        """Attempt each parcel once before `until`; the others are handed back, and come again at once."""
        channel = parcels[0].row.channel
        waiting = self._leased[channel] = deque(parcels)
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
            await self._door.run(self._hand_back, [parcel.row for parcel in waiting])

    def _hand_back(self, rows: Sequence[DeliveryRow]) -> None:
        """On the store's thread: these were leased and not attempted."""
        with self._leasing(row.channel for row in rows):
            ids = [row.id for row in rows]
            self._store.transact(lambda tx: leasing.hand_back(tx, self.world.node, ids))

    def _hand_back_unsure(self) -> None:
        """On the store's thread: of a channel on which nothing is being sent nothing is in hand either."""
        resting = self._unsure.difference(self._senders)
        if resting:
            self._store.transact(lambda tx: leasing.hand_back_all(tx, self.world.node, resting))
            self._unsure -= resting

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
        channel = parcel.row.channel
        self.channels.began(transport, parcel.row)
        silent = asyncio.get_running_loop().call_later(SILENT_AFTER, self._look_at, channel, transport)
        try:
            outcome = await transport.send(parcel.message)
        except Exception as fault:  # a transport's mistake must not stop the other messages
            log.exception("transport-failed", channel=parcel.row.channel)
            outcome = Outcome(Result.RETRY, "internal", type(fault).__name__)
        finally:
            silent.cancel()
        outcome = self.channels.ended(transport, parcel.row, outcome)
        self._look_at(channel, transport)
        seconds = self._clock.monotonic() - began
        _log_attempt(parcel, outcome, seconds)
        return Attempt(parcel, outcome, seconds)

    # ------------------------------------------------------------ channels that are ill

    def _look_at(self, channel: str, transport: Transport) -> None:
        """Of a channel that is ill nothing more is begun; what it had leased others may send."""
        if self.channels.look(transport):
            waiting = self._leased.get(channel, deque())
            self._untried.extend(parcel.row for parcel in waiting)
            waiting.clear()
        if frozenset(self._ill()) != self._noted:
            self._awake.set()

    def _ill(self) -> dict[str, Illness]:
        return self.channels.ill(self.transports, self.world.channels)

    def _tend(self) -> None:
        """On the store's thread: note which channels are ill, and let what waits for them go another way."""
        untried = []
        while self._untried:  # taken one by one: the loop's thread may add to it meanwhile
            untried.append(self._untried.popleft())
        if untried:
            self._hand_back(untried)
        self._hand_back_unsure()
        ill = self._ill()
        changed = frozenset(ill) != self._noted
        if not (ill or changed):
            return
        world, now = self.world, self._clock.now()

        def work(tx: Connection) -> None:
            scope = Scope(tx, world, now)
            note(scope, ill)
            leave_ill(scope, ill)

        self._store.transact(work, wake=changed)
        self._noted = frozenset(ill)

    def _write_receipts(self, attempts: list[Attempt]) -> None:
        """On the store's thread: receipts first and by themselves; what follows from failures comes after."""
        now, world = self._clock.now(), self.world
        if self._store.transact(lambda tx: record(Scope(tx, world, now), attempts)):
            with contextlib.suppress(StoreError):  # it is in the store, and the next round decides it
                self._store.transact(lambda tx: follow_failures(Scope(tx, world, now), len(attempts)))


def expected(fault: Exception) -> bool:
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
