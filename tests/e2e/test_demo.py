"""The demonstration as a real process, beside nothing: no installation, no daemon, no store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.daemon import PATIENCE

COMMAND = (sys.executable, "-m", "alertd", "demo")


def environ() -> dict[str, str]:
    left = {name: text for name, text in os.environ.items() if not name.startswith("ALERTD")}
    left.pop("STATE_DIRECTORY", None)
    return {**left, "ALERTD_LANGUAGE": "en"}


def test_it_plays_in_an_empty_folder_and_leaves_it_empty(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--fast", "--json"],
        cwd=tmp_path,
        env=environ(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"say", "command", "message"}
    assert (
        "submitted-for-deliberation" in [line for line in lines if line["kind"] == "command"][-1]["command"]
    )
    assert list(tmp_path.iterdir()) == []


def _hears_ctrl_c() -> None:
    # Where the tests run in the background of a shell, their children would ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_leaves_it_at_once_with_a_sentence(tmp_path: Path) -> None:
    playing = subprocess.Popen(
        COMMAND,
        cwd=tmp_path,
        env=environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_ctrl_c,
    )
    assert playing.stdout is not None
    assert any("02:10  [Reminder]" in line for line in iter(playing.stdout.readline, ""))
    playing.send_signal(signal.SIGINT)
    out, err = playing.communicate(timeout=PATIENCE)
    assert playing.returncode == 1
    assert err.strip() == "Stopped; nothing was changed."
    assert "Traceback" not in out
    assert list(tmp_path.iterdir()) == []
