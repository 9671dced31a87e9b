"""One machine with a daemon, which crashes, loses power, stalls, and is started again as systemd does."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
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

#: seconds until systemd starts the daemon again
RESTART = 5.0
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
        self.started_at = 0.0
        self.wanted = True
        self.ended = asyncio.Event()
        self._watchers: list[asyncio.Queue[set[tuple[Change, str]]]] = []
        self._listeners: list[tuple[Process | None, Callable[[], None]]] = []
        self.on_commit: Callable[[Machine, bool], None] = lambda machine, wakes: None
        self.on_crash: Callable[[bool], None] = lambda power: None
        self.away = self.full = False
        self._graveyard: list[Any] = []

    # ------------------------------------------------------------ its life

    def start(self) -> None:
        """Switch the daemon on; it is started again until `stop`."""
        self.starts += 1
        self.started_at = self.loop.time()
        process = self.process = Process(f"{self.name}.{self.starts}", self.clock)
        process.disk = disk = Disk(process, self.away, self.full)
        process.on_crash = self.crash
        disk.utc = lambda: self.loop.utc
        disk.on_commit = lambda wakes: self.on_commit(self, wakes)
        context = contextvars.Context()
        context.run(PROCESS.set, process)
        self.loop.create_task(self._live(process), context=context, name=process.name)

    async def _live(self, process: Process) -> None:
        try:
            found = Installation.find(str(self.folder), self.environ, self.folder, process.name)
            self.service = service = Service(found, self.clock, self._watch, self._listen)
            await service.run()
        except (StoreError, NoRegister, ConfigFaulty, SecretMissing) as fault:
            self.refusals.append(f"{type(fault).__name__}: {fault}")
        process.disk.close()
        process.alive, process.died_at = False, self.loop.time()
        self.ended.set()
        if self.wanted:
            self.loop.call_later(RESTART * (1 + self.chance.random()), self._again, context=WORLD)

    def _again(self) -> None:
        if self.wanted and (self.process is None or not self.process.alive):
            self.start()

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.alive

    @property
    def store_path(self) -> Path | None:
        """The file of the store that its daemon has open, None for a server."""
        stores = self.process.disk.stores if self.process is not None else ()
        return next((store.path for store in stores if store.path is not None), None)

    def heal(self) -> None:
        """Its clocks are right, and nothing more befalls it."""
        self.clock.offset = timedelta(0)
        if self.process is not None:
            self.process.stalled_until = min(self.process.stalled_until, self.loop.time())
            self.loop.resume(self.process)
            self.process.crashes_at = lambda step: False
            self.process.disk.at_commit = lambda commit: ""

    @property
    def at_rest(self) -> bool:
        """Whether it runs and sends nothing just now."""
        dispatcher = self.service.dispatcher if self.service is not None else None
        return self.runs and dispatcher is not None and not dispatcher._senders

    @property
    def steady_since(self) -> float:
        """Since when it has run without a stall, in seconds of the loop; in the future while it stalls."""
        return max(self.started_at, self.process.stalled_until if self.process is not None else 0.0)

    def crash(self, where: str = "from outside", power: bool = False) -> None:
        """The process ends at once, as by SIGKILL; with `power`, what was not on the disk is lost too."""
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
        self.on_crash(power)
        self._watchers.clear()
        self._listeners.clear()
        self.service = None
        self.loop.call_later(RESTART * (1 + self.chance.random()), self._again, context=WORLD)

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
            if process is None or process.alive:
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
