"""The Bot API server of the tests also runs as a process, for what is not in the test's own loop."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.support.botapi import TOKEN

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.botapi", "--port", "0", "--log", str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def ask(url: str, data: bytes | None = None) -> object:
    with build_opener(ProxyHandler({})).open(Request(url, data), timeout=5) as answer:
        return json.loads(answer.read())


def test_calls_are_listed_and_logged(server: str, tmp_path: Path) -> None:
    ask(f"{server}/bot{TOKEN}/sendMessage", b"chat_id=1&text=hello")
    calls = ask(f"{server}/control/calls")
    assert isinstance(calls, list)
    assert calls[0]["params"] == {"chat_id": "1", "text": "hello"}
    assert [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()] == calls


def test_a_press_given_to_the_control_address_waits_for_the_bot(server: str) -> None:
    ask(f"{server}/control/press", json.dumps({"chat": 1, "data": "ack:17"}).encode())
    updates = ask(f"{server}/bot{TOKEN}/getUpdates", b"timeout=0")
    assert isinstance(updates, dict)
    assert updates["result"][0]["callback_query"]["data"] == "ack:17"
