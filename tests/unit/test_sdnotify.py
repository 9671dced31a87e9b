"""What systemd hears, over a real socket of its kind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alertd import sdnotify
from alertd.engine.running.supervision import Supervisor


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    # pytest's own folders are too deep for a socket's name
    name = f"{tempfile.gettempdir()}/alertd-{secrets.token_hex(4)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name if request.param == "abstract" else name)
        listening.settimeout(1)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name if request.param == "abstract" else name)
        yield listening
    Path(name).unlink(missing_ok=True)


def heard(systemd: socket.socket) -> list[str]:
    return systemd.recv(4096).decode().split("\n")


def test_ready_says_so(systemd: socket.socket) -> None:
    assert sdnotify.ready()
    assert heard(systemd) == ["READY=1"]


def test_ready_may_carry_a_status(systemd: socket.socket) -> None:
    sdnotify.ready("33 件在辦")
    assert heard(systemd) == ["READY=1", "STATUS=33 件在辦"]


def test_a_status_stays_one_line(systemd: socket.socket) -> None:
    sdnotify.status("first\nWATCHDOG=trigger")
    assert heard(systemd) == ["STATUS=first WATCHDOG=trigger"]


def test_reloading_names_the_monotonic_instant(systemd: socket.socket) -> None:
    before = time.monotonic_ns() // 1000
    sdnotify.reloading()
    first, second = heard(systemd)
    assert first == "RELOADING=1"
    assert before <= int(second.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000


def test_stopping_says_so(systemd: socket.socket) -> None:
    sdnotify.stopping("2 attempts in flight")
    assert heard(systemd) == ["STOPPING=1", "STATUS=2 attempts in flight"]


def test_alive_feeds_the_watchdog(systemd: socket.socket) -> None:
    sdnotify.alive()
    assert heard(systemd) == ["WATCHDOG=1"]


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not any([sdnotify.ready(), sdnotify.status("x"), sdnotify.reloading(), sdnotify.alive()])


@pytest.mark.parametrize("address", ["/no/such/socket", "vsock:2:1234", "", "/" + "x" * 200])
def test_a_socket_that_cannot_be_reached_is_not_an_error(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not sdnotify.ready()


def test_the_watchdog_is_fed_twice_as_often_as_needed() -> None:
    assert sdnotify.watchdog_interval({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}) == 30
    assert sdnotify.watchdog_interval({"WATCHDOG_USEC": "500000"}) == 0.25


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "60 s"},
    ],
    ids=["not set", "another process", "off", "no number"],
)
def test_where_systemd_does_not_watch_there_is_no_interval(environ: dict[str, str]) -> None:
    assert sdnotify.watchdog_interval(environ) is None


async def _told(task: str, detail: str) -> None:
    raise AssertionError(task)


@pytest.mark.parametrize(("ill", "calls"), [([], True), (["dispatcher"], False)])
async def test_a_daemon_of_which_a_part_is_ill_does_not_call_itself_alive(
    ill: list[str], calls: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then systemd starts it anew."""
    alive: list[bool] = []
    monkeypatch.setattr(sdnotify, "watchdog_interval", lambda: 1e-6)
    monkeypatch.setattr(sdnotify, "alive", lambda: alive.append(True))
    monkeypatch.setattr(Supervisor, "ill", lambda self: ill)
    beating = asyncio.create_task(Supervisor(_told).watchdog())
    for _ in range(20):
        await asyncio.sleep(0)
    beating.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beating
    assert bool(alive) is calls
