"""A daemon whose file is no longer at its place writes nothing that nobody would ever read."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from alertd.store import migrating, settings
from alertd.store.backup import BackupRefused, rescue
from alertd.store.database import Store
from alertd.store.errors import StoreVanished


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "alertd.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A store as a daemon holds it, with something in it."""
    opened = Store(f"sqlite:///{path}")
    migrating.upgrade(opened)
    opened.claim_alone()
    put(opened, "before")
    yield opened
    opened.close()


def put(store: Store, value: str) -> None:
    store.transact(lambda tx: settings.put(tx, "name", value))


def get(store: Store) -> object:
    with store.read() as tx:
        return settings.get(tx, "name")


def in_file(path: Path) -> object:
    other = Store(f"sqlite:///{path}")
    try:
        return get(other)
    finally:
        other.close()


def refused(store: Store, what: str) -> None:
    for use in (lambda: put(store, "lost"), lambda: get(store)):
        with pytest.raises(StoreVanished) as vanished:
            use()
        assert vanished.value.code == f"store.vanished-{what}"


def test_of_a_file_that_was_removed_nothing_is_read_or_written(store: Store, path: Path) -> None:
    path.unlink()
    refused(store, "gone")
    refused(store, "gone")
    assert not path.exists()


def test_a_file_that_is_put_back_is_used_again(store: Store, path: Path) -> None:
    path.rename(path.with_name("away"))
    refused(store, "gone")
    path.with_name("away").rename(path)
    put(store, "after")
    assert get(store) == "after"


def test_a_file_that_is_moved_away_just_then_is_gone_and_the_disk_is_not_full(
    store: Store, path: Path
) -> None:
    """SQLite may say of it that the disk fails, or that it may only be read."""

    def moved(tx: Connection) -> None:
        path.rename(path.with_name("away"))
        said = sqlite3.OperationalError("attempt to write a readonly database")
        raise OperationalError("insert", {}, said)

    with pytest.raises(StoreVanished) as vanished:
        store.transact(moved)
    assert vanished.value.code == "store.vanished-gone"


def test_what_was_committed_into_a_file_that_was_moved_meanwhile_does_not_count_as_stored(
    store: Store, path: Path
) -> None:
    def moved(tx: Connection) -> None:
        settings.put(tx, "name", "in the moved file")
        path.rename(path.with_name("away"))

    with pytest.raises(StoreVanished) as vanished:
        store.transact(moved)
    assert vanished.value.code == "store.vanished-gone"


def test_a_folder_that_is_moved_away_and_back_is_the_same(store: Store, path: Path) -> None:
    path.parent.rename(path.parent.with_name("away"))
    refused(store, "gone")
    path.parent.with_name("away").rename(path.parent)
    put(store, "after")
    assert get(store) == "after"


def test_another_file_in_its_place_is_never_written_to(store: Store, path: Path) -> None:
    shutil.copy(path, path.with_name("another"))
    path.with_name("another").replace(path)
    refused(store, "another")
    assert store.place is not None
    assert store.place.replaced


def test_what_a_removed_log_held_is_brought_into_the_file(store: Store, path: Path) -> None:
    put(store, "in the log")
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink()
    with pytest.raises(StoreVanished) as vanished:
        put(store, "told")
    assert vanished.value.code == "store.vanished-log"
    assert get(store) == "in the log"
    put(store, "after")
    assert in_file(path) == "after"
    with closing(sqlite3.connect(path)) as looked:
        assert looked.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_a_removed_file_still_holds_is_saved_and_its_log_is_taken_away(store: Store, path: Path) -> None:
    put(store, "only here")
    path.unlink()
    refused(store, "gone")
    saved = rescue(store)
    assert saved == path.with_name("alertd.db.1.rescued")
    assert store.place is not None
    store.place.remove_log()
    assert sorted(each.name for each in path.parent.iterdir()) == ["alertd.db.1.rescued", "alertd.db.lock"]
    saved.rename(path)
    assert in_file(path) == "only here"
    refused(store, "another")


def test_what_is_saved_overwrites_nothing(store: Store, path: Path) -> None:
    path.with_name("alertd.db.1.rescued").write_text("kept")
    path.unlink()
    assert rescue(store).name == "alertd.db.2.rescued"
    assert path.with_name("alertd.db.1.rescued").read_text() == "kept"


def test_without_an_open_connection_nothing_is_made(store: Store, path: Path) -> None:
    store.engine.dispose()
    path.unlink()
    with pytest.raises(BackupRefused):
        rescue(store)
    assert not path.exists()


def test_a_command_may_use_a_store_that_no_daemon_holds(path: Path) -> None:
    opened = Store(f"sqlite:///{path}")
    migrating.upgrade(opened)
    put(opened, "value")
    assert opened.place is None
    opened.close()
