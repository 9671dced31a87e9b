"""What the nodes know in common of a channel, as its transport sees it: kept in the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog

from alertd.engine.ruling.scope import Scope
from alertd.store import sendings, shelf
from alertd.transports.base import NotNow, Shelved, Unsettled

log = structlog.get_logger(__name__)

#: a provider is asked for so long what became of a message
_A_DAY = timedelta(hours=24)
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

        done: Shelved = await self._work(work)
        return done

    async def keep(self, name: str, value: str, seconds: float | None) -> None:
        """See Shelf."""

        def work(scope: Scope) -> None:
            until = None if seconds is None else scope.now + timedelta(seconds=seconds)
            shelf.keep(scope.tx, self._channel, name, value, until)

        await self._work(work)

    async def forget(self, name: str, value: str) -> None:
        """See Shelf."""
        await self._work(lambda scope: shelf.forget(scope.tx, self._channel, name, value))

    async def unsettled(self, most: int) -> list[Unsettled]:
        """See Shelf."""

        def work(scope: Scope) -> list[Unsettled]:
            rows = sendings.unsettled(scope.tx, self._channel, scope.now - _A_DAY, most)
            return [Unsettled(row.delivery, row.provider_id, row.attempts, row.arrived) for row in rows]

        done: list[Unsettled] = await self._work(work)
        return done

    async def _work(self, work: Callable[[Scope], Any]) -> Any:
        """A row that cannot be read keeps no message either: it is as if the store were away."""
        try:
            return await self._carry_out(work)
        except NotNow:
            raise
        except Exception as fault:
            log.exception("shelf-failed", channel=self._channel)
            raise NotNow(type(fault).__name__) from fault
