"""A Bot API server, and a telegram transport that polls it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from alertd.transports import telegram
from alertd.transports.telegram import TelegramTransport
from tests.support.botapi import FakeBotAPI
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
