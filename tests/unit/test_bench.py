"""Every bench runs, and what it finds besides speed holds: nothing lost, nothing missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import NAMES

TOP = Path(__file__).parents[2]
#: counts that are right at any size
COUNTS = (
    "lost, or broken in the audit",
    "not reached",
    "Message-IDs missing at the sink",
    "entries missing or wrong",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_bench_runs_at_its_quick_size(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", name, "--quick"],
        cwd=TOP,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=100,
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
