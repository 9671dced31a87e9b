"""The alarm rings once for the instant that was set, and would rather ring twice than never."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from alertd.clock import SystemClock
from alertd.engine.running.alarm import Alarm
from tests.simulation.loop import SimulatedClock, SimulatedLoop
from tests.simulation.surroundings import SCHEDULER, wall

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


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-400)])
def test_jobs_keep_their_pace_when_the_wall_clock_is_set(by: timedelta, monkeypatch: Any) -> None:
    """By the wall clock they would rest for an hour after it was set back by one."""
    loop = SimulatedLoop(1, datetime(2026, 12, 1, 10, tzinfo=UTC))
    clock = SimulatedClock(loop)
    for module in SCHEDULER:
        monkeypatch.setattr(module, "datetime", wall(clock.now))
    beats: list[float] = []
    rings: list[float] = []

    async def beat() -> None:
        beats.append(loop.time())

    async def watch() -> None:
        made = Alarm(lambda: rings.append(loop.time()), clock)
        made.every(5, "beat", beat)
        made.start()
        await asyncio.sleep(61)
        made.set(clock.now() + timedelta(seconds=100))
        clock.offset += by
        await asyncio.sleep(120)
        made.stop()

    try:
        loop.run_until_complete(watch())
    finally:
        loop.close()
    pauses = [round(later - sooner) for sooner, later in pairwise(beats)]
    assert len(beats) >= 35
    assert set(pauses) == {5}, pauses
    assert [round(ring) for ring in rings] == [30, 60, 90, 120, 150, 161, 180]


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
