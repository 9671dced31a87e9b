"""What became of notices that were queued: asked for afterwards, and told as a fact or as a failure.

The vendor answers success to what it will not deliver; only the result says so. It can be asked for within a
day. What was read is asked for less often: it is a fact, and nothing waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from alertd.transports.application import Failed
from alertd.transports.base import NotNow, OnTold, Reported, Shelf, Unsettled
from alertd.transports.dingtalk.answers import REPEATED, Verdict

log = structlog.get_logger(__name__)

#: seconds between two questions, and between two about a notice that has arrived
EVERY, EVERY_READ = 20.0, 1800.0
#: notices that are asked about in one round, the newest first
MOST = 100

#: asks for the result of a task. Raises Failed
Ask = Callable[[str], Awaitable[Verdict]]


class Verdicts:
    """Asks for one channel. Without a shelf nothing is known of what was sent."""

    def __init__(self, channel: str, ask: Ask, shelf: Shelf | None, on_told: OnTold) -> None:
        self._channel, self._ask, self._shelf, self._on_told = channel, ask, shelf, on_told
        self._asked_at: dict[int, float] = {}

    async def once(self) -> bool:
        """Ask for everything that is due; whether the vendor answered and all was recorded."""
        if self._shelf is None:
            return True
        try:
            open_ones = await self._shelf.unsettled(MOST)
        except NotNow:
            return False
        now = asyncio.get_running_loop().time()
        known = {each.delivery for each in open_ones}
        self._asked_at = {number: at for number, at in self._asked_at.items() if number in known}
        for each in open_ones:
            last = self._asked_at.get(each.delivery)
            if each.arrived and last is not None and now - last < EVERY_READ:
                continue
            self._asked_at[each.delivery] = now
            try:
                told = self.told(each, await self._ask(each.provider_id))
                if told is not None:
                    await self._on_told(told)
            except Failed as fault:
                log.warning("result not known", channel=self._channel, reason=fault.outcome.code)
                return False
            except NotNow:
                self._asked_at.pop(each.delivery, None)
                return False
        return True

    def told(self, each: Unsettled, verdict: Verdict) -> Reported | None:
        """What a result says of a notice; None while nothing is known."""
        why, number = verdict.refused, each.delivery
        if verdict.arrived:
            return Reported(self._channel, "", True, delivery=number, read=verdict.read)
        if why in REPEATED and each.attempts > 1:  # an earlier attempt has brought these words
            return Reported(self._channel, "", True, delivery=number, code=why)
        if not why:
            return None
        said, dead = "the result of the notice", why == "invalid"
        return Reported(self._channel, "", False, delivery=number, code=why, detail=said, dead=dead)
