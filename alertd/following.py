"""What rules now, and the store's time, for a process that only looks: read again when it was changed."""

from __future__ import annotations

import threading
from datetime import date
from functools import partial

import structlog

from alertd.clock import SharedClock
from alertd.engine.planning.reconciler import NoRegister
from alertd.engine.ruling.world import World
from alertd.installation import Installation
from alertd.store import settings
from alertd.store.database import Store
from alertd.store.errors import StoreError

log = structlog.get_logger("alertd.following")

#: the store is asked for its time again after so many seconds
_TIMED = 60.0


class Following:
    """`world()` from any thread. What was read last goes on while the store cannot be asked."""

    def __init__(self, installation: Installation, store: Store, clock: SharedClock) -> None:
        """`clock` is asked for the day, and compared with the store. Raises StoreError and NoRegister."""
        self._installation, self._store, self._clock = installation, store, clock
        self._held = threading.Lock()
        self._timed = float("-inf")
        self._of = self._state()
        self._world = installation.ruling(store, clock.now())

    def world(self) -> World:
        """What rules now."""
        with self._held:
            try:
                state = self._state()
                if state != self._of:
                    self._world = self._installation.ruling(self._store, self._clock.now())
                    self._of = state
            except (StoreError, NoRegister) as fault:
                log.error("not-read-anew", reason=str(fault))
            return self._world

    def _state(self) -> tuple[int, bool, date]:
        """What changes when something else rules: another revision, going live, another day."""
        with self._store.read() as tx:
            if self._clock.monotonic() - self._timed >= _TIMED:
                self._clock.ask(partial(self._store.instant, tx))
                self._timed = self._clock.monotonic()
            number = settings.get(tx, settings.APPLIED) or 0
            live = settings.get(tx, settings.LIVE_SINCE) is not None
        return number, live, self._clock.now().astimezone(self._installation.node.zone).date()
