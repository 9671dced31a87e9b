"""How long a client may take: to begin a request once it is connected, and to take what it is given.

uvicorn waits for ever for the head of a request, and for whoever does not read its answer, so that a few
hundred connections that say nothing would keep everybody else out ("slowloris").
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: seconds in which the head of a request must have come whole, counted from its first byte or the connection
SLOWEST_HEAD = 10.0
#: seconds in which an answer must be taken
SLOWEST_READER = 30.0


class PatientProtocol(H11Protocol):
    """The protocol of uvicorn, with an end to its patience."""

    _head: asyncio.TimerHandle | None = None
    _answer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._look_at_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look_at_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look_at_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head, self._answer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._answer is None:
            self._answer = self.loop.call_later(SLOWEST_READER, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None

    def _look_at_head(self) -> None:
        """Run the timer while a request is awaited or has come in part; later bytes do not set it back."""
        waits = self.conn.their_state is h11.IDLE and not self.transport.is_closing()
        if waits and self._head is None:
            self._head = self.loop.call_later(SLOWEST_HEAD, self.transport.abort)
        elif not waits and self._head is not None:
            self._head.cancel()
            self._head = None
