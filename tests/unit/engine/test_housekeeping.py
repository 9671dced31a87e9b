"""What the daemon does beside firing and sending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from alertd.clock import SettableClock, SharedClock
from alertd.core.shifts import DutyPlan, Hours, Rotation
from alertd.engine.running.door import Door
from alertd.engine.running.housekeeping import Housekeeping
from alertd.engine.sending.leases import FORGOTTEN_AFTER
from alertd.store import chains, seals, tables
from alertd.transports.inbox import InboxTransport
from tests.support.play import Play
from tests.support.register import at, tiny_register


class Idle:
    """What housekeeping needs of a dispatcher."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.pokes = 0
        self.transports = dict.fromkeys(world.transports, InboxTransport())

    def poke(self) -> None:
        self.pokes += 1


@pytest.fixture
def play(begin: Any) -> Play:
    started: Play = begin("2026-12-05T02:00")
    started.report("incident", "fire", published="2026-12-05T02:00")
    return started


class Wound(SettableClock):
    """A clock whose seconds run beside what somebody sets it to."""

    runs = 100.0

    def monotonic(self) -> float:
        return self.runs

    def elapsed(self) -> float:
        return self.runs


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.close()


async def test_a_wall_clock_that_jumps_is_told_and_everything_is_looked_at_anew(
    play: Play, door: Door
) -> None:
    clock, idle = Wound(at("2026-12-05T02:00")), Idle(play.world)
    keeper = Housekeeping(play.store, door, idle, SharedClock(clock))  # type: ignore[arg-type]
    clock.advance(timedelta(hours=3, seconds=60))
    clock.runs += 60
    await keeper.each_minute()
    assert idle.pokes == 1
    told = [row for row in play.all(tables.deliveries) if row.person == "admin"]
    assert [row.payload["topic"] for row in told] == ["clock-jumped"]


@pytest.mark.parametrize(("seconds", "mentioned"), [(89, 0), (90, 1), (31, 0), (30, 1)])
async def test_a_clock_has_jumped_that_is_half_a_minute_off_after_a_minute(
    play: Play, door: Door, seconds: int, mentioned: int
) -> None:
    clock, idle = Wound(at("2026-12-05T02:00")), Idle(play.world)
    keeper = Housekeeping(play.store, door, idle, SharedClock(clock))  # type: ignore[arg-type]
    clock.advance(timedelta(seconds=seconds))
    clock.runs += 60
    await keeper.each_minute()
    assert idle.pokes == mentioned
    assert len([row for row in play.all(tables.deliveries) if row.person == "admin"]) == mentioned


async def test_the_shift_changes_and_the_roster_is_looked_at_each_hour_and_when_it_changes(
    play: Play, door: Door
) -> None:
    turns = Rotation(
        "desk", "office", "duty", (("han",), ("ian",)), (Hours(time(8), time(8)),), date(2026, 12, 1)
    )
    play.world = replace(play.world, register=tiny_register(duty=DutyPlan((turns,))))
    play.now = at("2026-12-05T02:00")
    play.report("incident", "fire", "town-a", occurred="2026-12-05T02:00")
    play.fire()
    clock, idle = Wound(at("2026-12-05T08:00")), Idle(play.world)
    keeper = Housekeeping(play.store, door, idle, SharedClock(clock))  # type: ignore[arg-type]
    await keeper.each_minute()
    assert idle.pokes == 1, "so that it leaves at once"
    assert {row.kind for row in play.all(tables.alerts)} == {"step", "shift"}
    assert play.admin_told() == []
    idle.world = replace(
        play.world, register=tiny_register(duty=DutyPlan((replace(turns, until=date(2026, 12, 8)),)))
    )
    await keeper.each_minute()
    assert [topic for topic, _ in play.admin_told()] == ["duty-gap"]
    await keeper.each_minute()
    assert idle.pokes == 1
    assert [topic for topic, _ in play.admin_told()] == ["duty-gap"]


async def test_what_a_clock_that_is_set_back_had_put_off_comes_now(play: Play, door: Door) -> None:
    """A message decided a moment before does not wait for that moment to come again."""
    clock, idle = Wound(at("2026-12-05T03:00")), Idle(play.world)
    keeper = Housekeeping(play.store, door, idle, SharedClock(clock))  # type: ignore[arg-type]
    play.now = at("2026-12-05T03:00")
    play.fire()
    waiting = [row.id for row in play.all(tables.deliveries)]
    clock.advance(timedelta(seconds=60 - 3600))
    clock.runs += 60
    await keeper.each_minute()
    rows = {row.id: row for row in play.all(tables.deliveries)}
    assert waiting
    assert {rows[each].not_before for each in waiting} == {clock.now()}
    assert idle.pokes == 1
    await keeper.each_minute()
    assert [values["seconds"] for _, values in play.admin_told()] == [-3600]


@pytest.mark.parametrize(("ahead", "told"), [(4.0, 0), (180.0, 1), (-40.0, 1)])
async def test_a_machine_with_a_wrong_clock_is_told_of_once(
    play: Play, door: Door, ahead: float, told: int
) -> None:
    machine, now = Wound(at("2026-12-05T02:00")), at("2026-12-05T02:00")
    machine.advance(timedelta(seconds=ahead))
    clock = SharedClock(machine)
    clock.ask(lambda: now)
    keeper = Housekeeping(play.store, door, Idle(play.world), clock)  # type: ignore[arg-type]
    for _ in range(3):
        await keeper.each_minute()
        machine.advance(timedelta(seconds=60))
        machine.runs += 60
    topics = [row.payload["topic"] for row in play.all(tables.deliveries) if row.person == "admin"]
    assert topics == ["clock-apart"] * told


def test_while_the_same_hour_comes_again_nothing_is_said_twice(play: Play) -> None:
    """A step counts as fired whatever the clock says, also where the deadline is looked at anew."""
    assert play.go("2026-12-05T04:40") != []
    play.now = at("2026-12-05T03:40")
    play.store.transact(lambda tx: tx.execute(update(tables.deadlines).values(next_action_at=play.now)))
    assert play.go("2026-12-05T04:40") == []
    play.go("2026-12-05T06:00")
    steps = [(alert.step, alert.merged) for alert in play.all(tables.alerts) if alert.kind == "step"]
    assert steps == [("started", ()), ("half", ()), ("most", ())]


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_database_whose_clock_jumps_is_told_too(play: Play, door: Door, hours: int) -> None:
    """All nodes go by it, so that none has another time to compare it with but its own seconds."""
    machine, said = Wound(at("2026-12-05T02:00")), at("2026-12-05T02:00")
    clock, idle = SharedClock(machine), Idle(play.world)
    clock.ask(lambda: said)
    keeper = Housekeeping(play.store, door, idle, clock)  # type: ignore[arg-type]
    machine.advance(timedelta(seconds=60))
    machine.runs += 60
    said += timedelta(hours=hours, seconds=60)
    clock.ask(lambda: said)
    await keeper.each_minute()
    told = play.admin_told()
    assert [topic for topic, _ in told] == ["clock-jumped", "clock-apart"]
    assert told[0][1]["seconds"] == hours * 3600
    assert idle.pokes == 1


async def test_a_message_leased_long_ago_by_a_node_that_lives_is_due_again(play: Play, door: Door) -> None:
    play.fire()
    play.world = replace(play.world, node="hangs")
    leased = [parcel.row.id for parcel in play.lease("inbox")]
    clock, idle = SettableClock(play.now + timedelta(minutes=1) + FORGOTTEN_AFTER), Idle(play.world)
    keeper = Housekeeping(play.store, door, idle, SharedClock(clock))  # type: ignore[arg-type]
    await keeper.each_minute()
    assert {row.state for row in play.all(tables.deliveries)} == {"leased"}
    clock.advance(timedelta(seconds=1))
    await keeper.each_minute()
    rows = {row.id: row.state for row in play.all(tables.deliveries)}
    assert leased
    assert {rows[each] for each in leased} == {"waiting"}


async def test_each_minute_the_node_shows_that_it_lives_and_the_audit_is_sealed(
    play: Play, door: Door
) -> None:
    play.fire()
    clock = SettableClock(at("2026-12-05T02:01"))
    keeper = Housekeeping(play.store, door, Idle(play.world), SharedClock(clock))  # type: ignore[arg-type]
    await keeper.each_minute()
    assert [row.seen_at for row in play.all(tables.nodes)] == [clock.now()]
    with play.store.read() as tx:
        assert seals.unsealed(tx) == 0
        assert chains.verify(tx) == []


async def test_once_a_day_the_newest_seal_is_logged_to_be_kept_elsewhere(play: Play, door: Door) -> None:
    play.fire()
    clock = SettableClock(at("2026-12-05T02:01"))
    keeper = Housekeeping(play.store, door, Idle(play.world), SharedClock(clock))  # type: ignore[arg-type]
    with capture_logs() as logged:
        await keeper.each_minute()  # makes the first one
        await keeper.each_minute()
        with play.store.read() as tx:
            noted = seals.numbered(tx, 1)
        await keeper.each_minute()
        clock.set(at("2026-12-06T00:01"))
        await keeper.each_minute()
    days = [entry for entry in logged if entry["event"] == "audit-sealed"]
    assert noted is not None
    assert [(entry["seal"], entry["hash"]) for entry in days][:1] == [(noted.number, noted.hash)]
    assert [entry["seal"] for entry in days] == [1, 2]  # the second covers that the first was noted


async def test_an_open_deadline_that_waits_for_nothing_is_planned_again_and_told(
    play: Play, door: Door
) -> None:
    lost = update(tables.deadlines).values(next_action_at=None, waits="")
    play.store.transact(lambda tx: tx.execute(lost))
    clock = SharedClock(SettableClock(at("2026-12-05T02:01")))
    keeper = Housekeeping(play.store, door, Idle(play.world), clock)  # type: ignore[arg-type]
    await keeper.audit_waiting()
    with play.store.read() as tx:
        waiting = tx.execute(select(tables.deadlines.c.next_action_at)).scalars().all()
    assert None not in waiting
    told = [row.payload["topic"] for row in play.all(tables.deliveries) if row.person == "admin"]
    assert told == ["audit-found"]
