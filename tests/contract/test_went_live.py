"""Which store it is, and whether it is the one that went live here, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.store import migrating, settings, went_live
from alertd.store.copying import copy
from alertd.store.database import Store
from alertd.store.errors import StoreVanished
from alertd.store.went_live import Mark

SINCE = "2026-12-01T10:00:00+00:00"


def live(store: Store, identity: str = "") -> str:
    found = store.transact(lambda tx: went_live.identify(tx, identity))
    store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, SINCE))
    return found


def mark_of(store: Store) -> Mark | None:
    with store.read() as tx:
        return went_live.of(tx)


def test_an_identity_is_made_once_and_is_no_other_stores(store: Store, tmp_path: Path) -> None:
    first = store.transact(went_live.identify)
    assert store.transact(went_live.identify) == first
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    migrating.upgrade(other)
    assert other.transact(went_live.identify) != first
    other.close()


def test_a_copy_is_the_store_that_went_live(store: Store, tmp_path: Path) -> None:
    live(store)
    mark = mark_of(store)
    assert mark is not None
    target = Store(f"sqlite:///{tmp_path / 'copy.db'}")
    copy(store, target)
    assert went_live.fits(mark_of(target), mark)
    target.close()


def test_a_store_from_before_it_went_live_is_not_the_one_that_did(store: Store) -> None:
    identity = store.transact(went_live.identify)
    assert not went_live.fits(mark_of(store), Mark(identity, SINCE))


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (Mark("a", SINCE), True),
        (Mark("a", "another day"), True),
        (Mark("b", SINCE), False),
        (Mark("", SINCE), True),
        (Mark("", "another day"), False),
        (None, False),
    ],
)
def test_a_store_without_an_identity_is_told_by_when_it_went_live(found: Mark | None, fits: bool) -> None:
    assert went_live.fits(found, Mark("a", SINCE)) is fits


@pytest.mark.parametrize("text", ["", "[]", "{", '{"store": 1}', "null", "\x00"])
def test_a_mark_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / went_live.MARK).write_text(text)
    assert went_live.read_mark(tmp_path) is None


def test_a_mark_is_read_as_it_was_written_and_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    went_live.write_mark(folder, Mark("a", SINCE))
    assert went_live.read_mark(folder) == Mark("a", SINCE)
    assert [path.name for path in folder.iterdir()] == [went_live.MARK]
    went_live.write_mark(folder, None)
    assert went_live.read_mark(folder) is None


def test_a_store_that_has_become_another_is_refused(store: Store) -> None:
    store.identity = live(store)
    with store.read() as tx:
        went_live.require_same(tx, store)
    other = Store(store.url.render_as_string(hide_password=False))
    other.transact(lambda tx: settings.put(tx, settings.STORE_ID, "another"))
    with store.read() as tx, pytest.raises(StoreVanished):
        went_live.require_same(tx, store)
    store.engine.dispose()
    if not store.embedded:  # a new connection looks for itself, before anything is decided
        with pytest.raises(StoreVanished), store.read():
            pass
    other.transact(lambda tx: settings.put(tx, settings.STORE_ID, store.identity))
    with store.read() as tx:
        went_live.require_same(tx, store)
    other.close()


@pytest.mark.needs("postgres")
def test_an_empty_database_behind_the_same_address_is_refused(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.identity = "the one that was opened"
    with pytest.raises(StoreVanished), store.read():
        pass
    store.close()
