"""What the nodes know in common of a channel, as its transport sees it: kept in the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from alertd.engine.ruling.scope import Scope
from alertd.store import shelf
from alertd.transports.base import Shelved

#: carries out what a transport wants of the store, in a transaction. Raises NotNow while the store is away
CarryOut = Callable[[Callable[[Scope], Any]], Awaitable[Any]]


class StoreShelf:
    """See transports.base.Shelf."""

    def __init__(self, channel: str, carry_out: CarryOut) -> None:
        self._channel, self._carry_out = channel, carry_out

    async def look(self, name: str, lease: float) -> Shelved:
        """See Shelf."""

        def work(scope: Scope) -> Shelved:
            long = timedelta(seconds=lease)
            found = shelf.look(scope.tx, self._channel, name, scope.now, scope.node, long)
            left = None if found.until is None else (found.until - scope.now).total_seconds()
            return Shelved(found.value, left, found.yours)

        done: Shelved = await self._carry_out(work)
        return done

    async def keep(self, name: str, value: str, seconds: float | None) -> None:
        """See Shelf."""

        def work(scope: Scope) -> None:
            until = None if seconds is None else scope.now + timedelta(seconds=seconds)
            shelf.keep(scope.tx, self._channel, name, value, until)

        await self._carry_out(work)

    async def forget(self, name: str, value: str) -> None:
        """See Shelf."""
        await self._carry_out(lambda scope: shelf.forget(scope.tx, self._channel, name, value))
