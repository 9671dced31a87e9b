"""A server that does on each connection exactly what a test says, right or wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

#: what every greeted client is offered; the tests run with and without command pipelining (RFC 2920)
extensions: list[str] = []


class Peer:
    """One connection, as the script sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lines: list[str]) -> None:
        self._reader, self._writer, self._lines = reader, writer, lines

    async def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self._writer.write(line if isinstance(line, bytes) else line.encode() + b"\r\n")
        await self._writer.drain()

    async def hear(self) -> str:
        """The next line; "" when the client is gone. Everything heard is kept in the server's `lines`."""
        line = (await self._reader.readline()).decode().rstrip("\r\n")
        if line:
            self._lines.append(line)
        return line

    async def answer(self, *replies: str | bytes) -> None:
        """Hears one line and answers it, for each reply."""
        for reply in replies:
            await self.hear()
            await self.say(reply)

    async def greet(self) -> None:
        await self.say("220 scripted.example.org ESMTP")
        await self.hear()
        *first, last = ["scripted.example.org", *extensions]
        await self.say(*(f"250-{line}" for line in first), f"250 {last}")

    async def message(self) -> bytes:
        """Everything up to the line with the single dot."""
        lines: list[bytes] = []
        while not lines or lines[-1] != b".\r\n":
            lines.append(
                await self._reader.readline()
            )  # by lines: a whole message may be beyond the reader's limit
            if not lines[-1]:
                raise ConnectionResetError("the client left in the middle of a message")
        return b"".join(lines)

    async def silence(self) -> None:
        """Answers nothing until the client has gone."""
        while await self._reader.read(65536):
            pass


Script = Callable[[Peer], Awaitable[None]]


class ScriptedServer:
    """Runs `scripts` one after the other, one for each connection; the last one for all that follow."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = scripts
        self._listener: asyncio.Server | None = None
        self._running: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0
        self.lines: list[str] = []
        self.errors: list[BaseException] = []

    async def __aenter__(self) -> ScriptedServer:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._listener is not None
        self._listener.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self.errors:
            raise self.errors[0]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        script = self._scripts[min(self.connections, len(self._scripts) - 1)]
        self.connections += 1
        try:
            await script(Peer(reader, writer, self.lines))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client, or the test, is done with it
        except Exception as error:  # a mistake in the script must fail the test
            self.errors.append(error)
        finally:
            writer.close()
            self._running.discard(task)
