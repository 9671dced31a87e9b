"""One machine with a daemon, which crashes, loses power, stalls, and is started again as systemd does."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import math
import random
import types
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from watchfiles import Change

from alertd.config.secret import SecretMissing
from alertd.engine.planning.reconciler import NoRegister
from alertd.installation import ConfigFaulty, Installation
from alertd.service import Service
from alertd.store.database import Store
from alertd.store.errors import StoreError
from tests.simulation.disk import Disk, keep_files, put_back
from tests.simulation.loop import PROCESS, WORLD, Process, SimulatedClock, SimulatedLoop
from tests.simulation.places import Crash, Places
from tests.simulation.server import Database

#: why a daemon or a command does not start: a store or a file that cannot be used
UNUSABLE = (StoreError, NoRegister, ConfigFaulty, SecretMissing)
#: seconds until systemd starts the daemon again
RESTART = 5.0
#: seconds without a sign of life after which systemd ends the daemon (WatchdogSec)
WATCHDOG = 60.0
#: seconds until whoever listens to a server that was away does so again
RECONNECT = 3.0
#: seconds until a saved file is heard of, and until the changes of a moment are gathered
GATHER = 0.5


@dataclass(frozen=True, slots=True)
class Death:
    """One end of a daemon: when, where it was, and with how many attempts in flight at the most."""

    at: float
    where: str
    power: bool


class Machine:
    """Runs the real daemon on its own clocks, files and store; keeps what became of it."""

    def __init__(
        self, loop: SimulatedLoop, name: str, folder: Path, environ: Mapping[str, str], chance: random.Random
    ) -> None:
        self.loop, self.name, self.folder, self.environ = loop, name, folder, environ
        self.chance = chance
        self.clock = SimulatedClock(loop)
        self.process: Process | None = None
        self.service: Service | None = None
        self.deaths: list[Death] = []
        self.refusals: list[str] = []
        self.starts = 0
        self.started_at = self.alive_at = self.reached_at = 0.0
        self.hangs = False
        self.wanted = True
        self.ended = asyncio.Event()
        self._watchers: list[asyncio.Queue[set[tuple[Change, str]]]] = []
        self._listeners: list[tuple[Process | None, Callable[[], None]]] = []
        self.on_commit: Callable[[Machine, str, bool, bool], None] = lambda machine, *what: None
        self.on_crash: Callable[[bool], None] = lambda power: None
        #: where it was and crashed, and the crashes to come
        self.places = Places()
        self.at_awaits: list[Crash] = []
        self.at_commits: list[Crash] = []
        self.away = self.full = self.moved = False
        self.slow = 0.0
        #: the server its store is on, if it is on one, and by what chance its transactions overlap
        self.database: Database | None = None
        self.overlap = chance
        self._graveyard: list[Any] = []

    # ------------------------------------------------------------ its life

    def start(self) -> None:
        """Switch the daemon on; it is started again until `stop`."""
        self.starts += 1
        self.started_at = self.loop.time()
        process = self.process = Process(f"{self.name}.{self.starts}", self.clock)
        process.disk = disk = Disk(process, self.away, self.full)
        disk.database, disk.chance, disk.slow = self.database, self.overlap, self.slow
        disk.at_commit = lambda site: self.places.at_commit(self.at_commits, site)
        process.crashes_at = lambda handle: self.places.at_await(self.at_awaits, handle)
        process.on_crash = self.crash
        disk.utc = lambda: self.loop.utc
        disk.on_commit = lambda *what: self.on_commit(self, *what)
        self.alive_at = self.loop.time()
        self.loop.call_later(WATCHDOG, self._watch_over, process, context=WORLD)
        context = contextvars.Context()
        context.run(PROCESS.set, process)
        self.loop.create_task(self._live(process), context=context, name=process.name)

    async def _live(self, process: Process) -> None:
        try:
            found = Installation.find(str(self.folder), self.environ, self.folder, process.name)
            self.service = service = Service(found, self.clock, self._watch, self._listen)
            await service.run()
        except UNUSABLE as fault:
            self.refusals.append(f"{type(fault).__name__}: {fault}")
        process.disk.close()
        process.alive, process.died_at = False, self.loop.time()
        self.ended.set()
        if self.wanted:
            self.loop.call_later(RESTART * (1 + self.chance.random()), self._again, context=WORLD)

    def _again(self) -> None:
        if self.wanted and (self.process is None or not self.process.alive):
            self.start()

    def alive(self) -> None:
        """Its daemon says that all its tasks live."""
        self.alive_at = self.loop.time()

    def _watch_over(self, process: Process) -> None:
        """End a daemon that has not called itself alive for too long. A machine that stalls ends nothing."""
        if not process.alive:
            return
        since = max(self.alive_at, 0.0 if self.hangs else process.stalled_until)
        left = since + WATCHDOG - self.loop.time()
        if left <= 0:
            self.hangs = False
            self.crash("by the watchdog")
            return
        self.loop.call_later(left, self._watch_over, process, context=WORLD)

    def leapt(self, seconds: float) -> None:
        """Time leapt: meanwhile everything went on, and showed that it did."""
        self.alive_at += seconds
        if self.service is not None:
            for task in self.service.tasks._tasks.values():
                task.seen += seconds

    def hang(self) -> None:
        """Its daemon does nothing any more, until systemd ends it."""
        if self.runs and self.process is not None:
            self.hangs = True
            self.process.stall(self.loop.time(), self.loop.time() + 10 * WATCHDOG)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.alive

    @property
    def reaches_store(self) -> bool:
        return not (self.away or self.moved)

    @property
    def has_store(self) -> bool:
        """Whether it can read and write its store."""
        return self.reaches_store and not self.full

    @property
    def store_path(self) -> Path | None:
        """The file of the store that its daemon has open, None for a server."""
        stores = self.process.disk.stores if self.process is not None else ()
        return next((store.path for store in stores if store.path is not None), None)

    def heal(self) -> None:
        """Its clocks are right, and nothing more befalls it."""
        self.clock.offset = timedelta(0)
        self.clock.wake()
        self.at_awaits.clear()
        self.at_commits.clear()
        if self.process is not None:
            self.process.stalled_until = min(self.process.stalled_until, self.loop.time())
            self.loop.resume(self.process)
            self.process.disk.at_statement = lambda statement: ""

    @property
    def at_rest(self) -> bool:
        """Whether it runs and sends nothing just now."""
        dispatcher = self.service.dispatcher if self.service is not None else None
        return self.runs and dispatcher is not None and not dispatcher._senders

    @property
    def steady_since(self) -> float:
        """Since when it has run without a stall and with its store, in seconds of the loop.

        While it stalls that lies ahead.
        """
        stalled = self.process.stalled_until if self.process is not None else 0.0
        return max(self.started_at, self.reached_at, stalled)

    def crash(self, where: str = "from outside", power: bool = False, lingers: float = 0.0) -> None:
        """The process ends at once, as by SIGKILL; with `power`, what was not on the disk is lost too.

        A server holds the locks of a session that ended without a word for as long as it `lingers`.
        """
        process = self.process
        if process is None or not process.alive:
            return
        process.alive, process.died_at = False, self.loop.time()
        self.deaths.append(Death(self.loop.time(), where, power))
        self._graveyard.append((process, self.service))
        self.loop.network.reset(process, lambda context: context.get(PROCESS))
        disk: Disk = process.disk
        path = self.store_path
        kept = keep_files(path, disk.durable if power else None) if path is not None else []
        disk.close()
        if path is not None:
            put_back(path, kept)
        if lingers:
            self.loop.call_later(lingers, disk.cut, context=WORLD)
        else:
            disk.cut()
        self.on_crash(power)
        self._watchers.clear()
        self._listeners.clear()
        self.service = None
        self.loop.call_later(RESTART * (1 + self.chance.random()), self._again, context=WORLD)

    def move_store(self, away: bool) -> None:
        """Let its database lie somewhere else, or in its place again."""
        folder, aside = self.folder / "var", self.folder / "aside-var"
        aside.mkdir(exist_ok=True)
        source, target = (folder, aside) if away else (aside, folder)
        for path in source.glob("alertd.db*"):
            path.replace(target / path.name)
        self.moved, self.reached_at = away, self.loop.time()

    def reach(self, away: bool) -> None:
        """Cut it off from its store, or let it reach that again and hear what was committed meanwhile."""
        now = self.loop.time()
        self.away, self.reached_at = away, now
        disk: Disk | None = self.process.disk if self.process is not None else None
        if disk is None or self.process is None:
            return
        hindered = self.process.hindered
        if away:
            hindered.append((now, math.inf))
        else:
            hindered[:] = [(since, min(until, now)) for since, until in hindered]
        disk.away = away
        if self.database is None:
            return
        if away:
            disk.cut()
        else:
            self.loop.call_later(RECONNECT * self.chance.random(), self.committed_elsewhere, context=WORLD)

    async def stop(self) -> None:
        """End the daemon in order, and for good."""
        self.wanted = False
        if self.service is not None and self.runs:
            self.service.stop()
            await self.ended.wait()

    # ------------------------------------------------------------ what it hears of its machine

    def saved(self, path: Path) -> None:
        """A file was saved, removed or moved; the daemon hears of it a little later."""
        for queue in self._watchers:
            queue.put_nowait({(Change.modified, str(path))})

    def committed_elsewhere(self) -> None:
        """Another process committed to the store."""
        for process, listener in self._listeners:
            if not self.away and (process is None or process.alive):
                self.loop.call_later(self.chance.random() * 0.05, listener, context=WORLD)
        if (
            self.service is not None
            and self.service.store is not None
            and self.service.store.path is not None
        ):
            self.saved(Path(f"{self.service.store.path}-wal"))

    async def _watch(self, *places: Path, watch_filter: Any, **_: Any) -> AsyncIterator[Any]:
        queue: asyncio.Queue[set[tuple[Change, str]]] = asyncio.Queue()
        self._watchers.append(queue)
        while True:
            changes = await queue.get()
            await asyncio.sleep(GATHER * (0.5 + self.chance.random()))
            while not queue.empty():
                changes |= queue.get_nowait()
            wanted = {(change, path) for change, path in changes if watch_filter(change, path)}
            if wanted:
                yield wanted

    def _listen(self, store: Store, changed: Callable[[], None]) -> Any:
        entry = (PROCESS.get(), changed)
        self._listeners.append(entry)
        changed()

        def close() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(entry)

        return types.SimpleNamespace(close=close)
