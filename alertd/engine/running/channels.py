"""How this node's channels serve: a circuit breaker for each, kept by what every attempt ended with.

Its memory is this process's own: a node that starts finds out anew, within a minute. What it finds is written
to the store by the round (`Sender._tend`), for what is drafted anywhere and for `alertd doctor`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from weakref import WeakKeyDictionary

from alertd.clock import Clock
from alertd.core.breaker import Breaker, Verdict
from alertd.store.illness import NOT_STARTED, Illness
from alertd.store.rows import DeliveryRow
from alertd.transports.base import Outcome, Result, Transport

#: seconds that what is due waits where it may not be tried yet: retries are few while a provider is weak
WEAK_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much may be leased: any number of messages, or of retries, where it is None.

    `again` asks for what was tried before first, where there is any.
    """

    most: int | None = None
    retries: int | None = None
    again: bool = False


@dataclass(slots=True)
class _Channel:
    breaker: Breaker
    pauses_until: float = 0.0


class Channels:
    """The breakers of the running transports. The loop's thread writes; the store's thread may read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: WeakKeyDictionary[Transport, _Channel] = WeakKeyDictionary()

    def _of(self, transport: Transport) -> _Channel:
        """A transport that was made anew, with other settings, begins well."""
        known = self._known.get(transport)
        if known is None:
            known = self._known[transport] = _Channel(Breaker(transport.concurrency))
        return known

    def began(self, transport: Transport, row: DeliveryRow) -> None:
        """An attempt at a leased message begins."""
        breaker = self._of(transport).breaker
        breaker.began(self._clock.monotonic(), row.id, row.attempts > 0)

    def ended(self, transport: Transport, row: DeliveryRow, outcome: Outcome) -> Outcome:
        """An attempt is over; returns what that means for the message.

        A provider that refuses everybody has refused nobody: the message stays, no address is blamed.
        """
        known, now = self._of(transport), self._clock.monotonic()
        said = f"{outcome.code} {outcome.detail}".strip()
        verdict = _verdict(outcome)
        known.breaker.ended(now, row.id, row.person, verdict, said, outcome.retry_after or 0.0)
        if known.breaker.ill and outcome.result is Result.REFUSED:
            return replace(outcome, result=Result.RETRY, address_dead=False)
        return outcome

    def look(self, transport: Transport) -> bool:
        """Whether a channel is ill, its attempts under way looked at too."""
        breaker = self._of(transport).breaker
        breaker.look(self._clock.monotonic())
        return breaker.ill

    def allowance(self, transport: Transport) -> Allowance:
        """How much of a channel may be leased now."""
        known, now = self._of(transport), self._clock.monotonic()
        breaker = known.breaker
        again = breaker.ill and breaker.asks_again
        return Allowance(breaker.room(now), breaker.retries_left(now), again)

    def pause(self, transport: Transport) -> None:
        """Nothing of what is due may be tried just now."""
        self._of(transport).pauses_until = self._clock.monotonic() + WEAK_PAUSE

    def rests_for(self, transport: Transport) -> float:
        """The seconds until anything may be tried on a channel."""
        known, now = self._of(transport), self._clock.monotonic()
        return max(known.breaker.rests_for(now) or 0.0, known.pauses_until - now, 0.0)

    def ill(self, running: Mapping[str, Transport], wanted: Collection[str]) -> dict[str, Illness]:
        """Which channels serve nobody: the ill ones, and those `wanted` that could not be started."""
        found = {}
        for name, transport in running.items():
            breaker = self._of(transport).breaker
            if breaker.ill_since is not None:
                ago = timedelta(seconds=self._clock.monotonic() - breaker.ill_since)
                refused = breaker.refused_alike(breaker.said) if breaker.said else ()
                found[name] = Illness(self._clock.now() - ago, breaker.said, refused)
        for name in wanted:
            if name not in running:
                found[name] = Illness(self._clock.now(), NOT_STARTED)
        return found


def _verdict(outcome: Outcome) -> Verdict:
    if outcome.result in (Result.ACCEPTED, Result.HANDED_OVER):
        return Verdict.WELL
    return Verdict.FAILED if outcome.server else Verdict.REFUSED
