"""A small city whose messages leave over any transport, on a clock that stands still until told to go.

It is the shipped city, with its units, duties and people; all that it sends goes over one transport. What is
decided, worded, leased and followed is done by the functions of the daemon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from alertd.adapters import adapter
from alertd.core.abilities import abilities_of
from alertd.core.model import Person
from alertd.engine.firing.fire import fire, repeat
from alertd.engine.operations import events
from alertd.engine.operations.undecided import climb
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.delivering import Attempt, follow_failures, lease, record
from alertd.installation import Installation
from alertd.messages.render import Renderer
from alertd.shipped import shipped_files
from alertd.store import deadlines, failures, leasing
from alertd.store.database import memory_store
from alertd.transports.base import Outcome, Outgoing, Result, Transport

_MANY = 1000
_LEASE = timedelta(minutes=5)


@lru_cache(maxsize=1)
def _shipped() -> tuple[World, Renderer]:
    folder = shipped_files()
    installation = Installation.find(str(folder), {}, folder)
    return replace(installation.written(), mode=Mode.LIVE, live=True), installation.renderer()


class City:
    """One channel reaches everybody. `sent` is what left over it, with what the transport said, in order."""

    def __init__(
        self,
        transport: Transport,
        kind: str,
        now: str,
        address: Callable[[Person], str],
        channel: str = "try",
    ) -> None:
        """`kind` is the transport's name, `address` where it reaches a person; `now` is 2026-10-01 02:10."""
        shipped, self._renderer = _shipped()
        adapter(kind)  # makes its abilities known, where it is another package's
        can = abilities_of(kind, channel)

        def reached(person: Person) -> Person:
            found = address(person)
            if can.shared_column:
                return replace(person, accounts=(f"{channel}={found}",), channels=())
            more: dict[str, Any] = {can.column: found, "channels": ()}
            return replace(person, **more)

        people = {name: reached(person) for name, person in shipped.register.people.items()}
        register = replace(shipped.register, people=people)
        self.world = replace(shipped, register=register, channels=(channel,), transports={channel: kind})
        self.now = self._at(now)
        self.sent: list[tuple[Outgoing, Outcome]] = []
        self._transport, self._channel, self._store = transport, channel, memory_store()

    def _at(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=self.world.zone)

    async def report(self, kind: str, case: str, *parties: str, severity: str = "", **instants: str) -> None:
        """Report an event now, as `alertd event report` does, and let what follows at once leave."""
        when = {name: self._at(text) for name, text in instants.items()}
        asked = events.Report(kind, case, parties, when, title=case, severity=severity)
        clerk = Actor("clerk", "root")
        self._store.transact(lambda tx: events.report(Scope(tx, self.world, self.now, clerk), asked))
        await self.until(self.now.strftime("%Y-%m-%d %H:%M"))

    async def until(self, end: str) -> None:
        """Let the time pass, waking as the daemon would."""
        until = self._at(end)
        for _ in range(_MANY):
            self._decide()
            await self._deliver()
            wake = self._next_wake()
            if wake is None or wake > until:
                self.now = max(self.now, until)
                return
            self.now = max(self.now, wake)
        raise AssertionError("the city wakes for ever")

    def _decide(self) -> None:
        def work(scope: Scope) -> int:
            decided = fire(scope, _MANY) + repeat(scope, _MANY) + climb(scope, _MANY)
            return decided + follow_failures(scope, _MANY)

        while self._store.transact(lambda tx: work(Scope(tx, self.world, self.now))):
            pass

    async def _deliver(self) -> None:
        leased = self._store, self.world, self._renderer, self._channel, self.now, _MANY, _LEASE
        for parcel in lease(*leased):
            outcome = Outcome(Result.ACCEPTED)
            if parcel.message is not None:
                outcome = await self._transport.send(parcel.message)
                self.sent.append((parcel.message, outcome))
            self._record(Attempt(parcel, outcome, 0.0))

    def _record(self, attempt: Attempt) -> None:
        self._store.transact(lambda tx: record(Scope(tx, self.world, self.now), [attempt]))

    def _next_wake(self) -> datetime | None:
        with self._store.read() as tx:
            times = [
                deadlines.next_action(tx),
                failures.next_at(tx),
                leasing.next_on(tx, self._channel, self.world.node),
            ]
        return min((each for each in times if each is not None), default=None)
