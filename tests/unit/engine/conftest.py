"""A play on an empty store in memory: `begin("2026-12-01T10:00")`, with changes of the world if wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from alertd.core.model import Register
from alertd.store.database import memory_store
from tests.support.play import Play
from tests.support.register import live_channels, world

Begin = Callable[..., Play]


@pytest.fixture
def begin() -> Iterator[Begin]:
    stores = []

    def beginning(now: str, register: Register | None = None, **changes: Any) -> Play:
        stores.append(memory_store())
        return Play(stores[-1], world(register, **changes), now)

    yield beginning
    for store in stores:
        store.close()


@pytest.fixture
def play(begin: Begin) -> Play:
    """An incident in town-a at 02:00; Ann has telegram, then mail. Nothing was sent yet."""
    begun = begin("2026-12-05T02:00", **live_channels())
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.fire()
    return begun
