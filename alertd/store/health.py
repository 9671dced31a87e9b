"""Whether the store is sound, who holds it, and how much room it has; changes nothing."""

from __future__ import annotations

import fcntl
import shutil

from sqlalchemy import text

from alertd.store.database import Store
from alertd.store.errors import StoreCorrupt
from alertd.store.plainly import speaking_plainly


def integrity(store: Store) -> str:
    """What the database says is damaged, "" when nothing is. Reads a whole SQLite file. Raises StoreError."""
    if not store.embedded:
        with store.read() as tx:
            tx.execute(text("SELECT 1"))
        return ""
    try:
        with speaking_plainly(store), store.engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except StoreCorrupt as corrupt:
        return corrupt.values.get("said", str(corrupt))
    return "" if said == "ok" else str(said)


def held(store: Store) -> bool | None:
    """Whether a daemon holds this SQLite file now; None where that cannot be told (PostgreSQL)."""
    if store.path is None:
        return None
    try:
        lock = store.path.with_name(store.path.name + ".lock").open("rb")
    except OSError:
        return False
    with lock:
        try:
            # Shared and given back at once: a daemon that starts in this very moment would be refused.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def free_bytes(store: Store) -> int | None:
    """Room left on the disk of an SQLite store; None for PostgreSQL, whose disk is elsewhere."""
    return None if store.path is None else shutil.disk_usage(store.path.parent).free
