"""One lineage builds the tables on both databases, and refuses what it does not know."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from alertd.store import migrating
from alertd.store.database import Store
from alertd.store.errors import StoreNewer, StoreOlder
from alertd.store.tables import metadata


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    store = Store(empty_url)
    yield store
    store.close()


def test_migrations_build_exactly_the_tables_the_program_speaks_of(empty: Store) -> None:
    assert migrating.upgrade(empty) == ""
    with empty.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_the_comparison_sees_a_column_that_is_missing(store: Store) -> None:
    with store.write() as tx:
        tx.execute(text("ALTER TABLE receipts DROP COLUMN node"))
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata)


def test_upgrading_twice_is_upgrading_once(empty: Store) -> None:
    migrating.upgrade(empty)
    assert migrating.upgrade(empty) == migrating.NEWEST
    assert migrating.check(empty)


def test_an_empty_database_is_refused_until_it_is_upgraded(empty: Store) -> None:
    with pytest.raises(StoreOlder, match="alertd db upgrade"):
        migrating.require_current(empty)
    migrating.upgrade(empty)
    migrating.require_current(empty)


def test_a_database_of_a_newer_program_is_refused_and_left_alone(store: Store) -> None:
    with store.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for work in (migrating.upgrade, migrating.require_current, migrating.check):
        with pytest.raises(StoreNewer, match=r"9999.*install that version") as refused:
            work(store)
        assert refused.value.values == {"found": "9999", "known": migrating.NEWEST}
    assert migrating.version_of(store) == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    whole = command.upgrade

    def broken(*args: object) -> None:
        whole(*args)  # type: ignore[arg-type]
        raise RuntimeError("power cut")

    monkeypatch.setattr(command, "upgrade", broken)
    with pytest.raises(RuntimeError):
        migrating.upgrade(empty)
    monkeypatch.undo()
    assert migrating.version_of(empty) == ""
    migrating.upgrade(empty)


def test_the_version_the_program_names_is_the_newest_migration() -> None:
    scripts = ScriptDirectory.from_config(migrating.config())
    assert scripts.get_current_head() == migrating.NEWEST
