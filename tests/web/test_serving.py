"""The daemon's pages and the process that serves them: it begins, follows the files, is replaced and ends."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from alertd import pages as pages_module
from alertd.installation import Installation
from alertd.pages import Behind, Pages, Wanted
from alertd.store.errors import StoreFull
from alertd.web.begun import Begun
from alertd.web.pulse import Pulse
from tests.support.installed import change, lay_down, started
from tests.support.pages import free_port

PATIENCE = 90.0
WELL = Pulse((), 1.0)


@dataclass
class Daemon:
    """What pages know of a daemon, and what it hears of them."""

    installation: Installation
    pulse: Pulse = WELL
    pokes: int = 0
    told: list[tuple[str, str, bytes]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    full: bool = False

    def __post_init__(self) -> None:
        self.listen(f"127.0.0.1:{free_port()}")
        self.templates: dict[str, str] = {}
        self.pages = Pages(self._wanted, Behind(lambda: self.pulse, self._poked, self._told), self._fails)

    def listen(self, where: str) -> None:
        """Another place, "" for none, as config.toml names it."""
        file = self.installation.node.file
        file.write_text(
            re.sub(r'^listen = ".*?"', f'listen = "{where}"', file.read_text(), flags=re.MULTILINE)
        )
        self.installation = Installation.find(str(file), {}, file.parent)

    @property
    def url(self) -> str:
        return self.installation.node.web.url

    def process(self) -> int:
        """The number of the process that serves."""
        assert self.pages._child is not None
        return self.pages._child.process.pid

    def _wanted(self) -> Wanted:
        return Wanted(
            self.installation.node.web, Begun.of(self.installation, self.templates), dict(os.environ)
        )

    def _poked(self) -> None:
        self.pokes += 1

    def _told(self, channel: str, secret: str, body: bytes) -> bool:
        if self.full:
            raise StoreFull("no room on the disk")
        self.told.append((channel, secret, body))
        return secret == "right"

    async def _fails(self, task: str, detail: str) -> None:
        self.failed.append(f"{task}: {detail}")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    found, store = started(lay_down(tmp_path))
    store.close()
    return found


@asynccontextmanager
async def running(daemon: Daemon) -> AsyncIterator[Daemon]:
    task = asyncio.create_task(daemon.pages.run())
    try:
        await daemon.pages.tried.wait()
        yield daemon
    finally:
        daemon.pages.wind_up()
        await task
        await daemon.pages.stop()


async def asked(url: str, path: str = "/livez") -> int:
    """The status of an answer, 0 where nobody listens, or who did is just ending."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        try:
            return (await client.get(f"{url}{path}")).status_code
        except (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError):
            return 0


async def until(happened: Callable[[], Any]) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, happened
        await asyncio.sleep(0.02)


async def test_nothing_is_served_unless_a_place_is_named(installation: Installation) -> None:
    daemon = Daemon(installation)
    daemon.listen("")
    async with running(daemon):
        assert not daemon.pages.serves


async def test_pages_are_served_where_the_settings_say_and_move_with_them(installation: Installation) -> None:
    async with running(Daemon(installation)) as daemon:
        here, first = daemon.url, daemon.process()
        assert await asked(here) == 200
        daemon.pages.changed()
        await until(lambda: not daemon.pages._due.is_set())
        assert daemon.process() == first  # another reload is no reason for another process
        daemon.listen(f"127.0.0.1:{free_port()}")
        daemon.pages.changed()
        await until(lambda: daemon.pages.serves and daemon.process() != first)
        assert (await asked(here), await asked(daemon.url)) == (0, 200)
        there = daemon.url
        daemon.listen("")
        daemon.pages.changed()
        while await asked(there):
            pass  # till the process has ended
        assert not daemon.pages.serves
    assert not daemon.failed


async def test_a_place_that_somebody_else_has_is_said_once_and_taken_when_it_is_free(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "_TRY", 0.01)
    daemon = Daemon(installation)
    with socket.socket() as other, capture_logs() as logs:
        other.bind(("127.0.0.1", 0))
        other.listen()
        daemon.listen(f"127.0.0.1:{other.getsockname()[1]}")
        async with running(daemon):
            assert not daemon.pages.serves
            await asyncio.sleep(0.1)
            assert [entry["event"] for entry in logs] == ["pages-not-served"]
            other.close()
            await until(lambda: daemon.pages.serves)
            assert await asked(daemon.url) == 200
    assert not daemon.failed


async def test_a_process_that_is_killed_is_told_of_and_another_one_answers_at_the_same_place(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "_PAUSE", 0.01)
    async with running(Daemon(installation)) as daemon:
        first = daemon.process()
        os.kill(first, signal.SIGKILL)
        assert await asked(daemon.url) == 200  # who comes meanwhile waits, and is not refused
        assert daemon.process() != first
    assert daemon.failed == ["pages: the process of the pages ended: SIGKILL"]


async def test_a_process_that_hangs_is_ended_and_told_of(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "_PAUSE", 0.01)
    async with running(Daemon(installation)) as daemon:
        first = daemon.process()
        monkeypatch.setattr(pages_module, "_LOOK", 0.01)
        monkeypatch.setattr(pages_module, "_ANSWERING", 0.2)
        monkeypatch.setattr(pages_module, "ENDING", 0.1)
        os.kill(first, signal.SIGSTOP)
        daemon.pages.changed()
        await until(lambda: daemon.failed)
        monkeypatch.undo()
        await until(lambda: daemon.pages.serves and daemon.process() != first)
        assert await asked(daemon.url) == 200
    assert daemon.failed[0] == "pages: the process of the pages did not answer"


async def test_nothing_begins_while_the_daemon_ends(installation: Installation) -> None:
    """systemd ends all of a service at once, also while the process is only beginning."""
    daemon = Daemon(installation)
    task = asyncio.create_task(daemon.pages.run())
    begin, begun = pages_module._Child.begin, []

    async def beginning(*given: Any) -> Any:
        child = await begin(*given)
        begun.append(child)
        daemon.pages.wind_up()
        child.process.terminate()
        return child

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages_module._Child, "begin", beginning)
        await task
    await daemon.pages.stop()
    assert (len(begun), daemon.failed) == (1, [])


async def test_what_ends_with_the_daemon_is_no_failure(installation: Installation) -> None:
    async with running(Daemon(installation)) as daemon:
        daemon.pages.wind_up()
        os.kill(daemon.process(), signal.SIGTERM)  # as systemd ends all of a service at once
        await until(lambda: not daemon.pages.serves)
        await asyncio.sleep(1.5)
    assert not daemon.failed


async def test_changed_files_are_served_by_another_process_and_nobody_is_refused_meanwhile(
    installation: Installation,
) -> None:
    async with running(Daemon(installation)) as daemon:
        first, statuses = daemon.process(), []
        daemon.templates = {"message.txt.j2": "another text"}
        daemon.pages.changed()
        while daemon.process() == first:
            statuses.append(await asked(daemon.url))
        statuses.append(await asked(daemon.url))
        assert set(statuses) == {200}
    assert not daemon.failed


async def test_a_process_that_cannot_begin_leaves_the_one_that_serves(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "_PAUSE", 0.01)
    async with running(Daemon(installation)) as daemon:
        first, store = daemon.process(), installation.node.state_folder / "alertd.db"
        store.rename(store.with_name("elsewhere"))
        daemon.templates = {"message.txt.j2": "another text"}
        daemon.pages.changed()
        await until(lambda: daemon.failed)
        assert daemon.process() == first
        assert daemon.pages.serves
    assert daemon.failed[0] == "pages: the process of the pages ended: exit code 75"


async def test_the_process_says_how_the_loop_of_the_daemon_is(installation: Installation) -> None:
    async with running(Daemon(installation)) as daemon:
        assert await asked(daemon.url, "/readyz") == 200
        daemon.pulse = replace(WELL, ill=("dispatcher",))
        await asyncio.sleep(1.1)  # all who ask within a second are answered alike
        assert (await asked(daemon.url), await asked(daemon.url, "/readyz")) == (503, 503)


async def test_what_a_provider_tells_is_given_to_the_daemon(installation: Installation) -> None:
    async with (
        running(Daemon(installation)) as daemon,
        httpx.AsyncClient(base_url=daemon.url, trust_env=False, timeout=PATIENCE) as provider,
    ):
        assert (await provider.post("/told/sms/right", content=b"\xff1")).status_code == 200
        assert daemon.told == [("sms", "right", b"\xff1")]
        await until(lambda: daemon.pokes == 1)  # what follows from it is looked at
        assert (await provider.post("/told/sms/wrong", content=b"1")).status_code == 404
        daemon.full = True
        assert (await provider.post("/told/sms/right", content=b"1")).status_code == 503


def test_files_that_break_later_rule_on_in_the_process(installation: Installation) -> None:
    """It gets them from the daemon, and does not read for itself what somebody is just writing."""
    begun, before = Begun.of(installation, {}), installation.node
    change(installation.node.file, "[sending]", "[sending")
    node = Begun.unpacked(begun.packed()).installation({}).node
    assert (node.mode, node.web, node.channel_order) == (before.mode, before.web, before.channel_order)


def test_the_daemon_knows_nothing_of_what_draws_pages() -> None:
    """It is the smaller for it, and sooner there."""
    code = "import sys, alertd.service; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"uvicorn", "starlette", "alertd.web.application"} & set(said.split())


def test_no_secret_is_given_along(installation: Installation, tmp_path: Path) -> None:
    change(
        installation.node.channels_folder / "email.toml",
        'transport = "email"',
        'transport = "email"\nusername = "alertd"\npassword = { env = "MAIL_PASSWORD" }',
    )
    found = Installation.find(str(installation.node.folder), {"MAIL_PASSWORD": "swordfish"}, tmp_path)
    packed = base64.b64decode(Begun.of(found, {}).packed())
    assert b"MAIL_PASSWORD" in packed
    assert b"swordfish" not in packed
