"""Learning that another process changed the store: part of the engine set-up, so it may know the database.

SQLite counts commits of other connections in `data_version` (sqlite.org/pragma.html), which costs
microseconds to ask; PostgreSQL is listened to (LISTEN/NOTIFY) on a connection of its own.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable

from alertd.store.database import WAKE_CHANNEL, Store


class SqliteChanges:
    """`poll()` tells whether anybody committed since the last call. For one thread."""

    def __init__(self, store: Store) -> None:
        self._connection = sqlite3.connect(
            str(store.path), isolation_level=None, check_same_thread=False, timeout=0.05
        )
        self._version = self._ask()

    def poll(self) -> bool:
        version = self._ask()
        changed, self._version = version != self._version, version
        return changed

    def _ask(self) -> int:
        with contextlib.suppress(sqlite3.Error):
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        return -1

    def close(self) -> None:
        self._connection.close()


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

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=3)
