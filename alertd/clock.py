"""Where the time comes from: the machine, the database it works on, or a demonstration's or test's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives aware UTC instants, which somebody may set, and seconds that only run forward.

    `monotonic` stands still while the machine sleeps, as timers do; `elapsed` counts that, too.
    """

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def elapsed(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def elapsed(self) -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class SettableClock:
    """A clock that stands still until it is set; previews, demonstrations and tests run on it."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._at.timestamp()

    def elapsed(self) -> float:
        return self._at.timestamp()

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        self._at += by


class SharedClock:
    """The time of everybody who works on one store: the database's where it has a clock, else the machine's.

    What the database said goes on with the machine's seconds, so that a wall clock which is set, either way,
    moves nothing (docs/decisions/0036-the-databases-time.md). Any thread may read it; one asks.
    """

    def __init__(self, machine: Clock) -> None:
        self._machine = machine
        self._said: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        said = self._said
        if said is None:
            return self._machine.now()
        return said[0] + timedelta(seconds=self._machine.elapsed() - said[1])

    def monotonic(self) -> float:
        return self._machine.monotonic()

    def elapsed(self) -> float:
        return self._machine.elapsed()

    def ask(self, database: Callable[[], datetime | None]) -> None:
        """Compare with the `database`, which gives None where it has no clock. Raises what it raises.

        It looked at its clock somewhere between question and answer: what agrees as far as that can be known
        stays as it is.
        """
        began = self._machine.elapsed()
        said = database()
        ended = self._machine.elapsed()
        if said is None:
            return
        half = timedelta(seconds=(ended - began) / 2)
        if self._said is None or abs(self.now() - said - half) > half:
            self._said = said.astimezone(UTC) + half, ended

    @property
    def ahead(self) -> float:
        """Seconds by which the machine's wall clock is ahead of the store's time; below nought: behind."""
        return (self._machine.now() - self.now()).total_seconds() if self._said is not None else 0.0
