"""What somebody asks the daemon for from outside, while its store does not answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from alertd import service as service_module
from alertd.engine.running.dispatcher import Dispatcher
from alertd.service import Service
from alertd.store.database import Store
from alertd.store.errors import StoreFull
from alertd.transports.base import NotNow, Press
from tests.support.installed import installation, lay_down

PRESS = Press("telegram", "1", "r:1", "q")


class Hanging:
    """A store's thread that takes what it is given and is never done."""

    async def run(self, *_: Any) -> Any:
        await asyncio.Event().wait()


class Away:
    """One whose store cannot be used."""

    async def run(self, *_: Any) -> Any:
        raise StoreFull("no room on the disk")


@pytest.mark.parametrize("door", [Hanging(), Away()], ids=["hangs", "away"])
async def test_a_press_is_kept_at_its_provider_while_the_store_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: Any
) -> None:
    """Told that it failed, its person would press again, or think that nothing was recorded."""
    monkeypatch.setattr(service_module, "_STORE_PATIENCE", 0.05)
    daemon: Any = Service(installation(lay_down(tmp_path)))
    daemon.store, daemon.door = object.__new__(Store), door
    daemon.dispatcher = object.__new__(Dispatcher)
    daemon.dispatcher.world = None
    async with asyncio.timeout(30):
        with pytest.raises(NotNow):
            await daemon._on_press(PRESS)
