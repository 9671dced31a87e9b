"""A play on an empty store in memory: `begin("2026-12-01T10:00")`, with changes of the world if wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from alertd.core.model import Register
from alertd.store.database import memory_store
from tests.support.play import Play
from tests.support.register import world

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
