"""What core and the leaves may use of the outside, and that import-linter holds every part to its place."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.imports import faults

ROOT = Path(__file__).resolve().parents[2]


def test_core_and_the_leaves_are_pure() -> None:
    found = faults(ROOT)
    assert not found, "\n" + "\n".join(map(str, found))


def _linted(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    words = [str(program), "--no-cache", "--no-logo"]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=60, check=False)


def test_imports_point_down() -> None:
    ran = _linted(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "text", "contract"),
    [
        ("core/words.py", "def f():\n    from alertd.store import tables\n", "Floors"),
        ("messages/wrap.py", "import alertd.store.tables\n", "Floors"),
        ("store/ids.py", "from alertd import shipped\n", "Floors"),
        ("engine/ruling/world.py", "from alertd import service\n", "Floors"),
        (
            "engine/ruling/world.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
            "    from alertd.engine.notify.drafts import Drafts\n",
            "Rooms of the engine",
        ),
        (
            "engine/planning/plan.py",
            "def f():\n    from alertd.engine.operations import acts\n",
            "Rooms of the engine",
        ),
        ("cli/look/list.py", "from alertd.cli.plan import check\n", "Rooms of the command line"),
        ("cli/look/list.py", "def f():\n    from alertd.engine.cases import events\n", "One door"),
        ("cli/look/list.py", "from alertd.store import tables\n", "One door"),
        ("engine/sending/presses.py", "from alertd.engine.cases import events\n", "One door"),
        ("engine/cases/turns.py", "from alertd.engine.cases import events\n", "No circles"),
        ("utils.py", "import os\n", "Floors"),
    ],
)
def test_what_runs_back_is_refused(tmp_path: Path, name: str, text: str, contract: str) -> None:
    shutil.copytree(ROOT / "alertd", tmp_path / "alertd", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / "alertd" / name
    path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")
    ran = _linted(tmp_path)
    assert ran.returncode == 1
    assert [line for line in ran.stdout.splitlines() if contract in line and "BROKEN" in line], ran.stdout


def _faults_of(root: Path, name: str, text: str) -> list[str]:
    path = root / "alertd" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [str(fault) for fault in faults(root)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("core/model.py", "from datetime import datetime\nfrom alertd.core.words import x\n"),
        ("core/model.py", "def f(clock):\n    return clock.now()\n"),
        ("store/outbox.py", "import sqlalchemy\nfrom alertd.core import model\nfrom . import tables\n"),
        (
            "engine/waker.py",
            "from alertd.store.outbox import claim\nfrom alertd import sdnotify, __version__\n",
        ),
        ("service.py", "from alertd.engine import waker\nfrom alertd.config import load\n"),
        ("cli/__init__.py", "from alertd import service\nfrom alertd.shipped import shipped_files\n"),
        ("__main__.py", "from alertd.cli import main\n"),
        ("sdnotify.py", "import socket\n"),
        ("__init__.py", '__version__ = "1"\n'),
    ],
)
def test_what_may_be_imported(tmp_path: Path, name: str, text: str) -> None:
    assert _faults_of(tmp_path, name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("core/rules.py", "\nimport pydantic\n", 2, "standard library only"),
        ("core/rules.py", "import os.path\n", 1, "core does no I/O"),
        (
            "core/rules.py",
            "import datetime as dt\n\nx = dt.datetime.now(dt.UTC)\n",
            3,
            "calls datetime.now()",
        ),
        ("shipped.py", "import click\n", 1, "standard library only"),
        ("sdnotify.py", "from alertd.core import model\n", 1, "must import nothing of alertd"),
        (
            "shipped.py",
            "from importlib import import_module\nimport_module('alertd.core')\n",
            2,
            "must import nothing of alertd",
        ),
        ("__init__.py", "from alertd.core import model\n", 1, "must import nothing of alertd"),
        ("core/rules.py", "\ndef f(:\n", 2, "Python cannot read this"),
    ],
)
def test_what_is_refused_and_how_it_is_said(
    tmp_path: Path, name: str, text: str, line: int, words: str
) -> None:
    (fault,) = _faults_of(tmp_path, name, text)
    assert fault.startswith(f"alertd/{name}:{line}: ")
    assert words in fault
