"""`alertd demo`: a night and a draft on virtual time, told by commands that are really run."""

import hashlib
import json
import shlex
import shutil
from datetime import date, datetime

import click
import pytest

from alertd.cli import app
from alertd.cli.context import Session
from alertd.cli.demo import stage as demo_stage
from alertd.cli.demo import story as demo_story
from alertd.cli.demo.place import national_day
from alertd.clock import SettableClock
from alertd.core.calendar import CalendarYear, WorkCalendar
from tests.story.city import ZONE, at
from tests.support.program import Program
from tests.unit.cli.conftest import NOW

INFORMATION = "incident-information@night-fire/town-donghe"
CONFERENCE = "press-conference@night-fire/town-donghe"


def lines_of(ran):
    return [json.loads(line) for line in ran.out.splitlines()]


@pytest.fixture(scope="module")
def city(made, tmp_path_factory):
    """A city of its own that speaks English, for tests that only look."""
    folder = tmp_path_factory.mktemp("demo") / "city"
    shutil.copytree(made, folder)
    program = Program(folder, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})
    program.replace("config.toml", 'language = "zh-Hant"', 'language = "en"')
    return program


@pytest.fixture(scope="module")
def played(city):
    """What the demonstration shows, in order."""
    before = bytes_of(city.folder)
    ran = city("demo", "--fast", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert bytes_of(city.folder) == before
    return lines_of(ran)


@pytest.fixture
def only_the_night(monkeypatch):
    """Leave out the draft, where a test looks at the beginning; it would take most of the time."""
    monkeypatch.setattr(demo_story, "draft", lambda *args: iter(()))


def bytes_of(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def commands(played):
    return [line for line in played if line["kind"] == "command"]


def messages(played, about=""):
    return [line for line in played if line["kind"] == "message" and about in "".join(line["deadlines"])]


def named(command, words):
    """The command that words name, and what they give to it."""
    while isinstance(command, click.Group):
        command, words = command.get_command(click.Context(command), words[0]), words[1:]
    return command, words


# ---------------------------------------------------------------- what is shown


def test_it_plays_on_the_last_national_day_the_calendar_knows_from_ten_past_two(played):
    assert "The register is that of" in played[0]["text"]
    assert played[0]["at"] == "2026-10-01T02:10:00+08:00"
    assert [line["at"] for line in played] == sorted(line["at"] for line in played)


def test_the_acts_come_in_the_order_of_the_story(played):
    done = [shlex.split(line["command"]) for line in commands(played)]
    assert [words[3] if words[1] == "event" else words[1] for words in done] == [
        "major-incident", "ack", "ack", "ack", "information-published", "list",
        "press-conference-held", "consultation-opened", "consultation-closed", "review-requested",
        "gate", "submitted-for-deliberation", "draft-returned", "draft-resubmitted", "explain",
        "review-opinion-issued", "gate", "submitted-for-deliberation",
    ]  # fmt: skip


def test_every_command_is_one_the_program_takes_and_answers(played, tmp_path):
    session = Session(None, {"ALERTD_LANGUAGE": "en"}, tmp_path)
    for line in commands(played):
        words = shlex.split(line["command"])
        assert words[0] == "alertd"
        command, rest = named(app.alertd, words[1:])
        assert command.make_context(words[1], rest, obj=session).params
        assert line["output"]
    assert [line["code"] for line in commands(played) if line["code"]] == [1]  # the gate that is shut


def test_both_clocks_wake_the_night_duty_the_town_and_its_leader_at_once(played):
    first = messages(played)[:6]
    assert {line["at"] for line in first} == {"2026-10-01T02:10:00+08:00"}
    assert {line["position"] for line in first} == {"duty", "contact", "leader-in-charge", "receiver"}
    assert all(line["deadlines"] == [INFORMATION, CONFERENCE] for line in first)
    assert {line["ask"] for line in first if line["position"] == "leader-in-charge"} == {False}


def test_an_acknowledgement_rests_the_repeats_for_an_hour(played):
    acked = next(line["at"] for line in commands(played) if " ack " in line["command"])
    following = [line["at"] for line in messages(played) if line["at"] >= acked]
    assert acked == "2026-10-01T02:24:00+08:00"
    assert following[0] == "2026-10-01T03:24:00+08:00"


def test_the_principal_hears_before_the_information_is_out_and_it_is_out_in_time(played):
    principal = next(line["at"] for line in messages(played) if line["position"] == "principal")
    published = next(line for line in commands(played) if "information-published" in line["command"])
    assert principal < published["at"] < "2026-10-01T07:10:00+08:00"
    assert f"closed {INFORMATION}" in "".join(published["output"])
    assert not any("late" in line for line in published["output"])


def test_everybody_who_was_told_hears_that_it_is_done_and_nobody_hears_more(played):
    about = messages(played, INFORMATION)
    done = [line for line in about if line["steps"] == ["done"]]
    clerk = "guo-huimin.town-donghe"  # who reported it knows
    assert {line["person"] for line in done} == {line["person"] for line in about} - {clerk}
    assert about[-1]["at"] == done[0]["at"]


def test_each_clock_of_the_incident_is_closed_by_its_own_act(played):
    listed = next(line for line in commands(played) if " list " in line["command"])
    rows = "\n".join(listed["output"])
    assert "open, on track" in rows
    assert "handed in" in rows
    held = next(line for line in commands(played) if "press-conference-held" in line["command"])
    assert f"closed {CONFERENCE}" in "".join(held["output"])
    assert INFORMATION not in "".join(held["output"])


def test_going_past_the_shut_gate_is_told_and_going_through_the_open_one_is_not(played):
    past, through = [line for line in commands(played) if "event report submitted" in line["command"]]
    told = [line for line in messages(played) if line["steps"] == ["gate-shut"]]
    assert {line["at"] for line in told} == {past["at"]}
    assert {line["position"] for line in told} == {"leader-in-charge", "contact"}
    assert played.index(through) > max(played.index(line) for line in messages(played))


def test_each_act_is_introduced_by_a_sentence(played):
    said = [line["text"] for line in played if line["kind"] == "say"]
    assert len(said) > 15
    assert "Donghe Town" in said[1]
    assert "Nothing was sent" in said[-1]


# ---------------------------------------------------------------- where it plays


def test_with_no_installation_it_plays_in_the_shipped_register_and_leaves_nothing(
    tmp_path, played, only_the_night
):
    alone = Program(tmp_path, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})
    ran = alone("demo", "--fast", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert list(tmp_path.iterdir()) == []
    assert "There is no config.toml here" in lines_of(ran)[0]["text"]
    shown = lines_of(ran)[1:-1]
    assert shown == played[1 : len(shown) + 1]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("schedules/chapter-5.toml", 'rule = "5 hours"', 'rule = "4 hours"', "are not those of the story"),
        ("schedules/chapter-5.toml", 'rule = "5 hours"', 'rule = "5 ours"', "have faults"),
        ("config.toml", "[office]", "[offices]", "have faults"),
    ],
)
def test_a_register_the_story_is_not_true_of_gives_way_to_the_shipped_one(
    alertd, only_the_night, file, old, new, words
):
    alertd.replace(file, old, new)
    ran = alertd("demo", "--fast", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert words in lines_of(ran)[0]["text"]
    assert f"closed {INFORMATION}" in "".join(commands(lines_of(ran))[4]["output"])


def test_a_duty_more_that_the_events_would_start_is_not_played(alertd, only_the_night):
    place = alertd.folder / "schedules" / "chapter-5.toml"
    place.write_text(
        place.read_text("utf-8")
        + """
[[obligation]]
id = "incident-review"
title = { en = "Review of an incident" }
source = { clause = "§24", checked = 2026-11-22 }
owed_by = "event.party"
starts_on = ["major-incident.published"]
rule = "10 days"
policy = "case-day"
"""
    )
    assert alertd("check").code == 0
    shown = lines_of(alertd("demo", "--fast", "--json"))
    assert "are not those of the story" in shown[0]["text"]
    assert not any("incident-review" in name for line in messages(shown) for name in line["deadlines"])


def test_a_configuration_that_is_named_and_not_there_is_said(alertd):
    ran = alertd("--config", "nowhere", "demo", "--fast")
    assert (ran.code, ran.out) == (78, "")


def test_it_sends_as_after_going_live_whatever_the_mode(alertd, only_the_night):
    alertd.replace("config.toml", 'mode = "rehearsal"', 'mode = "hold"')
    sent = messages(lines_of(alertd("demo", "--fast", "--json")))
    assert len(sent) > 50
    assert not any("DRILL" in line["subject"] for line in sent)


@pytest.mark.parametrize(
    ("today", "night"),
    [("2026-03-01", 2026), ("2026-10-01", 2026), ("2026-10-02", 2026), ("2028-01-01", 2026)],
)
def test_the_night_is_the_next_one_with_a_notice_or_the_last_that_had_one(today, night):
    years = {year: CalendarYear(year, "official") for year in (2025, 2026)}
    calendar = WorkCalendar(ZONE, years, "v")
    assert national_day(calendar, date.fromisoformat(today)) == date(night, 10, 1)


def test_without_any_notice_it_is_the_next_national_day():
    assert national_day(WorkCalendar(ZONE, {}, "v"), date(2030, 1, 1)) == date(2030, 10, 1)


# ---------------------------------------------------------------- how it looks


@pytest.mark.parametrize(
    ("language", "words", "act"),
    [
        ("zh-Hant", "國慶之夜", "--party 東河鎮"),
        ("zh-Hans", "国庆之夜", "--party 东河镇"),
        ("en", "The night of National Day", "--party town-donghe"),
    ],
)
def test_it_speaks_the_configured_language(city, only_the_night, language, words, act):
    folder = city.folder.parent / language
    folder.mkdir()
    ran = Program(folder, SettableClock(NOW), {"ALERTD_LANGUAGE": language})("demo", "--fast")
    assert ran.code == 0
    assert words in ran.out
    assert f"$ alertd event report major-incident --subject night-fire {act} --severity major" in ran.out


def test_one_text_to_several_people_is_shown_once_with_who_is_asked(city, only_the_night):
    shown = city("demo", "--fast").out
    assert (
        "02:10  [Reminder] Fire at the chemical works (Donghe Town): 2 deadlines, the first due today"
        in shown
    )
    assert "\n       Asked: 方雲舟" in shown
    assert "\n       Informed: 陶秀珍 (Donghe Town, leader in charge)" in shown
    assert "—— Thu 1 Oct 2026 ——" in shown
    assert "\x1b" not in shown


class Hours:
    """The machine's clock, which only sleeping moves."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


class Interrupted(Hours):
    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt


@pytest.mark.parametrize(("speed", "seconds"), [(1, 30), (2, 15)])
def test_five_hours_pass_in_half_a_minute(monkeypatch, speed, seconds):
    hours, clock = Hours(), SettableClock(at("2026-10-01 02:10"))
    ticks: list[datetime] = []
    monkeypatch.setattr(demo_stage, "time", hours)
    demo_stage.Tempo(clock, ticks.append, speed, fast=False).until(at("2026-10-01 07:10"))
    assert hours.slept == pytest.approx(seconds)
    assert ticks == sorted(ticks)
    assert at("2026-10-01 02:10") <= ticks[0] < ticks[-1] < at("2026-10-01 07:10")
    assert clock.now() == at("2026-10-01 07:10")


def test_later_a_month_passes_in_less_than_half_a_minute_and_a_moment_is_long_enough_to_read(monkeypatch):
    hours, clock = Hours(), SettableClock(at("2026-10-08 09:00"))
    monkeypatch.setattr(demo_stage, "time", hours)
    tempo = demo_stage.Tempo(clock, lambda at: None, 1, fast=False)
    tempo.hasten()
    tempo.until(at("2026-10-08 09:01"))
    assert 2 < hours.slept < 4
    tempo.until(at("2026-11-08 09:00"))
    assert hours.slept < 30


def test_on_a_terminal_a_clock_runs_and_is_cleared_away(city, monkeypatch, only_the_night):
    hours = Hours()
    monkeypatch.setattr(demo_stage, "time", hours)
    ran = Program(city.folder, city.clock, {**city.environ, "NO_COLOR": "1"}, answer="")(
        "demo", "--speed", "9"
    )
    assert ran.code == 0
    assert hours.slept > 3
    assert "\r\x1b[2KThu 1 Oct 03:" in ran.err
    assert ran.err.endswith("\r\x1b[2K")


def test_it_can_be_left_at_any_time(city, monkeypatch):
    monkeypatch.setattr(demo_stage, "time", Interrupted())
    ran = city("demo")
    assert ran.code == 1
    assert ran.err == "\nStopped; nothing was changed.\n"
    assert "Traceback" not in ran.err + ran.out
