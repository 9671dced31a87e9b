"""`alertd preview`: what would go out, from the command line."""

import json
import shutil
from datetime import datetime
from typing import Any

import icalendar
import pytest

from alertd.clock import SettableClock
from tests.support.khal import subscribed
from tests.support.program import Program
from tests.unit.cli.conftest import NOW

ROW = {
    "at", "reached_at", "message", "deadline", "obligation", "party",
    "step", "level", "person", "channel", "subject", "profile", "then",
}  # fmt: skip
YEAR_END = ("--from", "2026-12-28", "--to", "2027-01-01")


@pytest.fixture(scope="module")
def rows(made, tmp_path_factory):
    """What goes out at the end of the year if nobody says anything; for tests that only look."""
    folder = tmp_path_factory.mktemp("preview") / "city"
    shutil.copytree(made, folder)
    return Program(folder, SettableClock(NOW))("preview", *YEAR_END, "--format", "json").json


def test_json_lists_one_row_per_deadline_and_message(rows):
    assert rows
    assert all(set(row) == ROW for row in rows)
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert {row["at"][-6:] for row in rows} == {"+08:00"}


def test_nothing_to_say_is_an_empty_list(alertd):
    assert alertd("preview", "--from", "2026-11-24", "--to", "2026-11-25", "--json").json == []


def test_the_span_begins_at_the_first_day_and_ends_before_the_last(alertd):
    rows = alertd("preview", "--from", "2026-12-02", "--to", "2026-12-16", "--json").json
    assert {row["at"][:10] for row in rows} == {"2026-12-02"}
    assert alertd("preview", "--from", "2026-12-03", "--to", "2026-12-16", "--json").json == []


def test_every_town_and_department_hears_of_30_december(alertd, rows):
    owing = {row["party"] for row in rows if row["deadline"].startswith("rule-of-law-report@2026/")}
    listed = alertd("list", "--json").json
    assert owing == {row["party"] for row in listed if row["id"].startswith("rule-of-law-report@2026/")}
    assert len(owing) == 32


def test_a_unit_and_a_person_narrow_it(alertd, rows):
    wanted = [row for row in rows if row["party"] == "justice-bureau"]
    person = wanted[0]["person"]
    narrow = alertd("preview", *YEAR_END, "--party", "司法局", "--person", person, "--json").json
    assert [row["deadline"] for row in narrow] == [r["deadline"] for r in wanted if r["person"] == person]


def test_officers_are_found_by_their_unit(alertd):
    rows = alertd("preview", *YEAR_END, "--party", "public-security-bureau", "--json").json
    assert any(row["obligation"] == "officer-training" for row in rows)


def test_an_event_on_the_way_starts_its_clocks(alertd):
    event = "major-incident/major@2026-12-29T02:10:司法局"
    rows = alertd("preview", *YEAR_END, "--event", event, "--party", "justice-bureau", "--json").json
    first = next(row for row in rows if row["obligation"] == "incident-information")
    assert first["deadline"] == "incident-information@preview-1/justice-bureau"
    assert first["at"] == "2026-12-29T02:10:00+08:00"


def test_an_event_may_concern_several_units(alertd):
    event = "major-incident/major@2026-12-29T02:10+08:00:司法局,公安局"
    rows = alertd("preview", *YEAR_END, "--event", event, "--json").json
    parties = {row["party"] for row in rows if row["obligation"] == "incident-information"}
    assert parties == {"justice-bureau", "public-security-bureau"}


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        ("major-incident/major@2026-12-29T02:10", 64, "is no event; write TYPE@INSTANT:UNIT"),
        ("major-incident", 64, "is no event"),
        ("mayor-incident@2026-12-29T02:10:司法局", 1, "Did you mean major-incident?"),
        ("major-incident/major@2026-12-29:司法局", 1, "needs a time"),
        ("major-incident/major@2026-12-29T02:10:司法所", 1, "Did you mean 司法局"),
        ("major-incident/major@yesterday:司法局", 1, "is no instant"),
    ],
)
def test_an_event_written_wrongly_is_said(alertd, event, code, words):
    ran = alertd("preview", *YEAR_END, "--event", event)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_a_day_event_may_be_given_by_its_date(alertd):
    rows = alertd("preview", *YEAR_END, "--event", "review-requested@2026-12-29:司法局", "--json").json
    assert any(row["deadline"].endswith("@preview-1/justice-bureau") for row in rows)


def test_if_nobody_does_anything_it_becomes_overdue(alertd, rows):
    never = alertd("preview", *YEAR_END, "--assume", "never", "--json").json
    assert not any(row["step"].startswith("overdue") for row in rows)
    assert any(row["step"].startswith("overdue") for row in never)


def test_whoever_acknowledges_is_asked_once(alertd):
    event = (
        "--event",
        "major-incident/major@2026-12-29T02:10:司法局",
        "--from",
        "2026-12-29",
        "--to",
        "2026-12-30",
    )
    silent, acked = (alertd("preview", *event, "--assume", how, "--json").json for how in ("silent", "acked"))
    assert len(acked) < len(silent)


def test_the_table_has_one_line_a_message_and_says_why(alertd, rows):
    wanted = {row["message"] for row in rows if row["party"] == "justice-bureau"}
    ran = alertd("preview", *YEAR_END, "--party", "司法局")
    assert len(ran.out.splitlines()) == 1 + len(wanted)
    assert "Wed 30 Dec 08:30" in ran.out
    assert "contact person: last-day" in ran.out
    assert f"{len(wanted)} messages to" in ran.err


def test_the_figures_name_who_gets_most_and_the_principals(alertd):
    ran = alertd("preview", *YEAR_END, "--summary")
    for words in ("Who gets most:", "Principals:", "What for:", "Busiest weeks:"):
        assert words in ran.out
    figures = alertd("preview", *YEAR_END, "--summary", "--json").json
    assert figures["messages"] == sum(person["messages"] for person in figures["people"])
    assert figures["from"] == "2026-12-28T00:00:00+08:00"
    assert figures["to"] == "2027-01-01T00:00:00+08:00"


def test_a_past_span_is_played_from_an_empty_store(alertd):
    alertd("done", "rule-of-law-report@2026/justice-bureau", "--by", "clerk")
    alertd("verify", "rule-of-law-report@2026/justice-bureau", "--by", "clerk")
    past = ("--from", "2026-11-01", "--to", "2026-12-31", "--party", "justice-bureau", "--json")
    assert any(row["obligation"] == "rule-of-law-report" for row in alertd("preview", *past).json)
    ahead = ("--from", "2026-11-24", "--to", "2026-12-31", "--party", "justice-bureau", "--json")
    assert not any(row["obligation"] == "rule-of-law-report" for row in alertd("preview", *ahead).json)


def test_it_needs_no_store_and_makes_none(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    assert alertd("preview", *YEAR_END, "--json").json
    assert not list((alertd.folder / "var").iterdir())


def test_it_changes_nothing(alertd):
    before = alertd("list", "--json").out, alertd("outbox", "--json").out
    alertd("preview", *YEAR_END, "--assume", "never")
    assert (alertd("list", "--json").out, alertd("outbox", "--json").out) == before


def test_files_that_do_not_rule_yet_are_shown_and_that_is_said(alertd):
    alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")
    ran = alertd("preview", "--from", "2026-12-15", "--to", "2026-12-22", "--json")
    assert "The files differ from what rules now" in ran.err
    days = {
        r["at"][:10]
        for r in json.loads(ran.out)
        if r["step"] == "last-day" and r["obligation"] == "rule-of-law-report"
    }
    assert "2026-12-18" in days


def test_a_span_that_ends_before_it_begins_is_wrong_usage(alertd):
    ran = alertd("preview", "--from", "2026-12-02", "--to", "2026-12-01")
    assert ran.code == 64
    assert "--to must lie after --from" in ran.err


def test_somebody_unknown_is_said(alertd):
    assert "There is no person" in alertd("preview", "--person", "nobody").err
    assert "There is no unit" in alertd("preview", "--party", "nobody").err


def test_what_is_about_no_single_deadline_is_shown_too(alertd):
    event = "submitted-for-deliberation@2026-11-24T10:00:finance-bureau"
    rows = alertd("preview", "--to", "2026-11-25", "--event", event, "--json").json
    told = [row for row in rows if row["step"] == "gate-shut"]
    assert {row["person"].rpartition(".")[2] for row in told} >= {"finance-bureau", "justice-bureau"}
    assert {(row["deadline"], row["party"], row["level"]) for row in told} == {("", "finance-bureau", 0)}
    assert all("preview-1" in row["subject"] for row in told)
    assert "gate-shut" in alertd("preview", "--to", "2026-11-25", "--event", event).out


def test_a_calendar_has_an_entry_for_each_message_at_the_instant_it_leaves(alertd, rows, tmp_path):
    ran = alertd("preview", *YEAR_END, "--party", "justice-bureau", "--format", "ics")
    assert (ran.code, ran.err) == (0, "")
    found: list[Any] = list(icalendar.Calendar.from_ical(ran.out).walk("VEVENT"))
    wanted: dict[str, Any] = {}
    for row in rows:
        if row["party"] == "justice-bureau":
            wanted.setdefault(row["message"], row)
    assert len(found) == len(wanted) > 3
    instants = sorted(datetime.fromisoformat(row["at"]) for row in wanted.values())
    assert sorted(event["dtstart"].dt for event in found) == instants
    assert {str(event["status"]) for event in found} == {"TENTATIVE"}
    about = {row["deadline"] for row in wanted.values()}
    assert all(any(name in str(event["description"]) for name in about) for event in found)
    assert len({str(event["uid"]) for event in found}) == len(found)
    (tmp_path / "khal").mkdir()
    lines = subscribed(tmp_path / "khal", ran.out.encode())
    assert len(lines) == len(found)
    assert any(line.startswith("2026-12-30 08:30|") for line in lines), lines


def test_a_calendar_of_nothing_is_one_that_programs_read(alertd):
    ran = alertd("preview", "--from", "2026-11-24", "--to", "2026-11-25", "--format", "ics")
    found = icalendar.Calendar.from_ical(ran.out)
    assert found.walk("VEVENT") == []
    assert str(found["x-wr-calname"]) == "Messages that would go out"
