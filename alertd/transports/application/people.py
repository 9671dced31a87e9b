"""Whose a mobile number is: asked for once, and never again where nobody has it.

Vendors block the call for a day where many numbers were wrong. So what was answered is kept on the shelf, a
number that nobody has for ever, and after some such numbers a day no other one is asked for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

from alertd.transports.application.api import Failed
from alertd.transports.base import NotNow, Outcome, Result, Shelf

#: numbers of a day that nobody has, after which no other one is asked for
MOST_MISSES = 10
_DAY = 24 * 3600.0
#: seconds that a node has to ask while others wait
_LEASE = 30.0
#: seconds after which a number that somebody has is asked for again: people change theirs
_HOLDS = 90 * _DAY
_MISSES = "unknown numbers"

#: asks the vendor whose a number is, as the network writes it; "" for nobody's. Raises Failed
Ask = Callable[[str], Awaitable[str]]


class People:
    """Finds who has a number. Without a shelf nothing is asked: it could not be kept."""

    def __init__(self, ask: Ask, shelf: Shelf | None, name: str) -> None:
        """`name` is what the vendor and the office are called on the shelf."""
        self._ask, self._shelf, self._name = ask, shelf, name

    async def having(self, number: str) -> str:
        """The account of who has this number, as the network writes it; "" for nobody. Raises Failed."""
        if self._shelf is None:
            words = "only the daemon asks whose a number is; write the account to try it from here"
            raise Failed(Outcome(Result.REFUSED, "number", words))
        try:
            return await self._found(self._shelf, number)
        except NotNow:
            raise Failed(_later("the store is away, where it is kept whose a number is", 5.0)) from None

    async def _found(self, shelf: Shelf, number: str) -> str:
        place = f"{self._name} {sha256(number.encode()).hexdigest()}"
        known = await shelf.look(place, _LEASE)
        if known.value is not None:
            return known.value
        if not known.yours:
            raise Failed(_later("another node asks whose this number is", 5.0))
        misses = _count((await shelf.look(_MISSES, 0.0)).value)
        if misses >= MOST_MISSES:
            raise Failed(_later("too many numbers of today are nobody's; write the accounts", 3600.0))
        answer = await self._asked(number)
        if answer:
            await shelf.keep(place, answer, _HOLDS)
        else:
            await shelf.keep(place, "", None)
            await shelf.keep(_MISSES, str(misses + 1), _DAY)
        return answer

    async def _asked(self, number: str) -> str:
        try:
            return await self._ask(number)
        except Failed as fault:
            raise Failed(replace(fault.outcome, result=_again(fault.outcome), address_dead=False)) from None


def _again(outcome: Outcome) -> Result:
    """Nothing has left: what is in doubt of a question is asked again."""
    return Result.RETRY if outcome.result is Result.UNKNOWN else outcome.result


def _count(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() else 0


def _later(words: str, seconds: float) -> Outcome:
    return Outcome(Result.RETRY, "number", words, retry_after=seconds)
