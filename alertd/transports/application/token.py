"""The access token: fetched by one node for all, renewed early, kept on the shelf and in memory.

The vendor counts how often it is fetched, and several that fetch may make each other's void. Where the store
is away a node fetches its own: a message that can leave does not wait for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from alertd.transports.application.api import Failed, Found
from alertd.transports.base import NotNow, Outcome, Result, Shelf, Shelved

#: seconds before its end at which a token is renewed, and for which one is used at least
EARLY, SHORTEST = 600.0, 60.0
#: seconds that a node has to fetch one while others wait, and how often these look
LEASE, LOOK_EVERY = 15.0, 0.25
#: seconds that the store may take, and that another node may take, before a message waits
PATIENCE = 5.0
#: seconds that a token is good for where the answer does not say
_USUAL = 7200.0

#: fetches a token; with it the seconds that it is good for. Raises Failed
Fetch = Callable[[], Awaitable[tuple[str, float]]]


class Tokens:
    """The token of one application. `name` is what it is called on the shelf."""

    def __init__(self, fetch: Fetch, shelf: Shelf | None, name: str) -> None:
        self._ask, self._shelf, self._name = fetch, shelf, name
        self._token, self._bad = "", ""
        self._renew_at = self._ends_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    @property
    def known(self) -> tuple[str, ...]:
        """What must stand in nothing that is told."""
        return tuple(each for each in (self._token, self._bad) if each)

    async def get(self) -> str:
        """A token that should be good. Raises Failed: the message has not left."""
        async with self._one_at_a_time:
            if not self._token or _now() >= self._renew_at:
                await self._renew()
            return self._token

    async def used(self, call: Callable[[str], Awaitable[Found]], void: Callable[[Found], bool]) -> Found:
        """What was answered, by another call where the token was none any more. Raises Failed."""
        token = await self.get()
        answer = await call(token)
        if not void(answer):
            return answer
        await self.drop(token)
        return await call(await self.get())

    async def drop(self, token: str) -> None:
        """The vendor does not take it: nobody is to use it any more."""
        self._bad = token
        if self._token == token:
            self._token = ""
        if self._shelf is not None:
            with suppress(NotNow, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._shelf.forget(self._name, token)

    async def _renew(self) -> None:
        until = _now() + PATIENCE
        while True:
            found = await self._look()
            if found.yours or (found.value and found.value == self._bad):
                return await self._fetch()
            if found.value:
                return self._take(found.value, found.seconds or 0.0, EARLY)
            if self._token and _now() < self._ends_at:  # another node renews it: the old one is good still
                return None
            if _now() >= until:
                waits = Outcome(
                    Result.RETRY, "token", "another node fetches the access token", retry_after=5.0
                )
                raise Failed(waits)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> Shelved:
        if self._shelf is None:
            return Shelved(yours=True)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._shelf.look(self._name, LEASE)
        except (NotNow, TimeoutError):
            return Shelved(yours=True)

    async def _fetch(self) -> None:
        try:
            token, seconds = await self._ask()
        except Failed as fault:
            raise Failed(replace(fault.outcome, result=Result.RETRY)) from None
        self._take(token, max(seconds - EARLY, SHORTEST), min(EARLY, seconds))
        if self._shelf is not None:
            with suppress(NotNow, TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._shelf.keep(self._name, token, max(seconds - EARLY, SHORTEST))

    def _take(self, token: str, renew_in: float, more: float) -> None:
        self._token, self._renew_at = token, _now() + renew_in
        self._ends_at = self._renew_at + more


def token_in(answer: Found, token_key: str, seconds_key: str) -> tuple[str, float]:
    """The token of an answer that gives one, and the seconds that it is good for. Raises Failed."""
    token, seconds = answer.get(token_key), answer.get(seconds_key)
    if not isinstance(token, str) or not token:
        raise Failed(Outcome(Result.RETRY, "answer", "there is no access token in the answer", server=True))
    known = isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0
    return token, float(seconds) if known and isinstance(seconds, int) else _USUAL


def _now() -> float:
    return asyncio.get_running_loop().time()
