"""The bulletin that mails itself: once, whatever node is up, and made up for by one that was down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text, update
from structlog.testing import capture_logs

from alertd.clock import SettableClock
from alertd.core.bulletins import BulletinSchedule
from alertd.core.rules import parse_rule
from alertd.engine.ruling.world import World
from alertd.engine.running.bulletins import Bulletins
from alertd.engine.running.door import Door
from alertd.store import tables
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import at, only, tiny_register, world

WEEKLY = BulletinSchedule(parse_rule("weekly by monday of the next week at 09:00"), ("supervisor",))
TUESDAY = "2026-12-01T09:00"


class Idle:
    """What the bulletins need of a dispatcher."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pokes = 0

    def poke(self) -> None:
        self.pokes += 1


class Node:
    """One daemon's bulletins; the machine is what tells nodes apart."""

    def __init__(self, store: Store, world: World, machine: str, now: str) -> None:
        self.clock = SettableClock(at(now))
        self.door = Door()
        self.dispatcher = Idle(replace(world, machine=machine, node=machine))
        self.asked: list[datetime] = []
        self.job = Bulletins(store, self.door, self.dispatcher, self.clock, self.ruled)  # type: ignore[arg-type]

    def ruled(self, at: datetime) -> World:
        self.asked.append(at)
        return self.dispatcher.world

    async def at(self, now: str) -> None:
        self.clock.set(at(now))
        await self.job.mail_due()


@pytest.fixture
def play(store: Store) -> Play:
    started = Play(store, replace(world(only(tiny_register(), "yearly-report")), bulletin=WEEKLY), TUESDAY)
    started.plan()
    return started


@pytest.fixture
def nodes(play: Play) -> Iterator[list[Node]]:
    found = [Node(play.store, play.world, name, TUESDAY) for name in ("north", "south")]
    yield found
    for each in found:
        each.door.close()


def mailed(play: Play) -> list[tuple[str, datetime]]:
    return [(row.period, row.as_of) for row in play.all(tables.bulletins)]


def messages(play: Play) -> list[Any]:
    return [row for row in play.all(tables.deliveries) if row.template == "told"]


async def test_of_two_nodes_one_mails_each_issue_once(play: Play, nodes: list[Node]) -> None:
    for each in nodes:
        await each.at(TUESDAY)
    assert mailed(play) == []
    for _ in range(2):
        await asyncio.gather(*(each.at("2026-12-07T09:00") for each in nodes))
    assert mailed(play) == [("2026-w49", at("2026-12-07T09:00"))]
    assert len(messages(play)) == 1
    assert sum(each.dispatcher.pokes for each in nodes) == 1


async def test_a_node_that_was_down_makes_each_issue_as_of_its_own_instant(
    play: Play, nodes: list[Node]
) -> None:
    north, _ = nodes
    await north.at(TUESDAY)
    await north.at("2026-12-15T03:00")  # it comes back after two Mondays, at night
    assert mailed(play) == [("2026-w49", at("2026-12-07T09:00")), ("2026-w50", at("2026-12-14T09:00"))]
    assert north.asked == [at("2026-12-07T09:00"), at("2026-12-14T09:00")]
    assert [row.not_before for row in messages(play)] == [at("2026-12-15T08:30")] * 2
    second = play.all(tables.bulletins)[1]
    assert second.previous == at("2026-12-07T09:00")
    await north.at("2026-12-15T03:01")
    assert len(messages(play)) == 2


async def test_one_that_cannot_be_made_is_told_and_tried_again_after_an_hour(
    play: Play, nodes: list[Node]
) -> None:
    north, _ = nodes
    await north.at(TUESDAY)
    with play.store.write() as tx:
        tx.execute(update(tables.audit).where(tables.audit.c.deadline == 1).values(action="extended"))
        tx.execute(text("update audit set detail = '{' where deadline = 1"))
    with capture_logs() as logs:
        await north.at("2026-12-07T09:00")
        await north.at("2026-12-07T09:30")
    assert [line["event"] for line in logs if line["event"] == "bulletin-put-off"] == []
    assert mailed(play) == []
    admin = [row for row in play.all(tables.deliveries) if row.template == "admin"]
    assert [entry["what"] for row in admin for entry in row.payload["entries"]] == ["bulletin"]
    with play.store.write() as tx:
        tx.execute(update(tables.audit).values(detail={}))
    await north.at("2026-12-07T09:59")
    assert mailed(play) == []
    await north.at("2026-12-07T10:00")
    assert mailed(play) == [("2026-w49", at("2026-12-07T09:00"))]


async def test_a_clock_that_ran_ahead_does_not_use_up_issues_that_are_to_come(
    play: Play, nodes: list[Node]
) -> None:
    north, _ = nodes
    await north.at(TUESDAY)
    await north.at("2026-12-21T10:00")  # wrong by three weeks
    assert len(mailed(play)) == 3
    await north.at("2026-12-02T09:00")
    await north.at("2026-12-07T09:00")
    assert mailed(play) == [("2026-w49", at("2026-12-07T09:00"))]
