"""Builds the daemon from an installation; starts and stops it in order."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection
from watchfiles import awatch

from alertd import __version__, sdnotify
from alertd.clock import Clock, SharedClock, SystemClock
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.topics import TaskFailed, Topic
from alertd.engine.operations.unblocking import unblock
from alertd.engine.reporting import queries
from alertd.engine.reporting.issuing import ruled_at
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.engine.ruling.world import World
from alertd.engine.running.bulletins import Bulletins
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.engine.running.housekeeping import Housekeeping
from alertd.engine.running.neighbours import BEAT_SECONDS, Neighbours
from alertd.engine.running.shelves import StoreShelf
from alertd.engine.running.supervision import SILENT_FOR, Supervisor, Work
from alertd.engine.sending.presses import press
from alertd.engine.sending.texted import take_told
from alertd.heartbeat import Heartbeat
from alertd.incoming import Incoming
from alertd.installation import Installation
from alertd.pages import Behind, Pages, Wanted
from alertd.pushed import take_pushed
from alertd.reloading import Reloading, stop_all
from alertd.store import leasing, nodes, set_back
from alertd.store.changes import Listen, PostgresChanges
from alertd.store.database import Store
from alertd.store.errors import StoreError, StoreMissing, StoreOther, StoreVanished
from alertd.store_watch import identified, look_after, tell_refused
from alertd.transports.base import Listening, NotNow, Press, Told, Transport
from alertd.transports.registered import Hearing
from alertd.watching import Heard, Watch, watch_files
from alertd.web.begun import Begun
from alertd.web.pulse import Pulse

log = structlog.get_logger("alertd.service")

#: a press waits so many seconds for the store; then its provider keeps it, and gives it again
_STORE_PATIENCE = 10.0
T = TypeVar("T")


class Service:
    """The daemon. `run` returns when it was told to stop."""

    def __init__(
        self,
        installation: Installation,
        clock: Clock | None = None,
        watch: Watch = awatch,
        listen: Listen = PostgresChanges,
    ) -> None:
        """`watch` tells of saved files, `listen` of other nodes' commits: the machine's own, or a test's."""
        self.installation = installation
        self.clock = SharedClock(clock or SystemClock())
        self._watch, self._listen_to = watch, listen
        self.store: Store | None = None
        self.door = Door()
        self.dispatcher: Dispatcher | None = None
        self._stop = asyncio.Event()
        self._today: date | None = None
        self.tasks = Supervisor(self._tell_failed, self.clock.monotonic)
        self._keeper: Housekeeping | None = None
        self.files: Reloading | None = None
        self.pages: Pages | None = None
        self._gone: StoreVanished | None = None

    async def run(self, on_ready: Callable[[World, int], None] = lambda world, held: None) -> None:
        """Start, tell systemd, work until told to stop. Raises StoreError and NoRegister at the start."""
        began = self.clock.monotonic()
        self.store = store = await self._opened()
        transports: dict[str, Transport] = {}
        try:
            self.files = files = Reloading(self.installation, store, self.door, self.clock, self._hearing)
            taken = await files.begin()
            world = taken.world
            transports, faults = await files.start_transports(world, {})
            self.dispatcher = Dispatcher(store, self.door, world, taken.renderer, transports, self.clock)
            self.dispatcher.applied, self.dispatcher.on_applied = taken.found.number, files.ruled
            await files.tell(world, [*taken.faults, *faults])
            mailbox = lambda: files.installation.node.mail_in.mailbox  # noqa: E731  another one after a reload
            self.incoming = Incoming(mailbox, self._carry_out, self.clock.now, mine=self._holds)
            self._jobs(self.dispatcher)
            self._watchers(store, files)
            self._signals(files)
            sdnotify.ready(f"ready, sending mode {world.mode}")
            log.info(
                "ready",
                mode=str(world.mode),
                channels=list(world.channels),
                seconds=round(self.clock.monotonic() - began, 3),
                version=__version__,
            )
            self.tasks.once("count", partial(self._say_what_is_held, world, on_ready))
            await self._work()
            if self._gone is not None:
                raise self._gone
        finally:
            sdnotify.stopping()
            await self._shut(transports)
            log.info("stopped")

    async def _opened(self) -> Store:
        try:
            return await self.door.run(self._open)
        except (StoreMissing, StoreOther) as fault:
            await tell_refused(self.installation, fault)
            self.door.close()
            raise

    def _open(self) -> Store:
        store = self.installation.open_store(upgrade=True)
        try:
            store.claim_alone()
            store.identity = identified(self.installation, store)
            with store.read() as tx:
                self.clock.ask(partial(store.instant, tx))
            store.transact(partial(self._succeed, store.embedded))
        except BaseException:
            store.close()
            raise
        return store

    def _succeed(self, alone: bool, tx: Connection) -> None:
        """Take over from whoever had this file before, however it ended, and whatever its clock said."""
        if alone:
            leasing.release_all(tx)
            nodes.ended(tx, nodes.running(tx).keys(), self.clock.now(), "")
        set_back.put_right(tx, self.clock.now())
        signing_key(tx)  # made once; whoever composes only reads it

    async def _work(self) -> None:
        assert self.dispatcher is not None
        self.dispatcher.on_round = partial(self.tasks.lives, "dispatcher")
        dispatching = self.tasks.keep("dispatcher", self.dispatcher.run, silence=SILENT_FOR)
        await self._stop.wait()
        self.tasks.wind_up()
        if self.pages is not None:
            self.pages.wind_up()
        await self.dispatcher.stop()
        await dispatching

    async def _shut(self, transports: dict[str, Transport]) -> None:
        await self.tasks.stop()
        if self.pages is not None:
            await self.pages.stop()
        if self.dispatcher is not None:
            self.dispatcher.alarm.stop()
            if self._keeper is not None:
                await self._keeper.leave()
            transports = dict(self.dispatcher.transports)
        await stop_all(transports.values())
        if self.store is not None:
            self.store.close()
        self.door.close()

    def _signals(self, files: Reloading) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, files.asked)

    def stop(self) -> None:
        """Begin to stop; `run` returns when everything under way is settled."""
        self._stop.set()

    def _jobs(self, dispatcher: Dispatcher) -> None:
        assert self.store is not None
        posts = lambda: [*self._bots(), *self.incoming.posts()]  # noqa: E731
        own, tired = dispatcher.world.node, self.incoming.tired
        neighbours = Neighbours(own, self.clock.now(), self._about, posts, tired)
        self._keeper = keeper = Housekeeping(self.store, self.door, dispatcher, self.clock, neighbours)

        async def beat() -> None:
            await keeper.beat()
            for name in self._bots():
                transport = dispatcher.transports[name]
                assert isinstance(transport, Listening)
                await transport.listen(name in neighbours.listens)
            self.incoming.changed()

        async def each_minute() -> None:
            assert self.store is not None
            assert self.files is not None
            self._gone = await self.door.run(look_after, self.files.installation, self.store)
            if self._gone is not None:
                self.stop()
            self._new_day()
            await keeper.each_minute()

        async def first_minute() -> None:
            if shared:
                await beat()
            await each_minute()

        shared = not self.store.embedded
        self.tasks.once("first minute", first_minute)
        self.tasks.once("recount", keeper.recount)
        bulletins = Bulletins(self.store, self.door, dispatcher, self.clock, self._ruled_at)
        self.tasks.once("first bulletin", bulletins.mail_due)  # a schedule rules from now on
        jobs: list[tuple[str, float, Work]] = [
            ("minute", 60, each_minute),
            ("bulletin", 60, bulletins.mail_due),
            ("auditor", 3600, keeper.audit_waiting),
            ("limits", 3600, keeper.audit_limits),
            ("answers", 3600, keeper.forget_answers),
        ]
        for name, seconds, work in [*jobs, *([("beat", BEAT_SECONDS, beat)] if shared else [])]:
            dispatcher.alarm.every(seconds, name, self.tasks.job(name, seconds, work))
        dispatcher.alarm.start()
        self._today = dispatcher.world.today(self.clock.now())

    def _ruled_at(self, at: datetime) -> World:
        """What ruled at an instant, for a bulletin as of then."""
        assert self.store is not None
        assert self.files is not None
        assert self.dispatcher is not None
        return ruled_at(self.store, at, self.dispatcher.world, self.files.installation.ruled_by)

    def _bots(self) -> list[str]:
        """Channels that people answer on."""
        running = self.dispatcher.transports if self.dispatcher is not None else {}
        return [name for name, transport in running.items() if isinstance(transport, Listening)]

    def _holds(self, post: str) -> bool:
        """Whether this node is the one that does this, of those that share the store."""
        assert self.store is not None
        return self.store.embedded or (self._keeper is not None and post in self._keeper.neighbours.listens)

    def _about(self) -> dict[str, Any]:
        """What `alertd nodes` tells of this node."""
        assert self.dispatcher is not None
        behind, ahead = list(self.files.behind if self.files else ()), round(self.clock.ahead, 1)
        return {"mode": str(self.dispatcher.world.mode), "behind": behind, "ahead": ahead}

    def _new_day(self) -> None:
        assert self.dispatcher is not None
        today = self.dispatcher.world.today(self.clock.now())
        if today != self._today:
            self._today = today
            assert self.files is not None
            self.files.ruled()

    def _watchers(self, store: Store, files: Reloading) -> None:
        assert self.dispatcher is not None
        self.tasks.keep("reload", partial(self._reload, files))
        self.tasks.keep("files", partial(self._watch_files, store, files))
        self.tasks.keep("watchdog", self.tasks.watchdog)
        self.tasks.keep("mail-in", self.incoming.run)
        self.heartbeat = Heartbeat(lambda: files.installation.node, self._well, self.clock.now, self._tell)
        self.tasks.keep("heartbeat", self.heartbeat.run)
        told = partial(take_pushed, store, self.dispatcher, self.clock.now)
        behind = Behind(self._pulse, self.dispatcher.poke, told)
        self.pages = Pages(self._pages_wanted, behind, self._tell_failed)
        self.tasks.keep("pages", self.pages.run)
        if not store.embedded:
            self.tasks.keep("listen", partial(self._listen, store))

    async def _listen(self, store: Store) -> None:
        assert self.dispatcher is not None
        loop, poke = asyncio.get_running_loop(), self.dispatcher.poke

        def changed() -> None:
            loop.call_soon_threadsafe(poke)

        changes = self._listen_to(store, changed)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.to_thread(changes.close)

    async def _watch_files(self, store: Store, files: Reloading) -> None:
        assert self.dispatcher is not None
        heard = Heard(committed=self.dispatcher.poke, saved=files.saved)
        await watch_files(files.installation, store, self._watch, heard, files.reader.run)

    async def _reload(self, files: Reloading) -> None:
        assert self.dispatcher is not None

        def taken() -> None:
            if self.pages is not None:
                self.pages.changed()
            self.heartbeat.changed()
            self.incoming.changed()
            if self._keeper is not None:
                self.tasks.once("recount", self._keeper.recount)

        await files.run(self.dispatcher, taken)

    def _pages_wanted(self) -> Wanted:
        """How the files that rule want pages to be served."""
        assert self.files is not None
        assert self.dispatcher is not None
        here, settings = self.files.installation, self.files.installation.node.web.of_daemon
        return Wanted(settings, Begun.of(here, self.dispatcher.renderer.sources), here.environ)

    def _pulse(self) -> Pulse:
        """What the loop says of itself, to whoever asks over the network."""
        assert self.dispatcher is not None
        turned = self.dispatcher.turned
        ago = None if turned is None else self.clock.monotonic() - turned
        return Pulse(tuple(self.tasks.ill()), ago)

    def _well(self) -> bool:
        pulse = self._pulse()
        return pulse.turns and not pulse.ill

    def _hearing(self, channel: str) -> Hearing:
        alone, shelf = self.store is None or self.store.embedded, StoreShelf(channel, self._carry_out)
        return Hearing(channel, self._on_press, self._on_start, self._on_told, alone, shelf)

    async def _on_press(self, pressed: Press) -> str:
        said = await self._carry_out(lambda scope: press(scope, pressed))
        log.info("pressed", channel=pressed.channel, address=pressed.address, data=pressed.data)
        return said

    async def _on_told(self, told: Told) -> None:
        await self._carry_out(lambda scope: take_told(scope, told))

    async def _on_start(self, channel: str, address: str) -> None:
        await self._carry_out(lambda scope: unblock(scope, channel, address))

    async def _carry_out(self, work: Callable[[Scope], T]) -> T:
        """What somebody asks for from outside. Raises NotNow while the store is away or does not answer.

        What was begun goes on, and is not done twice when it is asked for again.
        """
        assert self.store is not None
        assert self.dispatcher is not None
        world, now = self.dispatcher.world, self.clock.now()
        try:
            async with asyncio.timeout(_STORE_PATIENCE):
                done = await self.door.run(self.store.transact, lambda tx: work(Scope(tx, world, now)))
        except StoreError as fault:
            raise NotNow(str(fault)) from fault
        except TimeoutError as slow:
            raise NotNow(f"the store did not answer within {_STORE_PATIENCE:g} s") from slow
        self.dispatcher.poke()
        return done

    async def _tell_failed(self, task: str, detail: str) -> None:
        """Tell the admin of a task that stopped."""
        if self.store is None or self.dispatcher is None:
            return
        await self._tell(TaskFailed(task=task, detail=detail))

    async def _tell(self, topic: Topic) -> None:
        assert self.store is not None
        assert self.dispatcher is not None
        world, now = self.dispatcher.world, self.clock.now()
        await self.door.run(self.store.transact, lambda tx: tell_admin(Scope(tx, world, now), topic))

    async def _say_what_is_held(self, world: World, on_ready: Callable[[World, int], None]) -> None:
        """Counting reads every open deadline, so nothing that is due waits for it."""
        try:
            held = await asyncio.to_thread(self._held)
        except StoreError as fault:
            log.error("not-counted", reason=str(fault))
            return
        sdnotify.status(f"{held} deadlines held")
        log.info("holding", deadlines=held)
        assert self.pages is not None
        await self.pages.tried.wait()
        on_ready(world, held)

    def _held(self) -> int:
        assert self.store is not None
        with self.store.read() as tx:
            return queries.held(tx)
