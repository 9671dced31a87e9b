"""`alertd duty`: whom to ring."""

from __future__ import annotations

import pytest

from tests.support.program import Program

FANG, HUANG = "fang-yunzhou.government-office", "huang-qiushi.government-office"
ROSTER = f"""\
[[rotation]]
id = "desk"
unit = "government-office"
people = ["{FANG}", "{HUANG}"]
hours = ["08:00-20:00", "20:00-08:00"]
turn = "shift"
since = 2026-01-01
until = 2026-12-30
"""


@pytest.fixture
def roster(alertd: Program) -> Program:
    (alertd.folder / "schedules/duty.toml").write_text(ROSTER, "utf-8")
    assert alertd("plan", "--apply", "--reason", "roster").code == 0
    return alertd


def test_who_is_on_duty_now_and_next_is_shown_with_hours(roster: Program) -> None:
    now, following, *_ = roster("duty", "--json").json["units"][0]["posts"][0]["shifts"]
    assert now["end"] == following["start"]
    assert [now["holders"][0]["id"], following["holders"][0]["id"]] in ([FANG, HUANG], [HUANG, FANG])
    said = roster("duty").out
    assert "now, until" in said
    assert now["holders"][0]["phone"] in said


def test_a_day_begins_with_the_night_before_it(roster: Program) -> None:
    shifts = roster("duty", "--on", "2026-10-01", "--json").json["units"][0]["posts"][0]["shifts"]
    assert [(each["start"][:16], each["end"][:16]) for each in shifts] == [
        ("2026-09-30T20:00", "2026-10-01T08:00"),
        ("2026-10-01T08:00", "2026-10-01T20:00"),
        ("2026-10-01T20:00", "2026-10-02T08:00"),
    ]
    assert not any(each["vacant"] or each["several"] for each in shifts)


def test_a_gap_names_who_answers_instead_and_says_so(roster: Program) -> None:
    ran = roster("duty", "--on", "2026-12-31")
    assert "the roster names nobody" in ran.out
    *_, gap = roster("duty", "--on", "2026-12-31", "--json").json["units"][0]["posts"][0]["shifts"]
    assert gap["vacant"]
    assert len(gap["holders"]) == 3, "all who hold the position in people.csv"


def test_the_leader_whom_no_roster_names_is_shown_as_before(roster: Program) -> None:
    leader = roster("duty", "--json").json["units"][0]["posts"][1]
    assert (leader["shifts"], leader["vacant"]) == ([], False)
    assert leader["holders"]


def test_the_duty_desk_is_shown_with_telephone_numbers(alertd: Program) -> None:
    found = alertd("duty", "--json").json
    (desk,) = found["units"]
    assert desk["unit"] == "government-office"
    assert [post["position"] for post in desk["posts"]] == ["duty", "duty-leader"]
    assert all(each["phone"].startswith("021-") for post in desk["posts"] for each in post["holders"])
    ran = alertd("duty")
    assert ran.code == 0, ran.err
    shown = ran.out
    assert desk["posts"][0]["holders"][0]["name"] in shown
    assert desk["posts"][0]["holders"][0]["phone"] in shown


def test_a_unit_is_shown_with_its_contact_and_leaders(alertd: Program) -> None:
    _, unit = alertd("duty", "司法局", "--json").json["units"]
    assert unit["unit"] == "justice-bureau"
    assert next(post["position"] for post in unit["posts"]) == "contact"


def test_whoever_stands_in_is_shown_as_such(alertd: Program) -> None:
    holder = alertd("duty", "--json").json["units"][0]["posts"][0]["holders"][0]
    line = next(
        each
        for each in (alertd.folder / "schedules/people.csv").read_text("utf-8-sig").splitlines()
        if each.startswith(holder["id"])
    )
    cells = line.split(",")
    cells[9:11] = ["2026-12-24", "2026-12-28"]
    alertd.replace("schedules/people.csv", line, ",".join(cells))
    assert alertd("plan", "--apply", "--reason", "leave").code == 0
    there = alertd("duty", "--on", "2026-12-23", "--json").json["units"][0]["posts"][0]["holders"]
    away = alertd("duty", "--on", "2026-12-25", "--json").json["units"][0]["posts"][0]["holders"]
    assert holder["id"] in [each["id"] for each in there]
    assert holder["id"] not in [each["id"] for each in away]


@pytest.mark.parametrize(("argv", "said"), [(("--on", "soon"), "soon"), (("nowhere",), "nowhere")])
def test_what_is_no_day_or_no_unit_is_refused(alertd: Program, argv: tuple[str, ...], said: str) -> None:
    ran = alertd("duty", *argv)
    assert ran.code in (1, 2)
    assert said in ran.err


SHEET = "people,from,to\n方雲舟,2026-12-24 08:00,2026-12-25 08:00\n"


def test_a_sheet_is_brought_into_the_file_and_rules_what_it_names(roster: Program) -> None:
    (roster.folder / "december.csv").write_text(SHEET, "utf-8")
    asked = ("duty-import", "december.csv", "--unit", "政府辦公室")
    before = (roster.folder / "schedules/duty.toml").read_text("utf-8")
    shown = roster(*asked, "--dry-run")
    assert shown.code == 0, shown.err
    assert "Shifts: 1 new" in shown.out
    assert (roster.folder / "schedules/duty.toml").read_text("utf-8") == before
    assert roster(*asked, "--yes").code == 0
    assert roster("plan", "--apply", "--reason", "roster").code == 0
    shifts = roster("duty", "--on", "2026-12-24", "--json").json["units"][0]["posts"][0]["shifts"]
    assert [each["start"][:16] for each in shifts] == ["2026-12-23T20:00", "2026-12-24T08:00"]
    assert shifts[1]["holders"][0]["id"] == FANG
    assert "nothing is to be changed" in roster(*asked, "--yes").out


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("x.csv", "people,from,to\n誰,2026-12-24 08:00,2026-12-25 08:00\n", 1, "x.csv:2:1"),
        ("x.ics", "hello", 1, "x.ics:1:1"),
        ("x.txt", SHEET, 64, "x.txt"),
        ("", "", 1, "nosuch.csv"),
    ],
)
def test_a_sheet_with_a_fault_changes_nothing(
    roster: Program, name: str, text: str, code: int, said: str
) -> None:
    if name:
        (roster.folder / name).write_text(text, "utf-8")
    before = (roster.folder / "schedules/duty.toml").read_text("utf-8")
    ran = roster("duty-import", name or "nosuch.csv", "--unit", "government-office", "--yes")
    assert ran.code == code
    assert said in ran.err
    assert (roster.folder / "schedules/duty.toml").read_text("utf-8") == before
