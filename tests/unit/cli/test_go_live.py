"""`alertd go-live`: from rehearsal to real messages."""

import re
import stat

import pytest

from alertd.engine.firing.fire import fire
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode
from tests.support.installed import installation, with_real_addresses


@pytest.fixture
def city(alertd):
    """A city with its own addresses and a mail server, whose changed files rule."""
    with_real_addresses(alertd.folder)
    assert alertd("plan", "--apply", "--reason", "our own people").code == 0
    return alertd


def mode(program):
    found = installation(program.folder)
    store = found.open_store(upgrade=False)
    ruling = found.ruling(store, program.clock.now()).mode
    store.close()
    return ruling


def incident_rehearsed(program):
    """An incident is reported, and its first step is decided as the mode of now wants it."""
    words = "major-incident --severity major --subject fire --party justice-bureau --yes"
    assert program("event", "report", *words.split()).code == 0
    found = installation(program.folder)
    store = found.open_store(upgrade=False)
    now = program.clock.now()
    world = found.ruling(store, now)
    while store.transact(lambda tx: fire(Scope(tx, world, now), 1000)):
        pass
    store.close()


def test_the_shipped_files_are_refused_with_everything_to_mend(alertd):
    ran = alertd("go-live", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "Replace 176 addresses that were shipped as examples:" in ran.err
    assert "[admin] to admin@example.org" in ran.err
    assert "Enable a channel that reaches people" in ran.err
    assert mode(alertd) is Mode.REHEARSAL


def test_a_dry_run_shows_who_gets_how_many_and_changes_nothing(city):
    before = (city.folder / "config.toml").read_bytes()
    ran = city("go-live", "--dry-run")
    assert ran.code == 0
    assert "In the next 30 days, over email, inbox:" in ran.out
    assert "Who gets most:" in ran.out
    assert (city.folder / "config.toml").read_bytes() == before
    assert mode(city) is Mode.REHEARSAL


def test_going_live_is_recorded_and_the_one_value_is_changed(city):
    before = (city.folder / "config.toml").read_text("utf-8")
    (city.folder / "config.toml").chmod(0o640)
    ran = city("go-live", "--yes", "--by", "秦文博")
    assert (ran.code, ran.err) == (0, "")
    assert "mode is now live" in ran.out
    after = city.folder / "config.toml"
    assert after.read_text("utf-8") == before.replace('mode = "rehearsal" ', 'mode = "live" ')
    assert stat.S_IMODE(after.stat().st_mode) == 0o640
    assert mode(city) is Mode.LIVE
    assert [path.name for path in city.folder.glob(".config*")] == []


def test_the_admin_is_told(city):
    city("go-live", "--yes")
    told = [row for row in city("outbox", "--json").json if row["person"] == "admin"]
    subjects = [city("outbox", row["id"], "--json").json["subject"] for row in told]
    assert "[alertd] Messages now go out for real" in subjects


def test_it_asks_and_no_means_no(city):
    city.answer = "n\n"
    ran = city("go-live")
    assert ran.code == 1
    assert "Let messages leave for real?" in ran.err
    assert mode(city) is Mode.REHEARSAL
    city.answer = "y\n"
    assert city("go-live").code == 0
    assert mode(city) is Mode.LIVE


def test_without_a_terminal_it_needs_yes(city):
    ran = city("go-live")
    assert ran.code == 64
    assert "--yes" in ran.err
    assert mode(city) is Mode.REHEARSAL


def test_a_second_time_only_says_since_when(city):
    city("go-live", "--yes")
    ran = city("go-live", "--yes")
    assert ran.code == 0
    assert "Messages go out for real since Mon 23 Nov 2026 09:00" in ran.out


def test_back_from_hold_it_sets_the_mode_again(city):
    city("go-live", "--yes")
    city.replace("config.toml", 'mode = "live"', 'mode = "hold"')
    assert city("go-live", "--yes").code == 0
    assert mode(city) is Mode.LIVE


def test_a_file_that_is_better_changed_by_hand_is_left_and_the_line_is_named(city):
    text = (city.folder / "config.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("mode ="))
    city.replace("config.toml", line, 'mode = """rehearsal"""')
    ran = city("go-live", "--yes")
    assert ran.code == 1
    assert 'Set mode = "live" near line' in ran.err
    assert mode(city) is Mode.REHEARSAL


def test_files_that_do_not_rule_must_be_applied_first(city):
    city.replace("schedules/policies.toml", "daily = 5", "daily = 4")
    ran = city("go-live", "--yes")
    assert ran.code == 1
    assert "The files are not what rules" in ran.err


def test_without_a_store_it_wants_a_rehearsal_first(city):
    for path in (city.folder / "var").iterdir():
        path.unlink()
    ran = city("go-live", "--yes")
    assert ran.code == 1
    assert "start alertd run once" in ran.err
    assert not list((city.folder / "var").iterdir())


def test_what_is_late_already_is_said(city):
    city.at("2027-01-06T09:00:00+08:00")
    ran = city("go-live", "--dry-run")
    assert "deadlines are past their limit already and will be chased" in ran.out


def test_a_dry_run_says_what_was_only_rehearsed_and_what_leaves_at_once(city):
    incident_rehearsed(city)
    ran = city("go-live", "--dry-run")
    assert re.search(r"\n\d+ open dut.* told in the rehearsal only\.", ran.out), ran.out
    assert "messages of the rehearsal have not left" in ran.out
    assert re.search(r"\n\d+ real messages leave by Mon 23 Nov", ran.out), ran.out


def test_back_from_rehearsal_it_says_what_is_made_up_for(city):
    city("go-live", "--yes")
    city.replace("config.toml", 'mode = "live"', 'mode = "rehearsal"')
    incident_rehearsed(city)
    ran = city("go-live", "--yes")
    assert re.search(r"drills were decided again\. Once mode is live, \d+ open dut", ran.out), ran.out
