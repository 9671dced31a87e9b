"""The loop of one node on a clock that only its transport moves: what it leases it has sent in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

import pytest
from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.alarm import Alarm
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.engine.sending.delivering import Attempt
from alertd.engine.sending.leases import share_of
from alertd.store import deadlines, failures, leasing, settings, tables
from alertd.store.database import Store, memory_store
from alertd.store.errors import StoreFull
from alertd.transports.base import Outcome, Outgoing
from tests.support.play import ACCEPTED, RENDERER
from tests.support.register import world
from tests.support.rows import NOON, add_deadlines, add_delivery, deadline_row

P = ParamSpec("P")
T = TypeVar("T")
#: turns of the loop in which a node that has nothing to do comes to rest
A_WHILE = 500
#: seconds a machine may take that is busy with other things
PATIENCE = 30.0


class Watch:
    """The wall clock and the monotonic one, which agree and stand still until somebody takes time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def elapsed(self) -> float:
        return self.seconds


class OpenDoor(Door):
    """The store's work in the loop's own thread, so that nothing happens beside it."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        await asyncio.sleep(0)
        return work(*args, **kwargs)


class Slow:
    """Takes for each message as long as a transport may; keeps when each ended and when its lease did."""

    timeout = 30.0
    concurrency = 1

    def __init__(self, watch: Watch, store: Store, expected: int) -> None:
        self._watch, self._store, self._expected = watch, store, expected
        self.attempts: list[tuple[int, datetime, datetime]] = []
        self.over = asyncio.Event()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, message: Outgoing) -> Outcome:
        with self._store.read() as tx:
            lease = select(tables.deliveries.c.not_before).where(tables.deliveries.c.id == message.delivery)
            until = tx.execute(lease).scalar_one()
        self._watch.seconds += self.timeout
        self.attempts.append((message.delivery, self._watch.now(), until))
        if len(self.attempts) == self._expected:
            self.over.set()
        await asyncio.sleep(0)
        return ACCEPTED


@pytest.fixture
def store() -> Iterator[Store]:
    made = memory_store()
    yield made
    made.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@asynccontextmanager
async def running(
    store: Store, watch: Watch, transport: Slow, ruling: World | None = None
) -> AsyncIterator[Dispatcher]:
    door = OpenDoor()
    node = Dispatcher(store, door, ruling or world(), RENDERER, {"inbox": transport}, watch)
    task = asyncio.create_task(node.run())
    try:
        yield node
    finally:
        await node.stop()
        await task
        node.alarm.stop()
        door.close()


def waiting(store: Store, count: int) -> list[int]:
    """So many messages that may leave at noon."""
    return store.transact(lambda tx: [add_delivery(tx, template="admin") for _ in range(count)])


async def test_a_batch_ends_before_its_lease_does(store: Store, watch: Watch) -> None:
    """However slow the provider is: beyond the lease another node would send the same messages too."""
    wanted = waiting(store, 10)
    transport = Slow(watch, store, len(wanted))
    async with running(store, watch, transport), asyncio.timeout(PATIENCE):
        await transport.over.wait()
    # At the end of a lease others may have the message, and a receipt is still to be written.
    assert [ended < until for _, ended, until in transport.attempts] == [True] * len(wanted)
    assert sorted(delivery for delivery, _, _ in transport.attempts) == sorted(wanted)


class Quick(Slow):
    """Takes no time, on several connections at once."""

    timeout = 0.0
    concurrency = 4


@pytest.mark.parametrize("count", range(3 * Quick.concurrency, 6 * Quick.concurrency))
async def test_connections_that_wait_for_receipts_leave_the_last_message_to_one_of_them(
    store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """While receipts are slow all connections wait for the same last message; each message leaves once."""
    record = Dispatcher._record

    async def late(self: Dispatcher, batch: list[Attempt]) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        await record(self, batch)

    monkeypatch.setattr(Dispatcher, "_record", late)
    wanted = waiting(store, count)
    transport = Quick(watch, store, len(wanted))
    with capture_logs() as logs:
        async with running(store, watch, transport), asyncio.timeout(PATIENCE):
            await transport.over.wait()
    assert sorted(delivery for delivery, _, _ in transport.attempts) == sorted(wanted)
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []
    with store.read() as tx:
        assert [row.attempt for row in tx.execute(select(tables.receipts))] == [1] * count


async def test_a_store_that_cannot_be_used_is_tried_again_after_1_to_30_seconds(
    store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    enough = asyncio.Event()

    def away(self: Dispatcher, *_: object) -> None:
        raise StoreFull("no room on the disk")

    async def wait(self: Dispatcher, seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            enough.set()
        await asyncio.sleep(0)

    with monkeypatch.context() as faulty:
        faulty.setattr(Dispatcher, "_round", away)
        faulty.setattr(Dispatcher, "_wait", wait)
        async with running(store, watch, Slow(watch, store, 0)):
            await enough.wait()
    assert pauses[:8] == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_on_hold_a_node_with_messages_waiting_is_at_rest(store: Store, watch: Watch) -> None:
    waiting(store, 3)
    transport = Slow(watch, store, 3)
    async with running(store, watch, transport, world(mode=Mode.HOLD)) as node:
        for _ in range(A_WHILE):
            await asyncio.sleep(0)
        assert node.rounds == 1
    assert transport.attempts == []


async def test_a_node_notices_that_another_rule_holds_and_only_once(store: Store, watch: Watch) -> None:
    heard, counts = [], []
    async with running(store, watch, Slow(watch, store, 0)) as node:
        node.on_applied = lambda: heard.append("changed")
        for change in (False, True, False):
            if change:
                store.transact(lambda tx: settings.put(tx, settings.APPLIED, 1))
            node.poke()
            for _ in range(A_WHILE):
                await asyncio.sleep(0)
            counts.append(len(heard))
    assert counts == [0, 1, 1]


async def test_what_is_to_be_done_at_this_very_moment_is_done_in_the_first_round(
    store: Store, watch: Watch
) -> None:
    """Neither due nor still to come, it would sleep until something else wakes the node."""
    with store.write() as tx:
        (row,) = add_deadlines(tx, deadline_row("a", state="scheduled", next_action_at=NOON))
    async with running(store, watch, Slow(watch, store, 0)):
        for _ in range(A_WHILE):
            await asyncio.sleep(0)
    with store.read() as tx:
        found = deadlines.find(tx, row.id)
    assert found is not None
    assert (found.state, found.next_action_at) == ("open", None)


async def test_what_follows_from_a_failure_of_before_is_decided_in_the_first_round(
    store: Store, watch: Watch
) -> None:
    """A node that died between the receipt and the decision has left it to the next."""
    with store.write() as tx:
        delivery = add_delivery(tx, "admin", template="admin", state="refused", not_before=None)
        failure = {"delivery": delivery, "result": "refused", "code": "550", "detail": "", "next_at": NOON}
        failures.add(tx, [{**failure, "address_dead": False, "another_way": True}])
    async with running(store, watch, Slow(watch, store, 0)):
        for _ in range(A_WHILE):
            await asyncio.sleep(0)
    with store.read() as tx:
        assert failures.next_at(tx) is None


@pytest.mark.parametrize(
    ("alone", "most", "leased"), [(True, 200, 200), (False, 200, 16), (False, 16, 16), (False, 15, 15)]
)
def test_where_others_share_the_outbox_a_node_leases_four_for_each_connection(
    store: Store, watch: Watch, alone: bool, most: int, leased: int
) -> None:
    assert share_of(Quick(watch, store, 0), alone, most)[0] == leased


async def test_a_channel_that_is_switched_off_while_it_sends_is_left_without_a_slip(
    store: Store, watch: Watch
) -> None:
    wanted = waiting(store, 3)
    transport = Slow(watch, store, 1)
    with capture_logs() as logs:
        async with running(store, watch, transport) as node, asyncio.timeout(PATIENCE):
            await transport.over.wait()
            node.transports = {}
            while node._senders:
                await asyncio.wait(node._senders.values())
            assert node._lease("inbox", len(wanted)) == []
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == []


@pytest.fixture(params=["lease", "words", "hand back"])
def failing_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the first commit of leases is lost; or their words fail, or handing them back."""
    fault, once = StoreFull("the connection was closed"), [None]
    if request.param == "lease":
        write = Store.write

        @contextmanager
        def lost(store: Store, *args: bool, **kwargs: bool) -> Iterator[Connection]:
            with write(store, *args, **kwargs) as tx:
                yield tx
                leased = tx.execute(
                    select(tables.deliveries.c.id).where(tables.deliveries.c.state == "leased")
                )
                cut = once and leased.first() is not None
            if cut:
                once.pop()
                raise fault

        monkeypatch.setattr(Store, "write", lost)
        return
    where, name = (Dispatcher, "_words") if request.param == "words" else (leasing, "hand_back")
    method = getattr(where, name)

    def fails(*args: object) -> object:
        if once:
            once.pop()
            raise fault
        return method(*args)

    monkeypatch.setattr(where, name, fails)


@pytest.mark.usefixtures("failing_once")
@pytest.mark.parametrize("rings", [False, True])
async def test_what_was_leased_and_came_into_nobodys_hands_leaves_at_the_next_look(
    store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch, rings: bool
) -> None:
    """The database commits and goes away before it says so; nobody waits until that lease is over."""
    wanted = waiting(store, 12)
    transport = Slow(watch, store, len(wanted))
    if rings:  # what fires leases the first messages in one go
        monkeypatch.setattr(Alarm, "rung", lambda self, now: True)
        with store.write() as tx:
            add_deadlines(tx, deadline_row("a", state="scheduled", next_action_at=NOON))
    async with running(store, watch, transport), asyncio.timeout(PATIENCE):
        await transport.over.wait()
    assert sorted(delivery for delivery, _, _ in transport.attempts) == sorted(wanted)
    assert watch.seconds == len(wanted) * transport.timeout
