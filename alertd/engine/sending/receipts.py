"""Attempts that are over, waiting for their receipts to be written together.

An attempt is in flight from its beginning until its receipt is durable: that is what a crash may repeat. Each
commit costs as much as many rows, so receipts are written a few at a time; how many may wait is bounded.
"""

from __future__ import annotations

import asyncio

from alertd.engine.sending.delivering import Attempt

#: receipts written in one go, for each connection
AT_ONCE = 2
#: attempts in flight, for each connection
IN_FLIGHT = 4
#: no receipt waits longer than this for others to be written with it, in seconds
LONGEST_WAIT = 0.01


class Receipts:
    """Between those who attempt, `connections` of them, and the one who writes. Within one loop."""

    def __init__(self, connections: int) -> None:
        self._enough = AT_ONCE * connections
        self._most = (IN_FLIGHT - 1) * connections
        self._over: list[Attempt] = []
        self._writing = 0
        self._to_write, self._room = asyncio.Event(), asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def room(self) -> bool:
        """Wait until one more attempt may begin; False when none may any more."""
        while len(self._over) + self._writing >= self._most and not self._closed:
            self._room.clear()
            await self._room.wait()
        return not self._closed

    def add(self, attempt: Attempt) -> None:
        self._over.append(attempt)
        if len(self._over) >= self._enough:
            self._to_write.set()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LONGEST_WAIT, self._to_write.set)

    def close(self) -> None:
        """Begin no attempt any more; what is over is taken at once."""
        self._closed = True
        self._to_write.set()
        self._room.set()

    async def take(self) -> list[Attempt]:
        """What is to be written now; empty when there will be nothing more.

        Taking again says that what was taken before is written.
        """
        self._writing = 0
        self._room.set()
        if not self._closed:
            await self._to_write.wait()
            self._to_write.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._over = self._over, []
        self._writing = len(batch)
        return batch
