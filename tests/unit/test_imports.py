"""Imports point down: cli -> service -> engine -> (store, config, transports, messages) -> core."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.imports import faults

ROOT = Path(__file__).resolve().parents[2]


def test_alertd_imports_point_down() -> None:
    found = faults(ROOT)
    assert not found, "\n" + "\n".join(map(str, found))


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
        ("core/rules.py", "def f():\n    from alertd.store import tables\n", 2, "may use only itself"),
        ("core/rules.py", "from ..config import load\n", 1, "imports alertd.config"),
        ("core/rules.py", "from .. import config\n", 1, "imports alertd.config"),
        ("core/rules.py", "from alertd import shipped\n", 1, "imports point down"),
        ("store/outbox.py", "import alertd.config\n", 1, "alertd.store may use core"),
        (
            "messages/text.py",
            "from importlib import import_module\nimport_module('alertd.store')\n",
            2,
            "point down",
        ),
        ("transports/email.py", "from alertd.engine.waker import wake\n", 1, "imports point down"),
        ("engine/waker.py", "import alertd.service\n", 1, "imports point down"),
        ("service.py", "from alertd import cli\n", 1, "imports alertd.cli"),
        ("web/app.py", "from alertd.cli import main\n", 1, "imports alertd.cli"),
        ("shipped.py", "import click\n", 1, "standard library only"),
        ("sdnotify.py", "from alertd.core import model\n", 1, "must import nothing of alertd"),
        ("__init__.py", "from alertd.core import model\n", 1, "must import nothing of alertd"),
        ("utils.py", "import os\n", 1, "alertd.utils has no floor"),
        ("core/rules.py", "\ndef f(:\n", 2, "Python cannot read this"),
    ],
)
def test_what_is_refused_and_how_it_is_said(
    tmp_path: Path, name: str, text: str, line: int, words: str
) -> None:
    (fault,) = _faults_of(tmp_path, name, text)
    assert fault.startswith(f"alertd/{name}:{line}: ")
    assert words in fault
