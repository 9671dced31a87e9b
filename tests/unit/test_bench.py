"""Every bench runs, and what it finds besides speed holds: nothing lost, nothing missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import faults, reaching, surviving
from bench.__main__ import NAMES
from tests.support.burst import as_csv

TOP = Path(__file__).parents[2]
#: counts that are right at any size
COUNTS = (
    "lost, or broken in the audit",
    "not reached",
    "Message-IDs missing at the sink",
    "entries missing or wrong",
    "messages lost",
    "units of an incident not told",
    "repeats of what came later",
    "doctor finds changed",
    "decided twice",
    "presses lost",
    "presses counted twice",
    "pages not answered",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_bench_runs_at_its_quick_size(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick"],
        cwd=TOP,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ")]
    assert len(rows) >= 2, done.stdout
    for row in rows:
        if any(count in row for count in COUNTS):
            assert row.split("|")[2].strip() == "0", row


def test_every_bench_is_in_the_list() -> None:
    modules = {path.stem for path in (TOP / "bench").glob("*.py") if "QUICK" in path.read_text("utf-8")}
    assert modules - {"__main__"} == set(NAMES)


def test_an_unknown_bench_is_said_with_the_known_ones() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", "nothing"], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 2
    assert "bursting" in done.stderr


def test_what_was_decided_and_did_not_arrive_is_lost() -> None:
    found = surviving.count({"a", "b", "c"}, ["a", "b", "a"], [])
    assert (found.messages, found.lost) == (3, 1)


def test_a_repeat_is_put_to_the_trouble_after_the_arrival_before_it() -> None:
    arrived = ["a", "b", "c", "b", "d", "a", "b", "d"]
    found = surviving.count(set("abcd"), arrived, [3, 5])
    assert found.after == (2, 2, 0)
    assert found.repeats == 4


def test_a_repeat_of_what_came_after_all_troubles_stands_alone() -> None:
    found = surviving.count({"a", "b"}, ["a", "b", "b"], [1])
    assert found.after == (0, 1)


def test_a_unit_is_told_of_an_incident_by_any_message_about_it_that_arrived() -> None:
    asked = [
        ("fire-0", "town", "a"),
        ("fire-0", "town", "b"),
        ("fire-0", "bureau", "c"),
        ("fire-1", "town", "d"),
    ]
    expected = {("fire-0", "town"), ("fire-0", "bureau"), ("fire-1", "town"), ("fire-1", "bureau")}
    assert surviving.untold(expected, asked, {"b", "d"}) == 2


def test_each_trouble_may_repeat_what_its_nodes_had_in_flight() -> None:
    bound = surviving.BOUND
    figures = faults.repeats((2 * bound, 2 * bound + 1, bound, bound + 1), (1.0, 1.0, 1.0, 1.0))
    assert [figure.met for figure in figures] == [True, False, True, False]


def test_who_was_not_reached_counts_among_the_100() -> None:
    late = reaching.figures("lies", 100, [5.0] * 94)
    assert [(figure.measured, figure.met) for figure in late] == [
        ("240 s", False),
        ("5 s", None),
        ("6", False),
    ]
    (soon, _, left_out) = reaching.figures("lies", 100, [5.0] * 96)
    assert (soon.measured, soon.met, left_out.measured) == ("5 s", True, "4")


def test_a_crowd_has_as_many_contacts_as_were_asked_for() -> None:
    rows = [
        {"id": f"{unit}.{position}", "unit": unit, "positions": position, "email": "", "telegram": ""}
        | {"channels": "", "deputy": ""}
        for unit in ("town", "bureau")
        for position in ("contact", "principal")
    ]
    few, many = reaching.crowd(as_csv(rows), 1), reaching.crowd(as_csv(rows), 5)
    assert (few[1], len(few[2])) == (["town"], 1)
    assert (many[1], len(set(many[2]))) == (["town", "bureau"], 5)
    assert many[0].count(",contact,") == 5
