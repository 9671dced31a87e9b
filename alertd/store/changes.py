"""Learning that another node changed the store: PostgreSQL is listened to on a connection of its own.

SQLite says nothing by itself; there the service watches the write-ahead log as it watches the admin's files.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from alertd.store.database import WAKE_CHANNEL, Store

log = structlog.get_logger("alertd.changes")


class Changes(Protocol):
    """Somebody who listens, until it is closed."""

    def close(self) -> None: ...


#: begins to listen for commits by other nodes, and calls what it was given for every one
Listen = Callable[[Store, Callable[[], None]], Changes]


class PostgresChanges:
    """Calls `changed` from its own thread for every notification, and reconnects for ever."""

    def __init__(self, store: Store, changed: Callable[[], None]) -> None:
        self._url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._changed = changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listen", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        import psycopg

        while not self._stopping.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(f"LISTEN {WAKE_CHANNEL}")
                    self._changed()  # what was notified while nobody listened
                    while not self._stopping.is_set():
                        for _ in connection.notifies(timeout=1.0, stop_after=1):
                            self._changed()
            except psycopg.Error:
                self._stopping.wait(2.0)
            except Exception:  # a thread that ends says nothing to anybody
                log.exception("listening-failed")
                self._stopping.wait(30.0)

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=3)
