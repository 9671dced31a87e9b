"""What rules now, for a process that only looks: read again when somebody changed it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime

import structlog

from alertd.engine.planning.reconciler import NoRegister
from alertd.engine.ruling.world import World
from alertd.installation import Installation
from alertd.store import settings
from alertd.store.database import Store
from alertd.store.errors import StoreError

log = structlog.get_logger("alertd.following")


class Following:
    """`world()` from any thread. What was read last goes on while the store cannot be asked."""

    def __init__(self, installation: Installation, store: Store, now: Callable[[], datetime]) -> None:
        """Raises StoreError and NoRegister."""
        self._installation, self._store, self._now = installation, store, now
        self._held = threading.Lock()
        self._world = installation.ruling(store, now())
        self._of = self._state()

    def world(self) -> World:
        """What rules now."""
        with self._held:
            try:
                state = self._state()
                if state != self._of:
                    self._world, self._of = self._installation.ruling(self._store, self._now()), state
            except (StoreError, NoRegister) as fault:
                log.error("not-read-anew", reason=str(fault))
            return self._world

    def _state(self) -> tuple[int, bool, date]:
        """What changes when something else rules: another revision, going live, another day."""
        with self._store.read() as tx:
            number = settings.get(tx, settings.APPLIED) or 0
            live = settings.get(tx, settings.LIVE_SINCE) is not None
        return number, live, self._now().astimezone(self._installation.node.zone).date()
