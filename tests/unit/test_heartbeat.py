"""A sign of life to somebody outside: sent while there is life, never in the way, and missed once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from alertd import heartbeat
from alertd.config.secret import Secret
from alertd.config.watch_shapes import HeartbeatSettings
from alertd.engine.notify.topics import Topic
from alertd.heartbeat import TOLD_AFTER, Heartbeat
from tests.support.hook import Hook, hook

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def there() -> Iterator[Hook]:
    with hook() as found:
        yield found


class Node:
    """A node whose heart beats as a test says."""

    def __init__(self, url: str, every: float = 3600) -> None:
        self.settings: HeartbeatSettings | None = HeartbeatSettings(
            Secret.plain(url), timedelta(seconds=every)
        )
        self.lives = True
        self.told: list[Topic] = []
        self.heart = Heartbeat(self._node, lambda: self.lives, lambda: NOW, self._tell)

    def _node(self) -> Any:
        return SimpleNamespace(heartbeat=self.settings, name="one")

    async def _tell(self, topic: Topic) -> None:
        self.told.append(topic)

    async def beat(self, times: int = 1) -> None:
        assert self.settings is not None
        for _ in range(times):
            await self.heart.beat(self.settings)


async def until(what: Any) -> None:
    async with asyncio.timeout(30):
        while not what():  # noqa: ASYNC110  what it waits for happens in a thread
            await asyncio.sleep(0.01)


async def test_it_beats_while_there_is_life_and_follows_the_settings(there: Hook) -> None:
    node = Node(there.url, every=0.02)
    node.lives = False
    running = asyncio.create_task(node.heart.run())
    await asyncio.sleep(0.1)
    assert there.heard == []
    node.lives = True
    await until(lambda: len(there.heard) >= 2)
    node.settings = None
    node.heart.changed()
    await asyncio.sleep(0.1)
    count = len(there.heard)
    await asyncio.sleep(0.1)
    assert len(there.heard) == count
    running.cancel()


async def test_the_admin_hears_once_that_nobody_hears_it(there: Hook) -> None:
    node = Node(there.url)
    there.answers += [500] * (TOLD_AFTER + 2)
    with capture_logs() as logs:
        await node.beat(TOLD_AFTER - 1)
        assert node.told == []
        await node.beat(3)
    assert [topic.values for topic in node.told] == [{"node": "one", "detail": "it answered 500"}]
    assert [entry["event"] for entry in logs] == ["heartbeat-unheard"]
    await node.beat()
    there.answers += [503] * TOLD_AFTER
    await node.beat(TOLD_AFTER)
    assert len(node.told) == 2


@pytest.mark.parametrize("answer", ["cut", "garbage", (302, {"location": "http://127.0.0.1/"}, b""), "hang"])
async def test_whatever_is_wrong_there_is_a_failure_and_no_more(
    there: Hook, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat, "PATIENCE", 0.3)
    node = Node(there.url)
    there.answers += [answer] * TOLD_AFTER
    await node.beat(TOLD_AFTER)
    assert len(node.told) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/s3cret", "http://10.0.0.1/s3cret", "nonsense-s3cret"])
async def test_its_address_is_in_no_log_and_no_message(url: str) -> None:
    node = Node(url)
    with capture_logs() as logs:
        await node.beat(TOLD_AFTER)
    assert "s3cret" not in f"{logs} {[topic.values for topic in node.told]}"
    assert len(node.told) == 1
