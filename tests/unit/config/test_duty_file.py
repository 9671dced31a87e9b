"""duty.toml: who is on duty when."""

from datetime import date, time

import pytest

from alertd.config import load_register
from alertd.core.shifts import Hours
from tests.unit.config.samples import TEXTS, only_fault

DUTY = "schedules/duty.toml"
FILE = """\
[[rotation]]
id = "desk"
unit = "政府辦"
people = ["li.office", ["li.office", "wu.office"]]
hours = ["08:00-20:00", "20:00-08:00"]
turn = "shift"
days = "rest-days"
since = 2026-10-01
until = 2026-12-31

[[shift]]
unit = "office"
position = "帶班領導"
people = ["wu.office"]
from = 2026-10-01T08:00:00
to = 2026-10-02T08:00:00

[[override]]
unit = "office"
people = ["wu.office"]
from = 2026-10-01T20:00:00
to = 2026-10-02T00:00:00
"""


def test_rotations_shifts_and_overrides_are_read():
    register = load_register({**TEXTS, DUTY: FILE}).register
    assert register is not None
    (rotation,) = register.duty.rotations
    assert (rotation.unit, rotation.position, rotation.turn, rotation.days) == (
        "office",
        "duty",
        "shift",
        "rest-days",
    )
    assert rotation.crews == (("li.office",), ("li.office", "wu.office"))
    assert rotation.hours == (Hours(time(8), time(20)), Hours(time(20), time(8)))
    assert (rotation.since, rotation.until) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (rotation.file, rotation.line) == (DUTY, 1)
    shift, override = register.duty.written
    assert (shift.unit, shift.position, shift.override) == ("office", "duty-leader", False)
    assert shift.start == (date(2026, 10, 1), time(8))
    assert (override.position, override.override, override.line) == ("duty", True, 18)


@pytest.mark.parametrize("text", ["8:00-20:00", "08:00–20:00", "08:00至20:00", "08：00 - 20：00"])
def test_hours_are_read_as_they_are_written(text):
    register = load_register({**TEXTS, DUTY: FILE.replace("08:00-20:00", text)}).register
    assert register is not None
    assert register.duty.rotations[0].hours[0] == Hours(time(8), time(20))


def test_the_end_of_a_day_is_its_midnight():
    text = FILE.replace('"08:00-20:00", "20:00-08:00"', '"00:00-24:00"')
    register = load_register({**TEXTS, DUTY: text}).register
    assert register is not None
    assert register.duty.rotations[0].hours == (Hours(time(0), time(0)),)
    assert register.duty.rotations[0].hours[0].over_midnight


@pytest.mark.parametrize(
    ("old", "new", "code", "pointed"),
    [
        ("政府辦", "政府班", "unknown-unit", "政府班"),
        ('people = ["li.office", [', 'people = ["lo.office", [', "unknown-person", "lo.office"),
        ('"li.office", ["li.office", ', '"li.office", ["lo.office", ', "unknown-person", "lo.office"),
        ("08:00-20:00", "08:00", "bad-hours", '"08:00"'),
        ("08:00-20:00", "08:00-25:00", "bad-hours", '"08:00-25'),
        ("08:00-20:00", "24:00-08:00", "bad-hours", '"24:00'),
        ("08:00-20:00", "08:00-21:00", "hours-overlap", '"20:00-08:00"'),
        ("20:00-08:00", "20:00-09:00", "hours-overlap", '"20:00-09:00"'),
        ('"08:00-20:00", "20:00-08:00"', '"20:00-08:00", "08:00-20:00"', "hours-overlap", '"20:00-08:00"'),
        ('turn = "shift"', 'turn = "shifts"', "not-one-of", '"shifts"'),
        ('days = "rest-days"', 'days = "holidays"', "not-one-of", '"holidays"'),
        ("since = 2026-10-01", "since = 0026-10-01", "out-of-range-ge", "0026"),
        ("until = 2026-12-31", "until = 2026-09-30", "dates-reversed", "2026-09-30"),
        ('"帶班領導"', '"聯絡員"', "unknown-position", '"聯絡員"'),
        ("to = 2026-10-02T08:00:00", "to = 2026-10-02", "expected-moment", "2026-10-02"),
        ("to = 2026-10-02T08:00:00", "to = 2026-10-02T08:00:00+08:00", "moment-with-zone", "2026"),
        ("to = 2026-10-02T08:00:00", "to = 2026-10-01T08:00:00", "shift-reversed", "2026"),
        ("to = 2026-10-02T08:00:00", "to = 2026-12-02T08:00:00", "shift-too-long", "2026"),
        ("to = 2026-10-02T08:00:00", "to = 9999-12-02T08:00:00", "moment-far", "9999"),
        ('[[override]]\nunit = "office"', "[[override]]", "missing-key", "[[override]]"),
        ("[[override]]", "[[overide]]", "unknown-key", "overide"),
    ],
)
def test_a_fault_is_at_its_place(old, new, code, pointed):
    assert old in FILE
    text = FILE.replace(old, new, 1)
    fault = only_fault({**TEXTS, DUTY: text})
    assert fault.code == code, fault
    assert text.splitlines()[fault.line - 1][fault.column - 1 :].startswith(pointed), fault


def test_two_rotations_have_two_names():
    fault = only_fault({**TEXTS, DUTY: FILE + FILE[: FILE.index("[[shift]]")]})
    assert fault.code == "id-twice"


def test_a_roster_in_another_file_is_told_where_it_belongs():
    fault = only_fault({**TEXTS, "schedules/gates.toml": FILE[: FILE.index("[[shift]]")]})
    assert (fault.code, fault.args["file"]) == ("misplaced-table", "duty.toml")
