"""A plan that fails is made short, and is printed as a test that fails as long as the program does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation import apart, plan
from tests.simulation.planted import PLANTED
from tests.simulation.shrink import Shrinking
from tests.simulation.story import PLANTED_VARIABLE, from_json, to_json

_ROOT = Path(__file__).parents[2]


def drawn(seed: int, store: str = "sqlite") -> plan.Plan:
    return plan.draw(seed, apart.town(seed), 12.0, store, 2)


@pytest.mark.parametrize("seed", range(5))
def test_a_plan_written_down_is_the_same_plan(seed: int) -> None:
    for store in ("sqlite", "postgresql"):
        made = drawn(seed, store)
        assert from_json(to_json(made)) == made


@pytest.mark.parametrize("seed", range(20))
def test_only_what_makes_a_plan_fail_is_left(seed: int) -> None:
    made = drawn(seed)
    needed = [made.happenings[len(made.happenings) // 3], made.happenings[-2]]

    def fails(shorter: plan.Plan) -> bool:
        return all(each in shorter.happenings for each in needed)

    shrunk = Shrinking(fails, 500).shrunk(made)
    assert list(shrunk.happenings) == needed
    assert shrunk.machines == 1
    assert shrunk.hours <= made.hours


def test_a_plan_is_run_again_as_often_as_was_asked_for_and_no_more() -> None:
    asked: list[plan.Plan] = []

    def fails(shorter: plan.Plan) -> bool:
        asked.append(shorter)
        return len(asked) % 3 == 0

    Shrinking(fails, 7).shrunk(drawn(3))
    assert len(asked) == 7


def test_the_test_that_is_printed_fails_with_the_bug_and_passes_without(tmp_path: Path) -> None:
    bug = "leave-forgotten"
    planted = PLANTED[bug]
    made = planted.plan(planted.first, apart.town(planted.first))
    assert len(made.happenings) > 3
    written = tmp_path / "plan.json"
    written.write_text(to_json(made))
    command = [
        "-m",
        "tests.simulation",
        "--replay",
        str(written),
        "--planted",
        bug,
        "--story",
        "--reruns",
        "14",
    ]
    said = subprocess.run(
        [sys.executable, *command], cwd=_ROOT, stdout=subprocess.PIPE, text=True, timeout=600
    ).stdout
    kinds = [line.split('"')[1] for line in said.splitlines() if line.startswith("            Happening(")]
    assert kinds == ["leave", "incident"], said

    test = tmp_path / "test_printed.py"
    test.write_text(said)
    environ = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(_ROOT), str(test)]
    with_it = subprocess.run(run, cwd=_ROOT, env={**environ, PLANTED_VARIABLE: bug}, capture_output=True)
    without = subprocess.run(run, cwd=_ROOT, env=environ, capture_output=True)
    assert (with_it.returncode, without.returncode) == (1, 0), with_it.stdout.decode()
    assert planted.found_by in with_it.stdout.decode()
