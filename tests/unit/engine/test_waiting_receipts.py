"""Receipts are written a few at a time, and few wait: what waits is what a crash repeats."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from alertd.engine.sending import receipts
from alertd.engine.sending.delivering import Attempt
from alertd.engine.sending.receipts import AT_ONCE, IN_FLIGHT, Receipts

CONNECTIONS = 3


def attempt() -> Attempt:
    return cast(Attempt, cast(Any, object()))


async def test_receipts_are_taken_together_once_there_are_enough():
    waiting = Receipts(CONNECTIONS)
    for _ in range(AT_ONCE * CONNECTIONS):
        waiting.add(attempt())
    assert len(await waiting.take()) == AT_ONCE * CONNECTIONS


async def test_a_single_receipt_does_not_wait_for_others_for_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receipts, "LONGEST_WAIT", 0.001)
    waiting = Receipts(CONNECTIONS)
    waiting.add(attempt())
    async with asyncio.timeout(5):
        assert len(await waiting.take()) == 1


async def test_no_more_attempts_begin_than_may_be_repeated():
    waiting, begun = Receipts(CONNECTIONS), 0

    async def connection() -> None:
        nonlocal begun
        while await waiting.room():
            begun += 1
            await asyncio.sleep(0)
            waiting.add(attempt())

    running = asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    for _ in range(100):
        await asyncio.sleep(0)
    assert begun < IN_FLIGHT * CONNECTIONS
    taken = await waiting.take()
    before = begun
    for _ in range(100):
        await asyncio.sleep(0)
    assert begun == before  # being written is not written
    assert await waiting.take()  # taking again says that the first are written
    assert before < begun < len(taken) + IN_FLIGHT * CONNECTIONS
    waiting.close()
    await running


async def test_when_no_attempt_is_under_way_any_more_the_rest_is_taken_and_then_nothing():
    waiting = Receipts(CONNECTIONS)
    waiting.add(attempt())
    waiting.close()
    assert len(await waiting.take()) == 1
    assert await waiting.take() == []
    assert not await waiting.room()
