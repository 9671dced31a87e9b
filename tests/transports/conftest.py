"""A Bot API server and a telegram transport that polls it; mail servers with and without pipelining."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from alertd.transports import telegram
from alertd.transports.telegram import TelegramTransport
from tests.support import scripted_smtp
from tests.support.botapi import FakeBotAPI
from tests.support.smtp import SmtpSink
from tests.support.telegram import Desk, build


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBotAPI]:
    """The server; whoever polls it is as quick to try again as a test wants."""
    monkeypatch.setattr(telegram, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(telegram, "LONGEST_PAUSE", 0.05)
    async with FakeBotAPI() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def transport(api: FakeBotAPI, desk: Desk) -> AsyncIterator[TelegramTransport]:
    built = build(api.url, desk)
    await built.start()
    yield built
    await built.stop()


@pytest.fixture(params=[False, True], ids=["one-by-one", "pipelining"])
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Every mail server of the test takes several commands at once (RFC 2920), or does not offer it."""
    offered: bool = request.param
    monkeypatch.setattr(SmtpSink, "pipelining", offered)
    monkeypatch.setattr(scripted_smtp, "extensions", ["PIPELINING"] if offered else [])
    return offered
