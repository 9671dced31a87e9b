"""A program on a copy of the shipped files with its store already made."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from alertd.clock import SettableClock
from tests.support.program import Program

ROOT = Path(__file__).parents[3]
#: a Monday in office hours
NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped files and a store that holds their plan; made once, copied by each test."""
    folder = tmp_path_factory.mktemp("city")
    shutil.copy(ROOT / "config.toml", folder)
    for name in ("channels", "schedules"):
        shutil.copytree(ROOT / name, folder / name)
    assert Program(folder, SettableClock(NOW))("list").code == 0
    return folder


@pytest.fixture
def alertd(made: Path, tmp_path: Path) -> Program:
    """A city of its own, on Monday 2026-11-23 at 09:00, that speaks English."""
    folder = tmp_path / "city"
    shutil.copytree(made, folder)
    program = Program(folder, SettableClock(NOW), {"ALERTD_LANGUAGE": "en"})
    program.replace("config.toml", 'language = "zh-Hant"', 'language = "en"')
    return program


@pytest.fixture
def incident(alertd: Program) -> Program:
    """A city where a major incident concerns the justice bureau since 08:00."""
    argv = (
        "event", "report", "major-incident", "--severity=major", "--subject", "fire-1",
        "--party", "justice-bureau", "--yes",
    )  # fmt: skip
    assert alertd(*argv, "--published", "2026-11-23T08:00", "--id", "e1").code == 0
    return alertd
