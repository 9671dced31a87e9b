"""A store that cannot be used says so in words a clerk can act on, and is never made worse."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from alertd.store import database, migrating, settings
from alertd.store.database import Store, memory_store
from alertd.store.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from alertd.store.tables import settings as settings_table


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alertd.db"


@pytest.fixture
def open_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Store]]:
    """Opens the store at `path`, waiting for others a moment only."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    opened: list[Store] = []

    def opening(query: str = "") -> Store:
        opened.append(Store(f"sqlite:///{path}{query}"))
        return opened[-1]

    yield opening
    for store in opened:
        store.close()


def _put(tx: Connection) -> None:
    settings.put(tx, "name", "value " * 2000)


def _get(store: Store) -> object:
    with store.read() as tx:
        return settings.get(tx, "name")


def test_a_locked_database_is_busy_and_works_again_afterwards(
    open_store: Callable[[], Store], path: Path
) -> None:
    store = open_store()
    migrating.upgrade(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match=r"alertd\.db is locked by another program; try again") as busy:
        store.transact(_put)
    assert busy.value.values == {"path": str(path)}
    assert _get(store) is None  # reading goes on meanwhile
    other.execute("ROLLBACK")
    other.close()
    store.transact(_put)
    assert _get(store)


def test_a_database_locked_before_it_was_opened_is_busy(open_store: Callable[[], Store], path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE x (y)")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusy, match="try again"):
        migrating.upgrade(open_store())
    other.close()


def test_who_makes_the_file_at_the_same_moment_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself does not wait while the journal is changed to a write-ahead log."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE x (y)")
    other.execute("BEGIN IMMEDIATE")
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            other.execute("ROLLBACK")

    monkeypatch.setattr(database, "sleep", sleep)
    store = Store(f"sqlite:///{path}")
    try:
        migrating.upgrade(store)
        migrating.require_current(store)
    finally:
        store.close()
        other.close()
    assert len(pauses) == 3


def test_a_file_that_is_no_database_is_corrupt_and_left_alone(
    open_store: Callable[[], Store], path: Path
) -> None:
    path.write_text("This is the minutes of the last meeting.\n" * 200)
    before = path.read_bytes()
    for work in (migrating.upgrade, migrating.check):
        with pytest.raises(StoreCorrupt, match=r"not a usable database.*restore the last backup") as corrupt:
            work(open_store())
        assert str(path) in str(corrupt.value)
    assert path.read_bytes() == before


def test_a_database_cut_short_is_corrupt(open_store: Callable[[], Store], path: Path) -> None:
    store = open_store()
    migrating.upgrade(store)
    for n in range(20):
        store.transact(lambda tx, n=n: settings.put(tx, f"name{n}", "value " * 2000))  # type: ignore[misc]
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(StoreCorrupt, match="restore the last backup"), open_store().read() as tx:
        tx.execute(select(settings_table)).fetchall()


def test_a_full_disk_is_reported_and_nothing_is_half_written(open_store: Callable[[], Store]) -> None:
    store = open_store()
    migrating.upgrade(store)

    def fill(tx: Connection) -> None:
        pages = tx.execute(text("PRAGMA page_count")).scalar_one()
        tx.execute(text(f"PRAGMA max_page_count = {pages + 1}"))
        settings.put(tx, "first", "small")
        settings.put(tx, "name", "value " * 20000)

    with pytest.raises(StoreFull, match=r"cannot be written.*free space on the disk"):
        store.transact(fill)
    with store.read() as tx:
        assert settings.get(tx, "first") is None


def test_a_store_that_may_only_be_read_says_what_to_do(open_store: Callable[..., Store], path: Path) -> None:
    migrating.upgrade(open_store())
    store = Store(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StoreFull, match=r"cannot be written.*the right to write"):
        store.transact(_put)
    store.close()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'missing' / 'alertd.db'}")
    with pytest.raises(StoreFull, match=r"missing/alertd\.db cannot be written"):
        store.transact(_put)
    store.close()


def test_a_place_where_no_folder_can_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(f"sqlite:///{tmp_path / 'file' / 'alertd.db'}")
    with pytest.raises(StoreError, match="file"):
        migrating.upgrade(store)
    store.close()


def test_a_server_that_does_not_answer_is_busy_and_its_password_stays_secret(tmp_path: Path) -> None:
    store = Store(f"postgresql://clerk:hunter2@/alertd?host={tmp_path}")
    with pytest.raises(StoreBusy, match="cannot be reached") as busy:
        store.transact(_put)
    assert "hunter2" not in str(busy.value) + str(busy.value.values)
    store.close()


def test_what_nobody_foresaw_is_still_a_store_error_without_the_rows_in_it() -> None:
    store = memory_store()
    with pytest.raises(StoreError, match="no such table: unheard") as error, store.write() as tx:
        tx.execute(text("INSERT INTO unheard VALUES (:secret)"), {"secret": "hunter2"})
    assert "hunter2" not in str(error.value)
    store.close()


def test_an_error_of_the_caller_is_not_taken_for_one_of_the_store() -> None:
    store = memory_store()

    def work(tx: Connection) -> None:
        _put(tx)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        store.transact(work)
    assert _get(store) is None
    store.close()
