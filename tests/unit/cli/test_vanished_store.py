"""While messages are real no command begins a new store in place of the one that is gone, or of another."""

from __future__ import annotations

import shutil

import pytest

from alertd.installation import needs_mending
from alertd.store import settings, went_live
from alertd.store_watch import identified, look_after
from tests.support.installed import installation, started
from tests.support.program import Program


@pytest.fixture
def live(alertd: Program) -> Program:
    """A city that went live, and whose daemon has left its mark."""
    found, store = started(alertd.folder)
    store.identity = identified(found, store)
    store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, "2026-12-01T10:00:00+00:00"))
    alertd.replace("config.toml", 'mode = "rehearsal"', 'mode = "live"')
    look_after(installation(alertd.folder), store)
    store.close()
    return alertd


def take_away(program: Program) -> bytes:
    path = program.folder / "var" / "alertd.db"
    held = path.read_bytes()
    path.unlink()
    return held


WORDS = [
    (
        "event",
        "report",
        "major-incident",
        "--severity=major",
        "--subject",
        "a",
        "--party",
        "justice-bureau",
        "--yes",
    ),
    ("db", "upgrade"),
    ("run",),
]


@pytest.mark.parametrize("words", WORDS)
def test_a_store_that_is_gone_is_not_begun_anew(live: Program, words: tuple[str, ...]) -> None:
    take_away(live)
    ran = live(*words)
    assert (ran.code, "There is no store at" in ran.err) == (78, True)
    assert 'mode = "rehearsal", start, alertd go-live' in ran.err
    assert not (live.folder / "var" / "alertd.db").exists()


def test_the_doctor_says_that_it_is_gone(live: Program) -> None:
    take_away(live)
    ran = live("doctor", "--json")
    (found,) = [check for check in ran.json["checks"] if check["check"] == "store"]
    assert (ran.code, found["level"], found["code"]) == (1, "bad", "gone")


def test_another_store_in_its_place_is_refused(live: Program) -> None:
    take_away(live)
    live.replace("config.toml", 'mode = "live"', 'mode = "hold"')
    assert live("db", "upgrade").code == 0
    live.replace("config.toml", 'mode = "hold"', 'mode = "live"')
    ran = live("list")
    assert (ran.code, "is not the store that went live here on 2026-12-01" in ran.err) == (78, True)
    ran = live("doctor")
    assert (ran.code, "is not the store that went live here" in ran.out) == (1, True)


def test_a_restored_backup_is_accepted(live: Program) -> None:
    assert live("db", "backup", "kept.db").code == 0
    take_away(live)
    (live.folder / "kept.db").rename(live.folder / "var" / "alertd.db")
    assert live("list").code == 0


def test_in_a_rehearsal_one_may_begin_anew(live: Program) -> None:
    take_away(live)
    live.replace("config.toml", 'mode = "live"', 'mode = "rehearsal"')
    found, store = started(live.folder)
    look_after(found, store)
    assert went_live.read_mark(found.node.state_folder) is None
    store.close()
    live.replace("config.toml", 'mode = "rehearsal"', 'mode = "live"')
    assert live("list").code == 0


def test_the_mark_stays_while_its_own_store_rehearses(live: Program) -> None:
    live.replace("config.toml", 'mode = "live"', 'mode = "rehearsal"')
    found = installation(live.folder)
    store = found.open_store(upgrade=False)
    look_after(found, store)
    assert went_live.read_mark(found.node.state_folder) is not None
    store.close()


def test_a_first_start_needs_nothing(alertd: Program) -> None:
    found, store = started(alertd.folder)
    identified(found, store)
    look_after(found, store)
    assert not (found.node.state_folder / went_live.MARK).exists()
    store.close()


def test_a_daemon_waits_for_its_file_and_makes_way_for_another_one(live: Program) -> None:
    found = installation(live.folder)
    store = found.open_store(upgrade=False)
    store.claim_alone()
    path, away = live.folder / "var" / "alertd.db", live.folder / "var" / "away.db"
    path.rename(away)
    assert look_after(found, store) is None
    shutil.copy(away, path)
    fault = look_after(found, store)
    assert fault is not None
    assert not needs_mending(fault), "75: systemd starts the daemon anew, with the file that is there now"
    store.close()
