"""The alarm rings once for the instant that was set, and would rather ring twice than never."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from alertd.clock import SystemClock
from alertd.engine.running.alarm import Alarm

SOON = timedelta(milliseconds=20)


class Bell:
    def __init__(self) -> None:
        self.times = 0
        self.heard = asyncio.Event()

    def ring(self) -> None:
        self.times += 1
        self.heard.set()


@pytest.fixture
async def bell() -> Bell:
    return Bell()


@pytest.fixture
async def alarm(bell: Bell) -> AsyncIterator[Alarm]:
    made = Alarm(bell.ring, SystemClock())
    made.start()
    yield made
    made.stop()


async def test_it_rings_once_for_one_instant(alarm: Alarm, bell: Bell) -> None:
    at = datetime.now(UTC) + SOON
    alarm.set(at)
    await asyncio.wait_for(bell.heard.wait(), 5)
    assert alarm.rung(datetime.now(UTC))
    for _ in range(200):  # the scheduler's own job comes after the timer
        await asyncio.sleep(0.001)
        if alarm._scheduler.get_job("wake") is None:
            break
    await asyncio.sleep(0.01)
    assert bell.times == 1


async def test_an_instant_that_is_over_rings_at_once(alarm: Alarm, bell: Bell) -> None:
    alarm.set(datetime.now(UTC) - SOON)
    await asyncio.wait_for(bell.heard.wait(), 5)


async def test_rung_a_little_early_it_rings_again_for_the_same_instant(alarm: Alarm, bell: Bell) -> None:
    at = datetime.now(UTC) + SOON
    alarm.set(at)
    alarm._first()  # the timer, before its time
    assert alarm._timer is not None
    alarm._timer.cancel()
    bell.heard.clear()
    alarm.set(at)
    await asyncio.wait_for(bell.heard.wait(), 5)
    assert datetime.now(UTC) >= at


async def test_without_an_instant_only_the_floor_rings(alarm: Alarm, bell: Bell) -> None:
    alarm.set(datetime.now(UTC) + SOON)
    alarm.set(None)
    await asyncio.sleep(0.05)
    assert bell.times == 0
