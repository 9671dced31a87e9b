"""Taking the duties of one plan year into the next: ids once, comments kept, nothing else changed."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from alertd.config.register import load_register
from alertd.config.sources import read_texts
from alertd.config.year_edit import files_of_year, turn_year
from alertd.shipped import shipped_files

SHIPPED, _ = read_texts(shipped_files() / "schedules")

DUTY = """[[obligation]]
id = "{id}"
title = "{id}"
source = {{ clause = "1" }}
owed_by = "unit:justice-bureau"
rule = "yearly by 12-30"
policy = "yearly-report"
{more}"""


def duty(name: str, more: str = "") -> str:
    return DUTY.format(id=name, more=more)


def after(texts: dict[str, str], old: int = 2026, new: int = 2027, ending: Any = ()) -> dict[str, str]:
    turn = turn_year(texts, old, new, ending)
    assert turn.unusual == []
    found = {**texts, **turn.changes}
    return {file: text for file, text in found.items() if text is not None}


def ids(text: str) -> list[str]:
    return [raw["id"] for raw in tomllib.loads(text)["obligation"]]


def test_the_shipped_plan_moves_whole_and_loads_without_a_fault():
    texts = after(SHIPPED)
    before, found = load_register(SHIPPED), load_register(texts)
    assert [fault.text() for fault in found.faults] == []
    assert before.register is not None
    assert found.register is not None
    assert found.register.obligations.keys() == before.register.obligations.keys()
    for name, obligation in found.register.obligations.items():
        old = before.register.obligations[name]
        assert obligation.plan == "2027"
        assert obligation.file == old.file.replace("schedules/", "schedules/2027/")
        assert (obligation.rule, obligation.valid_from, obligation.valid_to) == (
            old.rule,
            old.valid_from,
            old.valid_to,
        )


def test_every_comment_is_kept():
    def comments(texts: dict[str, str]) -> list[str]:
        return sorted(
            line.strip() for text in texts.values() for line in text.splitlines() if line.startswith("# ")
        )

    assert comments(after(SHIPPED)) == comments(SHIPPED)


def test_what_ends_stays_in_the_folder_of_its_year_with_its_last_day():
    texts = after({"schedules/a.toml": f"# top\n\n{duty('x')}\n# about y\n{duty('y')}"}, ending=["y"])
    assert list(texts) == ["schedules/2026/a.toml", "schedules/2027/a.toml"]
    assert texts["schedules/2026/a.toml"] == "# top\n\n# about y\n" + duty("y", "valid_to = 2026-12-31\n")
    assert texts["schedules/2027/a.toml"] == "# top\n\n" + duty("x", 'plan = "2027"\n')


@pytest.mark.parametrize(
    ("more", "folder"),
    [
        ("valid_to = 2026-12-31\n", 2026),
        ("valid_to = 2025-06-30 # over\n", 2026),
        ("valid_to = 2027-01-01\n", 2027),
        ("valid_from = 2027-01-01\n", 2027),
        ("", 2027),
    ],
)
def test_a_duty_ends_with_the_year_its_last_day_lies_in(more, folder):
    texts = after({"schedules/a.toml": duty("x", more)})
    assert list(texts) == [f"schedules/{folder}/a.toml"]
    assert more in texts[f"schedules/{folder}/a.toml"]


def test_a_later_last_day_is_brought_forward_when_the_duty_is_to_end():
    texts = after({"schedules/a.toml": duty("x", "valid_to = 2029-12-31 # long\n")}, ending=["x"])
    assert "valid_to = 2026-12-31 # long\n" in texts["schedules/2026/a.toml"]


def test_the_next_turn_takes_the_folder_of_the_year_and_leaves_the_older_one():
    first = after({"schedules/a.toml": duty("x") + duty("y")}, ending=["y"])
    second = after(first, 2027, 2028)
    assert list(second) == ["schedules/2026/a.toml", "schedules/2028/a.toml"]
    assert second["schedules/2026/a.toml"] == first["schedules/2026/a.toml"]
    assert 'plan = "2028"' in second["schedules/2028/a.toml"]


def test_files_that_hold_no_duties_and_other_folders_stay():
    names = ("s/policies.toml", "s/people.csv", "s/2025/b.toml", "s/town/c.toml", "s/a.toml")
    texts = dict.fromkeys(names, "")
    assert files_of_year(texts, 2026) == ["s/a.toml", "s/town/c.toml"]
    assert files_of_year(texts, 2025) == ["s/2025/b.toml"]


def test_values_and_tables_of_a_duty_are_untouched():
    text = duty("x", "plan = '2020' # of 2020\n\n[obligation.measure]\nsource = \"entries\"\nminimum = 40\n")
    moved = after({"schedules/a.toml": text})["schedules/2027/a.toml"]
    assert moved == text.replace("'2020'", '"2027"')


def test_windows_line_ends_stay():
    texts = after({"schedules/a.toml": (duty("x") + duty("y")).replace("\n", "\r\n")}, ending=["y"])
    for text in texts.values():
        assert text.count("\n") == text.count("\r\n") > 5


@pytest.mark.parametrize(
    "text",
    [
        'obligation = [{ id = "x" }]\n',
        duty("x") + 'note = """\n[[obligation]]\n"""\n',
        duty("x", 'plan = """2020"""\n'),
        duty("x", 'more."valid_to" = 1\n[obligation.plan]\n'),
        "[[other]]\n" + duty("x"),
    ],
)
def test_a_file_written_in_an_unusual_way_is_left_alone(text):
    tomllib.loads(text)
    turn = turn_year({"schedules/a.toml": text}, 2026, 2027)
    assert (turn.unusual, turn.changes) == (["schedules/a.toml"], {})


def test_the_last_day_is_that_of_the_old_year():
    texts = after({"schedules/a.toml": duty("x")}, 2020, 2027, ["x"])
    assert tomllib.loads(texts["schedules/2020/a.toml"])["obligation"][0]["valid_to"] == date(2020, 12, 31)
