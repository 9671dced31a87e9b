"""Which store this is, and a mark outside of it that says which one went live here.

A store that is gone cannot say that it was there. Without the mark an empty one in its place would begin a
rehearsal, and nobody would hear of anything any more (docs/decisions/0040-the-store-that-went-live.md).
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection

from alertd.store import migrating, settings
from alertd.store.database import Store
from alertd.store.errors import StoreMissing, StoreOther, StoreVanished
from alertd.store.place import another

#: the mark's name in the state folder
MARK = "live-store.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """The identity of the store that went live, and when, as its settings say it."""

    store: str
    live_since: str


def identify(tx: Connection, wanted: str = "") -> str:
    """The identity of this store, made where it has none: `wanted`, or by chance. A copy keeps it."""
    return str(settings.hold(tx, settings.STORE_ID, wanted or secrets.token_hex(8)))


def require_same(tx: Connection, store: Store) -> None:
    """Raises StoreVanished where this is another store by now than the one that was opened."""
    if store.identity and settings.get(tx, settings.STORE_ID) != store.identity:
        raise another(place_of(store))


def of(tx: Connection) -> Mark | None:
    """The mark this store would leave; None while it never went live."""
    since = settings.get(tx, settings.LIVE_SINCE)
    return Mark(str(settings.get(tx, settings.STORE_ID) or ""), str(since)) if since else None


def fits(found: Mark | None, mark: Mark) -> bool:
    """Whether a store is the one that left `mark`, or a copy of it from after it went live.

    Stores of older versions have no identity; when they went live tells them apart as well.
    """
    if found is None:
        return False
    return found.store == mark.store if found.store else found.live_since == mark.live_since


def read_mark(folder: Path) -> Mark | None:
    """The mark in a state folder; None where there is none, or none that can be read."""
    try:
        found = json.loads((folder / MARK).read_text("utf-8"))
        return Mark(str(found["store"]), str(found["live_since"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write_mark(folder: Path, mark: Mark | None) -> None:
    """Leave a mark, or take it away. Raises OSError."""
    place = folder / MARK
    if mark is None:
        place.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{MARK}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(mark)) + "\n", "utf-8")
    fresh.replace(place)


def stored(store: Store) -> bool:
    """Whether there is anything in it; asking makes no file. Raises StoreError."""
    return (store.path is None or store.path.is_file()) and bool(migrating.version_of(store))


def require_stored(store: Store, live: bool) -> None:
    """Raises StoreMissing where messages are real (`live`) and nothing was ever stored."""
    if live and not stored(store):
        where = place_of(store)
        raise StoreMissing(f"there is no store at {where}", path=where)


def require_ours(store: Store, folder: Path) -> None:
    """Raises StoreOther where the mark in the state folder is of another store than the one opened."""
    mark = read_mark(folder)
    if mark is None:
        return
    with store.read() as tx:
        found = of(tx)
    if not fits(found, mark):
        where, day = place_of(store), mark.live_since[:10]
        raise StoreOther(
            f"{where} is not the store that went live here on {day}",
            path=where,
            day=day,
            mark=str(folder / MARK),
        )


def identify_store(store: Store, folder: Path, live: bool) -> str:
    """The identity of a store, made where it has none yet: that of the mark where it went live."""
    mark = read_mark(folder)
    return store.transact(lambda tx: identify(tx, mark.store if mark is not None and live else ""))


def keep_mark(store: Store, folder: Path, live: bool, rehearsal: bool) -> None:
    """Leave on record that a store went live; forget that in a rehearsal of another one.

    The daemon's, from time to time. Raises StoreError and OSError.
    """
    mark = read_mark(folder)
    try:
        with store.read() as tx:
            require_same(tx, store)
            found = of(tx)
    except StoreVanished:
        store.engine.dispose()  # new connections look for themselves, so that nothing more is decided
        raise
    if live and found is not None and found != mark:
        write_mark(folder, found)
    elif rehearsal and mark is not None and not fits(found, mark):
        write_mark(folder, None)


def place_of(store: Store) -> str:
    """Where a store is, without a password."""
    return str(store.path or store.url.render_as_string(hide_password=True))
