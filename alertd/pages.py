"""The daemon's pages: the place they are served at, and the process that serves them there.

The place is the daemon's own, so that nobody who calls is refused while one process follows another. A place
that is not to be had, and a process that ends, hangs or does not begin, are no reason for the daemon to stop:
the deadlines are what it is for. It is logged, the admin is told, and it is tried again.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from alertd.config.web_shapes import Address, WebSettings
from alertd.store.errors import StoreError
from alertd.web.begun import Begun
from alertd.web.line import Line, Silent
from alertd.web.place import ENDING, listening_at
from alertd.web.pulse import Pulse, asking

log = structlog.get_logger("alertd.pages")

#: seconds in which a process serves after its beginning, and answers later whether it does
_BEGINNING, _ANSWERING = 120.0, 30.0
#: it is asked that again after so many seconds; a place that was not to be had is tried again
_LOOK, _TRY = 30.0, 5.0
#: seconds between an end and a new beginning, twice as long each time, until one has lasted
_PAUSE, _LONGEST_PAUSE, _STEADY = 1.0, 60.0, 60.0
#: of the daemon's own; whoever runs below it must not say in its name that it is ready or lives
_SYSTEMD = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How pages are to be served, by which files, and the environment of the process that does it."""

    settings: WebSettings
    begun: Begun
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Behind:
    """What the process that serves asks of the daemon. `pulse` and `poke` are called in its loop, `told` from
    any thread; that one is False for a channel or a secret that there is not, and raises StoreError.
    """

    pulse: Callable[[], Pulse]
    poke: Callable[[], None]
    told: Callable[[str, str, bytes], bool]


class PagesFailed(Exception):
    """No pages are served though they are to be."""


class Pages:
    """`run` is a task of the daemon's loop. `failed` tells the admin: a task's name, and why in one line."""

    def __init__(
        self, wanted: Callable[[], Wanted], behind: Behind, failed: Callable[[str, str], Awaitable[None]]
    ) -> None:
        self.tried = asyncio.Event()  # whether pages are served, or will not be for now, is known
        self._wanted, self._behind, self._failed = wanted, behind, failed
        self._due = asyncio.Event()
        self._place: tuple[Address, socket.socket] | None = None
        self._refused = ""  # why the place was not to be had, as it was logged
        self._child: _Child | None = None
        self._ending = False

    @property
    def serves(self) -> bool:
        """Whether pages are to be had."""
        return self._child is not None and not self._child.ended

    def changed(self) -> None:
        """Another file may rule: look at what is wanted."""
        self._due.set()

    def wind_up(self) -> None:
        """From now on a process that ends has ended, and none begins."""
        self._ending = True
        self._due.set()

    async def run(self) -> None:
        """Serve as the files say, until `wind_up`: anew, elsewhere, once more, or no longer."""
        pause, now = _PAUSE, asyncio.get_running_loop().time
        while not self._ending:
            self._due.clear()
            began = float("inf")
            try:
                await self._follow()
                self.tried.set()
                began = now()
                await self._watch()
                pause = _PAUSE
            except PagesFailed as fault:
                self.tried.set()
                pause = _PAUSE if now() - began >= _STEADY else pause
                await asyncio.sleep(_PAUSE)  # what ends with the daemon is no failure
                if not self._ending:
                    log.error("pages-failed", reason=str(fault))
                    await self._failed("pages", str(fault))
                await asyncio.sleep(pause - _PAUSE)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def stop(self) -> None:
        """Let requests under way end, and give the place back."""
        self._ending = True
        await self._leave()

    async def _follow(self) -> None:
        wanted = self._wanted()
        listen = wanted.settings.listen
        if self._place is not None and self._place[0] != listen:
            await self._leave()
        if listen is None or not self._take(listen):
            return
        if self._child is None or self._child.begun != wanted.begun:
            await self._begin(wanted, listen)

    async def _watch(self) -> None:
        """Until another file may rule. Raises PagesFailed when the process ends or hangs."""
        while not self._due.is_set():
            child = self._child
            seconds = _LOOK if child else _TRY if self._refused else None
            waiting: list[asyncio.Task[Any]] = [asyncio.create_task(self._due.wait())]
            if child is not None:
                waiting.append(asyncio.create_task(child.process.wait()))
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            if child is None:
                return
            if child.ended or not await child.alive(_ANSWERING):
                self._child = None
                raise PagesFailed(await child.end())

    def _take(self, listen: Address) -> bool:
        if self._place is not None:
            return True
        try:
            self._place = listen, listening_at(listen)
        except OSError as fault:
            said = fault.strerror or str(fault)
            if said != self._refused:
                log.error("pages-not-served", listen=listen.url, reason=said)
            self._refused = said
            return False
        self._refused = ""
        return True

    async def _begin(self, wanted: Wanted, listen: Address) -> None:
        """A process, at the place of the one before it, which ends when the new one serves."""
        assert self._place is not None
        child = await _Child.begin(wanted, self._place[1], self._behind)
        try:
            serves = await child.alive(_BEGINNING)
        except asyncio.CancelledError:
            await child.end()
            raise
        if not serves:
            raise PagesFailed(await child.end())
        before, self._child = self._child, child
        log.info("pages-served", listen=listen.url)
        if before is not None:
            await before.end()

    async def _leave(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.end()
        if self._place is not None:
            self._place[1].close()
        self._place, self._refused = None, ""


class _Child:
    """A process that serves pages, or did."""

    def __init__(self, process: asyncio.subprocess.Process, line: Line, begun: Begun) -> None:
        self.process, self._line, self.begun = process, line, begun
        self._silent = False  # it lives and did not answer

    @classmethod
    async def begin(cls, wanted: Wanted, listening: socket.socket, behind: Behind) -> _Child:
        """Begin a process of this program. Raises PagesFailed where the machine lets none begin."""
        ours, theirs = socket.socketpair()
        handed = theirs.fileno(), listening.fileno()
        words = (sys.executable, "-P", "-m", "alertd.web.child", *map(str, handed))
        environ = {name: value for name, value in wanted.environ.items() if name not in _SYSTEMD}
        try:
            # a group of its own: Ctrl-C in a terminal is for the daemon, which lets it end in order
            process = await asyncio.create_subprocess_exec(
                *words, stdin=asyncio.subprocess.DEVNULL, env=environ, pass_fds=handed, process_group=0
            )
        except OSError as fault:
            ours.close()
            raise PagesFailed(fault.strerror or str(fault)) from fault
        finally:
            theirs.close()
        line = Line(ours, _answers(wanted.begun, behind))
        threading.Thread(target=line.run, name="pages", daemon=True).start()
        return cls(process, line, wanted.begun)

    @property
    def ended(self) -> bool:
        return self.process.returncode is not None

    async def alive(self, seconds: float) -> bool:
        """Whether its loop turns, within so many seconds."""
        try:
            answered = bool(await asyncio.to_thread(self._line.ask, "alive", seconds))
            self._silent = not answered
        except Silent as fault:
            answered, self._silent = False, isinstance(fault.__cause__, TimeoutError)
        return answered

    async def end(self) -> str:
        """Let requests under way end, or end it; how it ended, in one line."""
        self._line.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * ENDING):
                await self.process.wait()
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        code = self.process.returncode or 0
        if self._silent:
            return "the process of the pages did not answer"
        said = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the process of the pages ended: {said}"


def _answers(begun: Begun, behind: Behind) -> dict[str, Callable[..., Any]]:
    loop = asyncio.get_running_loop()
    pulse = asking(loop, behind.pulse)

    def how() -> dict[str, Any] | None:
        found = pulse()
        return None if found is None else {"ill": list(found.ill), "round_ago": found.round_ago}

    def told(channel: str, secret: str, body: str) -> dict[str, Any]:
        try:
            return {"taken": behind.told(channel, secret, base64.b64decode(body))}
        except StoreError as fault:
            return {"later": str(fault)}

    def acted() -> None:
        loop.call_soon_threadsafe(behind.poke)

    return {"begun": begun.packed, "pulse": how, "told": told, "acted": acted}
