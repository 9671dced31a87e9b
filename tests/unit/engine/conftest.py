"""A play on an empty store in memory: `begin("2026-12-01T10:00")`, with changes of the world if wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.play import Play, plays
from tests.support.register import live_channels

Begin = Callable[..., Play]


@pytest.fixture
def begin() -> Iterator[Begin]:
    with plays() as beginning:
        yield beginning


@pytest.fixture
def play(begin: Begin) -> Play:
    """An incident in town-a at 02:00; Ann has telegram, then mail. Nothing was sent yet."""
    begun = begin("2026-12-05T02:00", **live_channels())
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.fire()
    return begun
