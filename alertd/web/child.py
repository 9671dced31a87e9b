"""The process that serves the daemon's pages: begun by the daemon, at a place it holds, and ended with it.

Whatever it draws, the loop that sends has an interpreter to itself. It reads what rules in the store; of the
daemon it asks how its loop is, and gives it what providers tell
(docs/decisions/0060-pages-have-a-process.md).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace

import structlog

from alertd import log
from alertd.clock import SharedClock, SystemClock
from alertd.installation import NoRegister, StoreError
from alertd.web.backing import Backing
from alertd.web.begun import Begun
from alertd.web.beside import backing_of
from alertd.web.line import Line, Silent
from alertd.web.pulse import PATIENCE, Pulse
from alertd.web.serving import server_of

#: exit codes (sysexits.h): what is needed is not to be had now; nobody is there to serve for
FAILED, GONE = 75, 69
#: seconds that the daemon may take to record what a provider told; then the provider comes again
_RECORDING = 30.0
#: seconds in which the daemon gives along what is to be served
_BEGINNING = 30.0
#: seconds in which the daemon has heard that something was pressed; it would look by itself, too
_POKING = 30.0


class _Poking:
    """Tells the daemon that something was pressed: once for what was pressed while it is told."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._held = threading.Lock()
        self._telling = self._again = False

    def __call__(self) -> None:
        """From any thread, after the commit."""
        with self._held:
            self._again = True
            if self._telling:
                return
            self._telling = True
        threading.Thread(target=self._tell, name="poking", daemon=True).start()

    def _tell(self) -> None:
        while True:
            with self._held:
                self._telling = self._again
                self._again = False
                if not self._telling:
                    return
            with contextlib.suppress(Silent):
                self._line.ask("acted", _POKING)


class _Daemon:
    """The daemon, as pages know it."""

    def __init__(self, connection: socket.socket) -> None:
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self.line = Line(connection, {"alive": self._alive})
        self.poke = _Poking(self.line)
        threading.Thread(target=self.line.run, name="line", daemon=True).start()

    def begun(self) -> Begun:
        """What it gives along. Raises Silent."""
        return Begun.unpacked(self.line.ask("begun", _BEGINNING))

    def serves(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on this loop serves pages."""
        self._loop.set_result(loop)

    def pulse(self) -> Pulse | None:
        """How the loop that sends is; None where it does not say."""
        try:
            said = self.line.ask("pulse", PATIENCE)
        except Silent:
            return None
        return None if said is None else Pulse(tuple(said["ill"]), said["round_ago"])

    def told(self, channel: str, secret: str, body: bytes) -> bool:
        """Give on what a provider tells. Raises StoreError while it cannot be recorded."""
        packed = base64.b64encode(body).decode()
        try:
            said = self.line.ask("told", _RECORDING, channel=channel, secret=secret, body=packed)
        except Silent as fault:
            raise StoreError(f"the daemon: {fault}") from fault
        if "later" in said:
            raise StoreError(said["later"])
        return bool(said["taken"])

    def _alive(self) -> bool:
        turned = threading.Event()
        self._loop.result().call_soon_threadsafe(turned.set)
        return turned.wait(PATIENCE)


async def _serve(backing: Backing, daemon: _Daemon, listening: socket.socket) -> None:
    server, loop = server_of(backing), asyncio.get_running_loop()

    def end_with_it() -> None:
        daemon.line.await_end()
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(setattr, server, "should_exit", True)

    threading.Thread(target=end_with_it, name="end", daemon=True).start()
    daemon.serves(loop)
    await server.serve(sockets=[listening])


def main(words: list[str], environ: Mapping[str, str]) -> int:
    """`words` are the numbers of the line's and the place's descriptors; its exit code."""
    connection, listening = (socket.socket(fileno=int(each)) for each in words)
    daemon = _Daemon(connection)
    try:
        installation = daemon.begun().installation(environ)
    except Silent:
        return GONE
    node = installation.node
    log.configure(node.log_level, node.log_format, environ, node.zone)
    try:
        if not installation.has_store():
            raise StoreError("there is no store")  # opening one would make it
        with contextlib.closing(installation.open_store(upgrade=False)) as store:
            backing = backing_of(installation, store, SharedClock(SystemClock()))
            backing = replace(backing, done=daemon.poke, pulse=daemon.pulse, told=daemon.told)
            asyncio.run(_serve(backing, daemon, listening))
    except (StoreError, NoRegister) as fault:
        structlog.get_logger("alertd.web").error("pages-not-begun", reason=str(fault))
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
