"""`alertd preview` of a year of the shipped register."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from bench import scene
from bench.report import Figure, median
from bench.starting import install

#: days previewed
SIZE, QUICK, RUNS = 365, 20, 3


def _once(home: Path, days: int) -> tuple[float, int]:
    """Seconds of the whole command, and how many messages it lists."""
    first = scene.now().date()
    span = ["--from", first.isoformat(), "--to", (first + timedelta(days=days)).isoformat()]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "alertd", "--config", str(home), "preview", *span, "--format", "json"],
        cwd=scene.ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds = time.perf_counter() - began
    return seconds, len({row["message"] for row in json.loads(done.stdout)})


def run(size: int, quick: bool) -> list[Figure]:
    with scene.folder() as home:
        install(home)
        runs = [_once(home, size) for _ in range(1 if quick else RUNS)]
    seconds = median(taken for taken, _ in runs)
    return [
        Figure(
            f"preview of {size} days of the register",
            f"{seconds:.1f} s",
            f"{runs[0][1]:,} messages",
            "",
            "< 10 s",
            seconds < 10,
        )
    ]
