"""Shifts of a sheet or a calendar, into duty.toml."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.config import load_register
from alertd.config.duty_sheet import Row, rows_of, with_shifts
from tests.unit.config.samples import TEXTS

ZONE = ZoneInfo("Asia/Shanghai")
REGISTER = load_register(TEXTS).register
DUTY = "schedules/duty.toml"
SHEET = """\
unit,position,people,from,to
政府辦,值班員,李明;吳芳,2026-10-01 08:00,2026/10/2 8:00
office,duty-leader,wu.office,2026年10月1日 20:00,2026-10-01 24:00
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//
BEGIN:VEVENT
UID:1
DTSTART;TZID=Asia/Shanghai:20261001T080000
DTEND;TZID=Asia/Shanghai:20261002T080000
SUMMARY:李明、吳芳
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20261002T000000Z
DURATION:PT12H
SUMMARY:wu.office
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20261004
SUMMARY:李明
END:VEVENT
BEGIN:VEVENT
UID:4
STATUS:CANCELLED
DTSTART:20261005T000000Z
SUMMARY:nobody
END:VEVENT
END:VCALENDAR
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


BOTH = Row("office", "duty", ("li.office", "wu.office"), at("2026-10-01T08:00"), at("2026-10-02T08:00"))
LEADER = Row("office", "duty-leader", ("wu.office",), at("2026-10-01T20:00"), at("2026-10-02T00:00"))


def read(text: str, file: str = "october.csv", unit: str = "", position: str = "duty"):
    assert REGISTER is not None
    return rows_of(file, text, REGISTER, ZONE, unit, position)


def merged(text: str, *rows: Row):
    assert REGISTER is not None
    found = with_shifts(text, rows, REGISTER)
    assert found is not None
    return found


def test_a_sheet_names_units_positions_and_people_as_files_do() -> None:
    assert read(SHEET) == ([BOTH, LEADER], [])


def test_what_a_sheet_does_not_name_is_given_with_it() -> None:
    text = "people,from,to\n吳芳,2026-10-01 20:00,2026-10-02 00:00\n"
    assert read(text, unit="政府辦公室", position="帶班領導") == ([LEADER], [])


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("李明;", "李名;", "unknown-person", (2, 9)),
        ("政府辦,", "政府班,", "unknown-unit", (2, 1)),
        ("2026-10-01 08:00", "2026-10-01", "csv-moment", (2, 15)),
        ("2026-10-01 08:00", "2026-02-30 08:00", "csv-moment", (2, 15)),
        ("2026/10/2 8:00", "2026/10/1 8:00", "shift-reversed", (2, 32)),
        ("值班員", "聯絡員", "unknown-position", (2, 5)),
    ],
)
def test_what_is_wrong_in_a_sheet_is_told_at_its_cell(
    old: str, new: str, code: str, place: tuple[int, int]
) -> None:
    rows, (fault,) = read(SHEET.replace(old, new))
    assert (fault.file, fault.code, (fault.line, fault.column)) == ("october.csv", code, place)
    assert rows == [LEADER]


def test_a_calendar_names_people_in_its_titles_and_times_in_any_zone() -> None:
    rows, faults = read(CALENDAR, "october.ics", unit="office")
    assert faults == []
    assert rows[0] == BOTH
    assert (rows[1].start, rows[1].end) == (at("2026-10-02T08:00"), at("2026-10-02T20:00"))
    assert (rows[2].start, rows[2].end) == (at("2026-10-04T00:00"), at("2026-10-05T00:00"))
    assert len(rows) == 3, "what is cancelled is no shift"


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("SUMMARY:wu.office", "SUMMARY:wu.offis", "unknown-person", 10),
        ("UID:2\n", "UID:2\nRRULE:FREQ=WEEKLY\n", "ics-recurs", 10),
        ("DURATION:PT12H\n", "", "ics-no-times", 10),
        ("SUMMARY:wu.office\n", "", "empty-list", 10),
    ],
)
def test_what_is_wrong_in_a_calendar_is_told_at_its_event(old: str, new: str, code: str, line: int) -> None:
    _, (fault,) = read(CALENDAR.replace(old, new), "october.ics", unit="office")
    assert (fault.code, fault.line) == (code, line), fault


@pytest.mark.parametrize(
    "text", ["", "hello", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "\x00\x01", "BEGIN:VEVENT"]
)
def test_what_is_no_calendar_is_said_and_raises_nothing(text: str) -> None:
    rows, faults = read(text, "x.ics", unit="office")
    assert rows == []
    assert [fault.code for fault in faults] == ["ics-unreadable"]


def test_a_calendar_without_a_unit_is_told_that_it_needs_one() -> None:
    _, faults = read(CALENDAR, "october.ics")
    assert {fault.code for fault in faults} == {"missing-key"}


def test_what_is_written_says_what_was_read_and_twice_changes_nothing() -> None:
    text = "# our roster\n"
    once = merged(text, BOTH, LEADER)
    assert (once.new, once.gone, once.same) == (2, 0, 0)
    assert once.text.startswith("# our roster\n\n[[shift]]\n")
    again = merged(once.text, BOTH, LEADER)
    assert (again.text, again.same) == (once.text, 2)
    register = load_register({**TEXTS, DUTY: once.text}).register
    assert register is not None
    assert [each.people for each in register.duty.written] == [("li.office", "wu.office"), ("wu.office",)]


def test_a_plan_that_changed_takes_the_place_of_its_times_and_of_nothing_else() -> None:
    turns = (
        '[[rotation]]\nid = "r"\nunit = "office"\npeople = ["li.office"]\nhours = ["08:00-08:00"]\n'
        "since = 2026-01-01\n"
    )
    over = (
        '[[override]]\nunit = "office"\npeople = ["wu.office"]\n'
        "from = 2026-10-01T08:00:00\nto = 2026-10-01T09:00:00\n"
    )
    before = merged(turns + "\n" + over, BOTH, LEADER).text
    other = Row("office", "duty", ("wu.office",), at("2026-10-01T20:00"), at("2026-10-02T08:00"))
    found = merged(before, other)
    assert (found.new, found.gone, found.same) == (1, 1, 0)
    register = load_register({**TEXTS, DUTY: found.text}).register
    assert register is not None
    assert len(register.duty.rotations) == 1
    kept = {(each.position, each.override) for each in register.duty.written}
    assert kept == {("duty", True), ("duty-leader", False), ("duty", False)}


def test_a_file_that_is_written_unusually_is_left_alone() -> None:
    assert REGISTER is not None
    assert with_shifts("shift = []\n", [BOTH], REGISTER) is None
