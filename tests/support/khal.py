"""The calendar program `khal`, which reads what we write, for tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_KHAL = """
[calendars]
[[feed]]
path = {folder}/feed
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = Asia/Shanghai
default_timezone = Asia/Shanghai
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[default]
default_calendar = feed
"""


def khal(folder: Path, *argv: str) -> list[str]:
    """Run the program `khal` on calendars of its own; the lines it prints. It must not complain."""
    config = folder / "config"
    config.write_text(_KHAL.format(folder=folder))
    (folder / "feed").mkdir(exist_ok=True)
    words = [sys.executable, "-W", "ignore", "-m", "khal", "-c", str(config), *argv]
    environ = {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False, env=environ)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout.splitlines()


def subscribed(folder: Path, content: bytes) -> list[str]:
    """What two years of a calendar looks like in khal."""
    file = folder / "feed.ics"
    file.write_bytes(content)
    khal(folder, "import", "--batch", "-a", "feed", str(file))
    shown = ("--day-format", "", "--format", "{start-long}|{title}|{status}|{uid}")
    return [line for line in khal(folder, "list", *shown, "2026-12-01", "800d") if line.strip()]
