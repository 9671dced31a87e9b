"""Copies of the store: complete, private, checked, and never over another file."""

from __future__ import annotations

import sqlite3
import stat

import pytest

from alertd.store import backup as backup_module
from alertd.store import migrating, settings
from alertd.store.backup import BackupRefused, backup
from alertd.store.database import Store
from alertd.store.health import free_bytes, held, integrity


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'state' / 'alertd.db'}")
    migrating.upgrade(made)
    made.transact(lambda tx: settings.put(tx, "colour", "green"))
    yield made
    made.close()


def test_a_backup_is_a_store_with_everything_committed(store, tmp_path):
    made = backup(store, tmp_path / "copy.db")
    assert made.size == (tmp_path / "copy.db").stat().st_size
    assert made.version == migrating.NEWEST
    copy = Store(f"sqlite:///{made.path}")
    with copy.read() as tx:
        assert settings.get(tx, "colour") == "green"
    copy.close()


def test_only_the_owner_may_read_a_backup_and_it_stands_alone(store, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    made = backup(store, folder / "copy.db")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    # bytes 18 and 19 of the header: 2 would ask for a -wal file beside it (sqlite.org/fileformat.html)
    assert made.path.read_bytes()[18:20] == b"\x01\x01"


def test_a_backup_is_taken_while_somebody_writes(store, tmp_path):
    with store.write() as tx:
        settings.put(tx, "colour", "red")
        made = backup(store, tmp_path / "copy.db")
    with sqlite3.connect(made.path) as copy:
        assert copy.execute("SELECT value FROM settings WHERE name = 'colour'").fetchone() == ('"green"',)
    copy.close()


def test_an_existing_file_is_never_overwritten(store, tmp_path):
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(BackupRefused) as refused:
        backup(store, tmp_path / "copy.db")
    assert refused.value.code == "exists"
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_file_that_appears_meanwhile_is_not_overwritten_either(store, tmp_path, monkeypatch):
    check = backup_module._checked

    def check_slowly(part):
        (tmp_path / "copy.db").write_text("precious")
        return check(part)

    monkeypatch.setattr(backup_module, "_checked", check_slowly)
    with pytest.raises(BackupRefused) as refused:
        backup(store, tmp_path / "copy.db")
    assert refused.value.code == "exists"
    assert (tmp_path / "copy.db").read_text() == "precious"
    assert not list(tmp_path.glob(".*.part"))


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(store, tmp_path):
    with pytest.raises(BackupRefused) as refused:
        backup(store, tmp_path / "nowhere" / "copy.db")
    assert refused.value.code == "unwritable"
    assert refused.value.values["said"] == "No such file or directory"


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    nothing = Store(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(BackupRefused) as refused:
        backup(nothing, tmp_path / "copy.db")
    assert refused.value.code == "no-store"
    assert not list(tmp_path.iterdir())


def _damage(store: Store) -> None:
    """Overwrite one page of one table, as a failing disk does."""
    assert store.path is not None
    store.close()
    with sqlite3.connect(store.path) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'deliveries'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    raw.close()
    with store.path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def test_a_damaged_store_makes_no_backup(store, tmp_path):
    _damage(store)
    with pytest.raises(BackupRefused) as refused:
        backup(store, tmp_path / "copy.db")
    assert refused.value.code == "damaged"
    assert not (tmp_path / "copy.db").exists()


def test_a_damaged_store_is_noticed(store):
    assert integrity(store) == ""
    _damage(store)
    assert integrity(Store(str(store.url))) != ""


def test_postgresql_is_copied_with_its_own_tool_and_the_password_is_not_shown(tmp_path):
    store = Store("postgresql://clerk:secret@db.city/alertd?password=secret&sslmode=require")
    with pytest.raises(BackupRefused) as refused:
        backup(store, tmp_path / "copy.dump")
    command = refused.value.values["command"]
    url = "'postgresql://clerk@db.city/alertd?sslmode=require'"
    assert command == f"pg_dump --format=custom --file={tmp_path}/copy.dump {url}"


def test_whether_a_daemon_holds_the_store_is_seen_without_disturbing_it(store):
    assert held(store) is False
    store.claim_alone()
    assert held(store) is True
    store.close()
    assert held(store) is False


def test_the_room_left_is_that_of_the_disk_the_store_is_on(store):
    room = free_bytes(store)
    assert room is not None
    assert room > 0
    assert free_bytes(Store("postgresql://clerk@db.city/alertd")) is None
