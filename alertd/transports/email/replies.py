"""The server's replies, in order.

aiosmtplib opens the session (greeting, TLS, log-in); then this takes its connection over. aiosmtplib's own
protocol throws away what arrives before it is asked for, and with command pipelining (RFC 2920) several
replies come in one packet.
"""

from __future__ import annotations

import asyncio
from collections import deque

from aiosmtplib import SMTPResponseException, SMTPServerDisconnected
from aiosmtplib.response import SMTPResponse

#: Bytes received since a reply was last read; a server that sends more makes no sense.
MOST_UNREAD = 32_768
#: The code of what is no reply.
NO_REPLY = -1


class Replies(asyncio.Protocol):
    """Reads one connection. `former` is told of its end: aiosmtplib cleans up after itself."""

    def __init__(self, former: asyncio.Protocol) -> None:
        self._former = former
        self._unread = bytearray()
        self._received = 0
        self._read: deque[SMTPResponse] = deque()
        self._lines: list[str] = []
        self._end: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def silent(self) -> bool:
        """Open, and nothing said that nobody has asked for."""
        return self._end is None and not self._read and not self._unread and not self._lines

    async def next(self) -> SMTPResponse:
        """The next reply. Raises SMTPServerDisconnected, or SMTPResponseException for what is no reply."""
        while not self._read:
            if self._end is not None:
                raise self._end
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self._received = 0
        return self._read.popleft()

    def data_received(self, data: bytes) -> None:
        self._unread += data
        self._received += len(data)
        while self._end is None and (line := self._line()) is not None:
            self._take(line)
        if self._received > MOST_UNREAD:
            self._finish(SMTPResponseException(NO_REPLY, "Response too long"))
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        lost = SMTPServerDisconnected("Connection lost")
        lost.__cause__ = error
        self._finish(lost)
        self._wake()
        self._former.connection_lost(error)

    def _line(self) -> bytes | None:
        end = self._unread.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        return line

    def _take(self, line: bytes) -> None:
        """RFC 5321 section 4.2: three digits, then "-" where more lines of the same reply follow."""
        text = line.decode("utf-8", "replace").strip()
        if not line[:3].isdigit():
            self._finish(SMTPResponseException(NO_REPLY, f"Malformed SMTP response line: {text}"))
            return
        self._lines.append(text[4:])
        if line[3:4] != b"-":
            self._read.append(SMTPResponse(int(line[:3]), "\n".join(self._lines)))
            self._lines = []

    def _finish(self, why: Exception) -> None:
        """The first reason is the one that is told."""
        self._end = self._end or why

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done() and (self._read or self._end):
            self._waiter.set_result(None)
