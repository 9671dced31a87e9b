"""Pages over a store of their own: what a browser sees, without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alertd.store.database import memory_store
from tests.support.pages import Pages, pages_of
from tests.support.play import Play
from tests.support.register import tiny_register, world


@pytest.fixture
def play() -> Iterator[Play]:
    """Two towns that owe a report by 30 December, and were reminded; an incident in one of them."""
    store = memory_store()
    begun = Play(store, world(tiny_register()), "2026-12-01T10:00")
    begun.plan()
    begun.go("2026-12-17T10:00")
    begun.report("incident", "fire", published="2026-12-17T09:30")
    begun.go("2026-12-17T10:00")
    yield begun
    store.close()


@pytest.fixture
def pages(play: Play) -> Iterator[Pages]:
    """A browser, not signed in."""
    found = pages_of(play)
    yield found
    found.client.close()
