"""A few kept connections, lent to one attempt at a time."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

from aiosmtplib import SMTP

from .connection import Connection
from .options import EmailOptions
from .outcome import Progress, SessionFault, Stage

#: Seconds after which an unused connection is closed. RFC 5321 section 4.5.3.2.7 lets a server wait five
#: minutes, but firewalls forget a silent connection sooner, and a forgotten one hangs instead of failing.
IDLE_SECONDS = 30.0
#: Seconds a server gets to answer our good-byes when the daemon stops.
GOODBYE_SECONDS = 1.0


class Pool:
    """At most `options.connections` connections; the last one used is the first one lent again."""

    def __init__(self, options: EmailOptions) -> None:
        self._options = options
        self._free = asyncio.Semaphore(options.connections)
        self._idle: list[Connection] = []
        self._context: ssl.SSLContext | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    async def take(self, progress: Progress, fresh: bool = False) -> Connection:
        """Lends a connection; `fresh` after a kept one has failed: the others kept are as old, and go too.

        Every connection taken must be given back. Raises what `Connection.open` raises.
        """
        progress.stage = Stage.WAITING
        await self._free.acquire()
        try:
            while self._idle:
                connection = self._idle.pop()
                if connection.usable and not fresh:
                    return connection
                connection.abort()
            return await self._open(progress)
        except BaseException:
            self._free.release()
            raise

    def give_back(self, connection: Connection) -> None:
        self._free.release()
        if self._closed or not connection.usable:
            connection.abort()
            return
        loop = asyncio.get_running_loop()
        connection.used = True
        connection.idle_since = loop.time()
        self._idle.append(connection)
        if self._sweeper is None:
            self._sweeper = loop.call_later(IDLE_SECONDS, self._sweep)

    async def close(self) -> None:
        """Says good-bye on all idle connections; never takes longer than a second."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        idle, self._idle = self._idle, []
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await asyncio.gather(*(connection.quit() for connection in idle))
        for connection in idle:
            connection.abort()
        await asyncio.sleep(0)  # an aborted transport is closed in the loop's next turn

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in self._idle:
            if connection.idle_since + IDLE_SECONDS <= now:  # as it was added up for the alarm, see below
                connection.abort()
        self._idle = [connection for connection in self._idle if connection.usable]
        self._sweeper = None
        if self._idle:
            next_at = min(connection.idle_since for connection in self._idle) + IDLE_SECONDS
            self._sweeper = loop.call_at(next_at, self._sweep)

    async def _open(self, progress: Progress) -> Connection:
        options = self._options
        context = await self._tls_context()
        # No time-outs in here: one clock, the transport's, runs over the whole attempt.
        client = SMTP(
            hostname=options.host,
            port=options.port,
            use_tls=options.security == "tls",
            start_tls=False,
            tls_context=context,
            local_hostname="localhost",
            timeout=None,
        )
        connection = Connection(client)
        try:
            await connection.open(options, context, progress)
        except BaseException:
            connection.abort()
            self._context = None  # the authority's certificate may have been renewed, in the same file
            raise
        return connection

    async def _tls_context(self) -> ssl.SSLContext | None:
        if self._context is None and self._options.security != "none":
            ca_file = self._options.ca_file
            try:
                self._context = await asyncio.to_thread(ssl.create_default_context, cafile=ca_file or None)
            except OSError as error:  # missing, unreadable, or not a certificate (ssl.SSLError)
                reason = error.strerror or "not a certificate in PEM form"
                found = f"{ca_file}: {reason}; expected a readable file of certificates"
                raise SessionFault("ca-file", found) from error
        return self._context
