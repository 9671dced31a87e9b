"""The simulator finds what is planted, is green without, and gives the same run for the same seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.invariants import ALWAYS, AT_THE_END, Check
from tests.simulation.planted import PLANTED

pytestmark = pytest.mark.needs("postgres")

_ROOT = Path(__file__).parents[2]
#: seconds for all bugs together on a machine that does nothing else; a busy one has five times as long
BUDGET = 120


def _simulation(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    environ = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.Popen(command, cwd=_ROOT, env=environ, stdout=subprocess.PIPE, text=True)


def _said(process: subprocess.Popen[str]) -> str:
    try:
        out, _ = process.communicate(timeout=5 * BUDGET)
    finally:
        process.kill()
    return out


@pytest.fixture(scope="module")
def hunts() -> tuple[str, str]:
    """What was said with the bugs, and without them."""
    with_them, without = _simulation("--planted", "all"), _simulation("--planted", "all", "--without")
    return _said(with_them), _said(without)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(hunts: tuple[str, str], name: str) -> None:
    found = [line for line in hunts[0].splitlines() if line.startswith(f"{name}: ")]
    assert found, f"nothing was said of {name}"
    assert "as it must" in found[0]
    assert PLANTED[name].found_by in found[0]


@pytest.mark.parametrize("check", ALWAYS + AT_THE_END, ids=lambda check: check.__name__)
def test_each_invariant_is_seen_failing_by_a_planted_bug(check: Check) -> None:
    assert any(bug.found_by == check.__name__ for bug in PLANTED.values())


def test_the_same_plans_are_green_without_the_bugs(hunts: tuple[str, str]) -> None:
    said = hunts[1].splitlines()
    assert len(said) >= len({(bug.happenings, bug.hours, bug.first) for bug in PLANTED.values()})
    assert [line for line in said if "as it must" not in line] == []


@pytest.mark.parametrize("more", [("--hours", "1"), ("--hours", "0.1", "--store", "postgresql")])
def test_the_same_seed_is_the_same_run_in_another_process(more: tuple[str, ...]) -> None:
    one, other = (_simulation("--seed", "2", "--reruns", "0", "--digest", *more) for _ in range(2))
    digests = [
        [line for line in _said(each).splitlines() if line.startswith("seed 2 ")] for each in (one, other)
    ]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 1
