"""One installation as the daemon opens it: whether its files were saved meanwhile, and what it cannot use."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from alertd import installation
from alertd.clock import SystemClock
from alertd.engine.running.door import Door
from alertd.installation import Installation
from alertd.reloading import Reloading
from alertd.store.database import Store
from alertd.store.tables import deliveries
from alertd.transports.registered import Hearing
from tests.support.daemon import Site
from tests.support.installed import change, lay_down, started

LATER, EARLIER = 60, -60


@pytest.fixture
def opened(tmp_path: Path) -> Installation:
    return Site(tmp_path).installation()


def read_at(monkeypatch: pytest.MonkeyPatch, seconds_from_now: int) -> None:
    monkeypatch.setattr(installation, "_FIRST_READING", time.time() + seconds_from_now)


def test_files_that_lay_there_before_need_no_second_reading(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at(monkeypatch, LATER)
    assert not opened.saved_since_start()


def test_a_file_that_was_saved_is_read_again_even_if_it_claims_to_be_old(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in opened.node.folder.rglob("*"):
        os.utime(path, (0, 0))
    read_at(monkeypatch, EARLIER)
    assert opened.saved_since_start()


def test_a_folder_that_is_gone_is_found_by_reading_again(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at(monkeypatch, LATER)
    opened.node.file.unlink()
    assert opened.saved_since_start()


@contextmanager
def _reloading(folder: Path) -> Iterator[tuple[Reloading, Store]]:
    found, store = started(folder)
    door = Door()
    yield Reloading(found, store, door, SystemClock(), Hearing), store
    door.close()
    store.close()


def _told(store: Store) -> list[str]:
    with store.read() as tx:
        rows = tx.execute(select(deliveries)).fetchall()
    return [entry["fault"] for row in rows if row.person == "admin" for entry in row.payload["entries"]]


async def test_of_a_template_with_a_fault_the_admin_is_told(tmp_path: Path) -> None:
    folder = lay_down(tmp_path)
    (folder / "channels/templates").mkdir()
    (folder / "channels/templates/message.txt.j2").write_text("one\n{% if %}\n", "utf-8")
    with _reloading(folder) as (files, store):
        taken = await files.begin()
        await files.tell(taken.world, taken.faults)
        assert [line.partition(" ")[0] for line in _told(store)] == ["channels/templates/message.txt.j2:2:1:"]


async def test_a_channel_without_its_secret_is_not_started_and_the_reason_is_given(tmp_path: Path) -> None:
    folder = lay_down(tmp_path)
    change(folder / "channels/telegram.toml", "enabled = false", "enabled = true")
    with _reloading(folder) as (files, store):
        taken = await files.begin()
        running, faults = await files.start_transports(taken.world, {})
        await files.tell(taken.world, faults)
        assert sorted(running) == ["inbox"]
        (line,) = _told(store)
        assert line.startswith("channels/telegram.toml:")
        assert "telegram_token" in line


@contextmanager
def _mailing(folder: Path) -> Iterator[Reloading]:
    """Mail with a password in a file of its own."""
    (folder / "password").write_text("one", "utf-8")
    email = folder / "channels/email.toml"
    change(email, "enabled = false", "enabled = true")
    change(email, 'username = ""', 'username = "alertd"')
    change(email, '{ credential = "smtp_password" }', f'{{ file = "{folder / "password"}" }}')
    with _reloading(folder) as (files, _):
        yield files


async def test_a_channel_whose_settings_stand_goes_on_as_it_runs(tmp_path: Path) -> None:
    with _mailing(lay_down(tmp_path)) as files:
        taken = await files.begin()
        running, _ = await files.start_transports(taken.world, {})
        again, _ = await files.start_transports(taken.world, running)
        assert again["email"] is running["email"]


async def test_a_channel_whose_password_is_another_is_made_anew(tmp_path: Path) -> None:
    folder = lay_down(tmp_path)
    with _mailing(folder) as files:
        taken = await files.begin()
        running, _ = await files.start_transports(taken.world, {})
        (folder / "password").write_text("two", "utf-8")
        again, _ = await files.start_transports(taken.world, running)
        assert again["email"] is not running["email"]
