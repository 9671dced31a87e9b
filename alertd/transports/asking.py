"""Asking a provider again and again, by one process at a time: what it tells to nobody who does not ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)

#: seconds before a provider that does not answer is asked again, at least
_PAUSE = 30.0


class Asking:
    """`once` asks for everything there is, and says whether all was well. `every` is in seconds."""

    def __init__(self, what: str, once: Callable[[], Awaitable[bool]], every: float) -> None:
        self._what, self._once, self._every = what, once, every
        self._running: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    async def listen(self, wanted: bool) -> None:
        """See Listening."""
        if wanted and self._running is None:
            self._stop.clear()
            self._running = asyncio.create_task(self._keep_asking(), name=self._what)
        elif not wanted and self._running is not None:
            self._stop.set()
            await self._running
            self._running = None

    async def _keep_asking(self) -> None:
        while not self._stop.is_set():
            try:
                pause = self._every if await self._once() else max(self._every, _PAUSE)
            except Exception:  # it must go on: a slip of ours does not end it
                log.exception("asking failed", about=self._what)
                pause = max(self._every, _PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)
