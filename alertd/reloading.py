"""From saved files to what rules in the running daemon: when they are read, where, and what follows.

A file is taken when it has stood still, since whoever writes one may be half through. Files are read on a
thread of their own, since a file system may hang; nothing else waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection

from alertd import sdnotify
from alertd.clock import Clock
from alertd.config.faults import Fault
from alertd.config.secret import SecretMissing
from alertd.core.abilities import INBOX
from alertd.engine.notify.admin import mended, tell_admin
from alertd.engine.notify.topics import FilesFaulty
from alertd.engine.planning.reconciler import NoRegister, Reconciled
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.installation import Installation, Look, build_transport
from alertd.messages.render import Renderer
from alertd.store.database import Store
from alertd.store.errors import StoreError
from alertd.transports.base import Transport
from alertd.transports.inbox import InboxTransport
from alertd.transports.registered import Hearing

log = structlog.get_logger("alertd.reloading")
P = ParamSpec("P")
T = TypeVar("T")

#: for so many seconds nothing may have been written before files are taken: an editor writes a file within a
#: fraction of one, copying over a slow line pauses for one or two, and nobody waits longer for what was saved
STILL = 3.0
#: after so many seconds of writing again and again what lies there is taken as it is
LONGEST = 30.0
#: files that do not answer within so many seconds are looked at later
ANSWER = 20.0
#: a reload is made again after so many seconds where the store was away, and where files did not answer
STORE_PAUSE, FILES_PAUSE = 10.0, 60.0


#: the threads on which files are read
THREAD = "files"


class Hanging(Exception):
    """The files do not answer."""

    def __init__(self) -> None:
        super().__init__("the files do not answer")


class _Thread(Executor):
    """Each piece of work on a thread that ends with the process, however long the work still takes."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as fault:
                future.set_exception(fault)

        threading.Thread(target=work, name=THREAD, daemon=True).start()
        return future


class Reader:
    """`await reader.run(function, ...)` runs what reads files on a thread of its own, for a bounded time."""

    def __init__(self, seconds: float = ANSWER) -> None:
        self._seconds = seconds
        self._thread = _Thread()
        self._hanging: set[asyncio.Future[Any]] = set()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` gives. Raises Hanging, also at once while what was begun before still hangs."""
        if self._hanging:
            raise Hanging
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._thread, partial(work, *args, **kwargs))
        done, _ = await asyncio.wait({reading}, timeout=self._seconds)
        if done:
            return reading.result()
        self._hanging.add(reading)
        reading.add_done_callback(self._answered)
        raise Hanging

    def _answered(self, reading: asyncio.Future[Any]) -> None:
        self._hanging.discard(reading)
        reading.exception()  # nobody asks for it any more


@dataclass(frozen=True, slots=True)
class Taken:
    """What rules from now on, and the words of the faults there are outside schedules/."""

    found: Reconciled
    world: World
    renderer: Renderer
    faults: list[str]


class Reloading:
    """Keeps what rules on this node: `installation`, and in the dispatcher world, renderer and transports."""

    def __init__(
        self,
        installation: Installation,
        store: Store,
        door: Door,
        clock: Clock,
        hearing: Callable[[str], Hearing],
    ) -> None:
        self.installation = installation
        self.behind: tuple[str, ...] = ()
        self.reader = Reader()
        self._store, self._door, self._clock, self._hearing = store, door, clock, hearing
        self._woken = asyncio.Event()
        self._saved = self._asked = self._ruled = False
        self._seen: Look | None = None  # what lay there a moment ago, and has not stood still for long enough
        self._since = 0.0
        self._made: dict[str, tuple[str, Mapping[str, Any]]] = {}  # of what each transport that runs was made

    # ------------------------------------------------------------ what may happen, from the loop's own thread

    def saved(self) -> None:
        """Files were saved: take them when they have stood still."""
        self._saved = True
        self._woken.set()

    def asked(self) -> None:
        """Somebody asks for the files to be read now."""
        self._asked = True
        self._woken.set()

    def ruled(self) -> None:
        """What rules was changed in the store, or a new day has begun."""
        self._ruled = self._saved = True
        self._woken.set()

    # ------------------------------------------------------------ starting, and going on

    async def begin(self) -> Taken:
        """What rules at the start. Raises StoreError and NoRegister."""
        self.installation = await self._door.run(self.installation.settled, self._store)
        try:
            return await self._take(await self._look())
        except Hanging:
            found = await self._door.run(self.installation.what_rules, self._store, self._clock.now())
            asyncio.get_running_loop().call_later(FILES_PAUSE, self.saved)
            assert found.world is not None
            return Taken(found, found.world, Renderer(), [self._no_answer()])

    async def run(self, dispatcher: Dispatcher, taken: Callable[[], None]) -> None:
        """For ever: let what was saved rule; `taken` is called after each time."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), STILL if self._seen else None)
            self._woken.clear()
            try:
                if self._ruled:
                    self._ruled = False
                    await self._rule_anew(dispatcher)
                    taken()
                elif look := await self._wanted():
                    await self._reload(dispatcher, look)
                    taken()
            except (StoreError, NoRegister, Hanging) as fault:
                log.error("reload-failed", reason=str(fault))
                await self._put_off(dispatcher, fault)
            if self._saved:
                self._woken.set()

    async def _wanted(self) -> Look | None:
        """What is to rule: what has stood still, what is written again and again, what somebody asks for."""
        saved, asked = self._saved, self._asked
        self._saved = self._asked = False
        now = self._clock.monotonic()
        if not asked and not saved and self._seen is None:
            return None
        look, before = await self._look(), self._seen
        self._since = now if before is None else self._since
        still = before is not None and not saved and look.like(before)
        if asked or still or now - self._since >= LONGEST:
            self._seen = None
            return look
        self._seen = look
        return None

    async def _look(self) -> Look:
        memory = await self._door.run(self.installation.remembered, self._store)
        return await self.reader.run(self.installation.look, memory)

    async def _put_off(self, dispatcher: Dispatcher, fault: Exception) -> None:
        self._seen = None
        if isinstance(fault, Hanging):
            with contextlib.suppress(StoreError):
                await self.tell(dispatcher.world, [self._no_answer()])
        if not isinstance(fault, NoRegister):  # what was saved rules as soon as that is over
            pause = STORE_PAUSE if isinstance(fault, StoreError) else FILES_PAUSE
            asyncio.get_running_loop().call_later(pause, self.ruled)

    # ------------------------------------------------------------ letting files rule

    async def _rule_anew(self, dispatcher: Dispatcher) -> None:
        """What was released, applied by another node, or has come near rules at once."""
        found = await self._door.run(self.installation.what_rules, self._store, self._clock.now())
        assert found.world is not None  # or NoRegister
        dispatcher.world, dispatcher.applied = found.world, found.number
        dispatcher.poke()

    async def _take(self, look: Look) -> Taken:
        """Let what was read rule, as far as it may by itself; what has faults keeps its last good content."""
        here = look.installation
        found = await self._door.run(here.reconcile, self._store, self._clock.now(), look.files)
        if found.world is None:
            raise NoRegister(found.faults)
        self.installation = here
        if found.behind and found.behind != self.behind:
            log.warning("older-than-what-rules", files=list(found.behind))
        self.behind = found.behind
        faults = [here.fault_text(fault) for fault in here.faults]
        return Taken(found, found.world, look.renderer, faults + [each.text for each in look.templates])

    async def _reload(self, dispatcher: Dispatcher, look: Look) -> None:
        sdnotify.reloading()
        try:
            before = self.installation.node.channels
            taken = await self._take(look)
            faults = taken.faults
            if look.installation.node.channels != before:
                running = dispatcher.transports
                dispatcher.transports, more = await self.start_transports(taken.world, running)
                faults = faults + more
                await stop_all(
                    each for name, each in running.items() if dispatcher.transports.get(name) is not each
                )
            dispatcher.renderer = taken.renderer
            dispatcher.world, dispatcher.applied = taken.world, taken.found.number
            await self.tell(taken.world, faults)
            dispatcher.poke()
            found = taken.found
            waits = bool(found.held) or bool(look.installation.loaded.waiting)
            log.info("reloaded", faults=len(found.faults), files=list(found.changed_files), held=waits)
        finally:
            sdnotify.ready()

    async def start_transports(
        self, world: World, running: Mapping[str, Transport]
    ) -> tuple[dict[str, Transport], list[str]]:
        """Start every enabled channel. One that cannot be built is reported, and goes on as it ran.

        So does one whose settings and secrets stand: a transport that is made anew has forgotten that its
        provider is silent.
        """
        started: dict[str, Transport] = {INBOX: running.get(INBOX) or InboxTransport()}
        faults: list[str] = []
        for name in world.channels:
            try:
                channel = self.installation.node.channels[name]
                options = await self.reader.run(channel.settings.options)
                made = channel.transport, options
                if name in running and self._made.get(name) == made:
                    started[name] = running[name]
                    continue
                transport = await self.reader.run(build_transport, channel, self._hearing(name), options)
                await transport.start()
            except SecretMissing as missing:
                faults.append(self.installation.fault_text(missing.fault))
            except (ValueError, Hanging) as fault:
                faults.append(f"channels/{name}.toml: {fault}")
            else:
                started[name], self._made[name] = transport, made
                continue
            if name in running:
                started[name] = running[name]
        return started, faults

    async def tell(self, world: World, lines: Sequence[str]) -> None:
        """Tell the admin of faults outside schedules/; there are no others. Raises StoreError."""
        for line in lines:
            log.warning("fault", text=line)
        where, now = f"settings.{self.installation.folder_name}", self._clock.now()

        def work(tx: Connection) -> None:
            mended(Scope(tx, world, now), FilesFaulty, where, lines)
            tell_admin(Scope(tx, world, now), *(FilesFaulty(where=where, fault=line) for line in lines))

        await self._door.run(self._store.transact, work)

    def _no_answer(self) -> str:
        """That the files do not answer, as a fault of the folder."""
        node = self.installation.node
        reason = {"reason": os.strerror(errno.ETIMEDOUT)}
        return self.installation.fault_text(Fault(f"{node.folder.name}/", 1, 1, "unreadable", reason))


async def stop_all(transports: Iterable[Transport]) -> None:
    """Stop what nothing is sent over any more; one that does not end is left to itself."""
    for transport in transports:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(transport.stop(), 10)
