"""The awaitable door to the store: one thread that does all the daemon's store work, in order.

A synchronous store on its own thread costs a third of an asynchronous driver per transaction
(docs/decisions/0003-synchronous-store.md), and one thread is all that SQLite lets write anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Door:
    """`await door.run(function, ...)` runs the function on the store's thread and gives its result."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Wait for the work under way; nothing may be run afterwards."""
        self._thread.shutdown(wait=True)
