"""A sign of life to somebody outside, again and again: where it stays away, whoever watches there hears.

It is sent while rounds succeed, so while the loop turns and the store answers; in a task of its own, and what
becomes of it delays nothing. The address may be a secret, and is in no log and no message.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import structlog

from alertd.config.node import NodeConfig
from alertd.config.secret import SecretMissing
from alertd.config.watch_shapes import HeartbeatSettings
from alertd.core.subscriptions import is_address
from alertd.engine.notify.feed_topics import HeartbeatUnheard
from alertd.engine.notify.topics import Topic

log = structlog.get_logger("alertd.heartbeat")

#: seconds in which an answer must have come
PATIENCE = 10.0
#: failures in a row after which the admin hears: one lost packet is no news
TOLD_AFTER = 3


class Heartbeat:
    """Beats as config.toml says at the moment. `well` says whether there is life to show.

    The admin hears by `told` once of each stretch of failures.
    """

    def __init__(
        self,
        node: Callable[[], NodeConfig],
        well: Callable[[], bool],
        now: Callable[[], datetime],
        told: Callable[[Topic], Awaitable[None]],
    ) -> None:
        self._node, self._well, self._now, self._told = node, well, now, told
        self._changed = asyncio.Event()
        self._failed, self._since = 0, now()

    def changed(self) -> None:
        """The settings may be others now. From the loop's own thread."""
        self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            settings = self._node().heartbeat
            self._changed.clear()
            if settings is not None and self._well():
                await self.beat(settings)
            with contextlib.suppress(TimeoutError):
                pause = settings.every.total_seconds() if settings else None
                await asyncio.wait_for(self._changed.wait(), pause)

    async def beat(self, settings: HeartbeatSettings) -> None:
        """One sign of life. Never raises but when it is cancelled."""
        fault = await _sent(settings)
        if not fault:
            if self._failed:
                log.info("heartbeat-heard", after=self._failed)
            self._failed = 0
            return
        if not self._failed:
            self._since = self._now()
            log.warning("heartbeat-unheard", reason=fault)
        self._failed += 1
        if self._failed == TOLD_AFTER:
            with contextlib.suppress(Exception):  # the log has it, and the other side hears the silence
                name, since = self._node().name, self._since.isoformat()
                await self._told(HeartbeatUnheard(node=name, detail=fault, since=since))


async def _sent(settings: HeartbeatSettings) -> str:
    """What went wrong, "" for nothing. No address: what libraries say may hold one."""
    try:
        url = settings.url.reveal()
        if not is_address(url):
            return "the address is none: https:// and a host is expected"
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=PATIENCE) as client,
            client.stream("POST", url) as answer,
        ):
            return "" if answer.is_success else f"it answered {answer.status_code}"
    except SecretMissing:
        return "its address is not where config.toml says"
    except Exception as fault:
        return type(fault).__name__
