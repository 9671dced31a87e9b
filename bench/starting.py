"""The real daemon: ready with many deadlines pending, its memory, and what it costs while nothing happens."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from alertd.store.database import Store
from bench import scene
from bench.report import Figure, median

SIZE, QUICK, RUNS = 1_000_000, 1_000, 5
#: seconds an idle daemon is watched, and before that left to settle
WATCHED, QUICK_WATCHED, SETTLING = 120, 2, 5
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Start:
    """`seconds` as the daemon counts them, `wall` from the birth of the process; memory in MB."""

    seconds: float
    wall: float
    resident: float
    idle: float  # CPU seconds a minute


def install(home: Path) -> None:
    """The shipped files as an installation, logging as under systemd."""
    for name in ("channels", "schedules"):
        shutil.copytree(scene.ROOT / name, home / name)
    text = (scene.ROOT / "config.toml").read_text("utf-8")
    text = re.sub(r'(?m)^format = "auto"', 'format = "json"', text)
    (home / "config.toml").write_text(text, "utf-8")


@contextmanager
def daemon(home: Path) -> Iterator[tuple[subprocess.Popen[str], float, float]]:
    """A running daemon; its own count of seconds to ready, and that from its birth."""
    environ = {name: value for name, value in os.environ.items() if name not in _STRANGE}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "alertd", "--config", str(home), "run"],
        cwd=scene.ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, _await_ready(process), time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


_STRANGE = frozenset({"STATE_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "ALERTD_CONFIG"})


def _await_ready(process: subprocess.Popen[str]) -> float:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("{") and (found := json.loads(line)).get("event") == "ready":
            return float(found["seconds"])
    raise RuntimeError("the daemon ended before it was ready:\n" + "".join(said[-20:]))


def _resident(pid: int) -> float:
    """Resident memory in MB."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) / 1024


def _cpu(pid: int) -> float:
    """CPU seconds used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _start(home: Path, watched: float = 0.0) -> Start:
    with daemon(home) as (process, seconds, wall):
        time.sleep(SETTLING if watched else 0.5)
        before = _cpu(process.pid)
        time.sleep(watched)
        idle = (_cpu(process.pid) - before) * 60 / watched if watched else 0.0
        return Start(seconds, wall, _resident(process.pid), idle)


def _fill(home: Path, pending: int) -> None:
    """Deadlines of cases, due at random within two years; nothing is due while it is measured."""
    store = Store(f"sqlite:///{next((home / 'var').rglob('alertd.db'))}")
    picture, now = scene.world(), scene.now()
    dues = scene.random_dues(pending, now + timedelta(days=30), days=700)
    for start in range(0, pending, scene.BATCH):
        rows = scene.rows_due(picture, dues[start : start + scene.BATCH], now, start)
        scene.fill(store, rows)
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE deadlines SET policy = 'hour-clock' WHERE policy = 'bench'")
    store.close()


def run(size: int, quick: bool) -> list[Figure]:
    sizes = (0, size // 10, size)
    with scene.folder() as top:
        homes = {pending: top / str(pending) for pending in sizes}
        for pending, home in homes.items():
            home.mkdir()
            install(home)
            _start(home)  # makes the store and plans the register
            _fill(home, pending)
        runs: dict[int, list[Start]] = {pending: [] for pending in sizes}
        for _ in range(1 if quick else RUNS):
            for pending, home in homes.items():
                runs[pending].append(_start(home))
        idle = _start(homes[size], QUICK_WATCHED if quick else WATCHED).idle
    return _figures(sizes, runs, idle)


def _figures(sizes: tuple[int, ...], runs: dict[int, list[Start]], idle: float) -> list[Figure]:
    none, some, many = sizes
    ready = {pending: median(start.seconds for start in runs[pending]) for pending in sizes}
    wall = {pending: median(start.wall for start in runs[pending]) for pending in sizes}
    memory = {pending: median(start.resident for start in runs[pending]) for pending in sizes}
    ratio, growth = ready[many] / ready[none], memory[many] / memory[some]
    return [
        Figure(
            f"ready with {many:,} pending",
            f"{ready[many]:.2f} s",
            f"with none {ready[none]:.2f} s",
            f"{ratio:.2f}",
            "<= 1.25",
            ratio <= 1.25,
        ),
        Figure(
            "  from the birth of the process",
            f"{wall[many]:.2f} s",
            f"with none {wall[none]:.2f} s",
            f"{wall[many] / wall[none]:.2f}",
        ),
        Figure(
            "  resident memory",
            f"{memory[many]:.0f} MB",
            f"with {some:,} {memory[some]:.0f} MB",
            f"{growth:.2f}",
            "flat (<= 1.05), < 100 MB",
            growth <= 1.05 and memory[many] < 100,
        ),
        Figure("  idle", f"{idle:.3f} CPU s a minute", "", "", "<= 0.05", idle <= 0.05),
    ]
