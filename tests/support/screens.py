"""What commands look like on a terminal, as text: `python -m tests.support.screens` writes tests/screens.

One city on one morning, on a clock that stands still, with ids that are the same each time. Each command is
shown at 80 and at 120 columns in both languages; colours are left out.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from alertd.cli import context
from alertd.clock import SettableClock
from alertd.store import ids
from tests.support.installed import installation
from tests.support.play import Play
from tests.support.program import Program

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "tests" / "screens"
MORNING = datetime.fromisoformat("2026-12-28T10:40:00+08:00")
WIDTHS = (80, 120)
LANGUAGES = ("zh-Hant", "en")

REPORT = "rule-of-law-report"
FIRE = "dong-he-chemical-fire"
INFORMATION = f"incident-information@{FIRE}/town-donghe"
CONFERENCE = f"press-conference@{FIRE}/town-donghe"

#: what is shown, by the name of its file; "{message}" is the newest message
COMMANDS: dict[str, tuple[str, ...]] = {
    "list": ("list", "--limit", "12"),
    "list-case": ("list", "--case", FIRE),
    "show": ("show", CONFERENCE),
    "show-returned": ("show", f"{REPORT}@2026/finance-bureau"),
    "explain": ("explain", f"{REPORT}@2026/finance-bureau"),
    "outbox": ("outbox", "--limit", "10"),
    "outbox-waiting": ("outbox", "--state", "waiting", "--limit", "6"),
    "outbox-message": ("outbox", "{message}"),
    "board": ("board",),
    "board-items": ("board", "--by", "item"),
    "roll": ("roll", REPORT),
    "requests": ("requests",),
    "preview": (
        "preview", "--from", "2026-12-28T10:40", "--to", "2026-12-28T14:15", "--party", "town-donghe",
    ),
    "preview-summary": ("preview", "--summary", "--from", "2026-12-28T10:40", "--to", "2027-01-04"),
    "plan": ("plan",),
    "gate": ("gate", "draft-7", "submitted-for-deliberation"),
    "event-report": (
        "event", "report", "major-incident", "--severity", "major", "--subject", "bei-cheng-flood",
        "--party", "town-liuan", "--published", "2026-12-28T10:00", "--id", "flood",
    ),
    "when": ("when", "5個工作日", "--after", "2026-12-28T10:40"),
    "check": ("check",),
}  # fmt: skip
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _city(folder: Path) -> tuple[Program, str]:
    """The shipped city on a busy morning, and the id of its newest message."""
    shutil.copy(ROOT / "config.toml", folder)
    for name in ("channels", "schedules"):
        shutil.copytree(ROOT / name, folder / name)
    alertd = Program(folder, SettableClock(datetime.fromisoformat("2026-12-21T09:00:00+08:00")))
    _do(alertd, "list")
    for unit in ("justice-bureau", "finance-bureau", "audit-bureau", "town-qinghe"):
        _do(alertd, "done", f"{REPORT}@2026/{unit}")
    _do(alertd, "return", f"{REPORT}@2026/finance-bureau", "--reason", "佐證材料不全,第三部分缺少數據來源")
    _do(alertd, "verify", f"{REPORT}@2026/justice-bureau")
    alertd.at("2026-12-22T09:00:00+08:00")
    ask = ("--due", "2027-01-15", "--reason", "洪災善後,人手不足")
    _do(alertd, "extend", "ask", f"{REPORT}@2026/town-liuan", *ask, "--by", _contact(alertd, "town-liuan"))
    _do(alertd, "progress", "add", "officer-training", "jd-0001", "8.5", "--on", "2026-12-21")
    review = ("--subject", "draft-7", "--party", "finance-bureau", "--received", "2026-12-22T09:00", "--yes")
    _do(alertd, "event", "report", "review-requested", *review)
    _at_work(alertd, "2026-12-28T02:00")
    alertd.at("2026-12-28T02:10:00+08:00")
    _do(
        alertd, "event", "report", "major-incident", "--severity", "major", "--subject", FIRE,
        "--party", "town-donghe", "--published", "2026-12-28T02:10", "--title", "城東化工廠火災", "--yes",
    )  # fmt: skip
    _at_work(alertd, "2026-12-28T05:00")
    alertd.at("2026-12-28T05:05:00+08:00")
    _do(alertd, "ack", "--case", FIRE)
    _at_work(alertd, "2026-12-28T10:39")
    alertd.clock.set(MORNING)
    newest = alertd("outbox", "--json", "--limit", "1").json[0]["id"]
    return alertd, newest


def _contact(alertd: Program, unit: str) -> str:
    rows = (alertd.folder / "schedules" / "people.csv").read_text("utf-8-sig").splitlines()
    return next(row.split(",")[0] for row in rows if f",{unit},contact," in row)


def _do(alertd: Program, *argv: str) -> None:
    ran = alertd(*argv)
    assert ran.code == 0, (argv, ran.out, ran.err)


def _at_work(alertd: Program, until: str) -> None:
    """What the daemon does up to an instant."""
    found = installation(alertd.folder)
    store = found.open_store(upgrade=False)
    now = alertd.clock.now()
    play = Play(store, found.ruling(store, now), now.astimezone(MORNING.tzinfo).isoformat())
    play.go(until)
    store.close()


@contextmanager
def _same_ids(clock_at: datetime) -> Iterator[None]:
    """Ids as they would be drawn on one morning, and one user: the same each time, on whatever machine."""
    stopped = SimpleNamespace(time=clock_at.timestamp)
    with (
        mock.patch.object(ids, "time", stopped),
        mock.patch.object(ids, "_random", random.Random(7)),
        mock.patch.object(ids, "_last", 0),
        mock.patch.object(context, "account_name", return_value="clerk"),
    ):
        yield


def taken() -> dict[str, str]:
    """Every screen by the name of its file."""
    parts: dict[str, list[str]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder, _same_ids(MORNING):
        alertd, newest = _city(Path(folder))
        # An admin has changed a date in a file, and looks before it rules.
        alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-29")
        for language in LANGUAGES:
            config = (alertd.folder / "config.toml").read_text("utf-8")
            alertd.write("config.toml", re.sub('language = "[^"]*"', f'language = "{language}"', config))
            for name, argv in COMMANDS.items():
                words = [word.replace("{message}", newest) for word in argv]
                parts[name] += [_screen(alertd, words, language, width) for width in WIDTHS]
    return {name: "\n\n".join(screens) + "\n" for name, screens in parts.items()}


def _screen(alertd: Program, words: list[str], language: str, width: int) -> str:
    alertd.answer = ""
    with mock.patch.dict(os.environ, {"COLUMNS": str(width), "LINES": "50"}):
        ran = alertd(*words)
    alertd.answer = None
    err = ran.err.rpartition("\x1b[2K")[2].removeprefix("\x1b[?25h")  # without the bar that ran over it
    said = _COLOUR.sub("", ran.out + (f"[stderr]\n{err}" if err.strip() else ""))
    lines = [line.rstrip() for line in said.replace("\r", "").splitlines()]
    return "\n".join([f"---- {language}, {width} columns: alertd {' '.join(words)}", *lines])


def main() -> None:
    """Write all of them."""
    SCREENS.mkdir(exist_ok=True)
    for old in SCREENS.glob("*.txt"):
        old.unlink()
    for name, text in taken().items():
        (SCREENS / f"{name}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
