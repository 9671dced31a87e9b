"""The time of a store: what its database said goes on with the seconds of this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertd.clock import SharedClock, SystemClock

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


class Machine:
    """A machine whose wall clock is set while its seconds run on; it may sleep."""

    def __init__(self) -> None:
        self.wall, self.ran, self.slept = NOON, 50.0, 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ran

    def elapsed(self) -> float:
        return self.ran + self.slept

    def run(self, seconds: float) -> None:
        self.ran += seconds
        self.wall += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def seconds(clock: SharedClock) -> float:
    return (clock.now() - NOON).total_seconds()


def test_without_a_database_to_ask_it_is_the_machines(machine: Machine) -> None:
    clock = SharedClock(machine)
    clock.ask(lambda: None)
    machine.run(5)
    machine.wall += timedelta(hours=1)
    assert (seconds(clock), clock.ahead) == (3605, 0)


@pytest.mark.parametrize("off", [-180.0, 40.0, 180.0])
def test_a_machine_whose_clock_is_off_goes_by_the_databases(machine: Machine, off: float) -> None:
    clock = SharedClock(machine)
    machine.wall += timedelta(seconds=off)
    clock.ask(lambda: NOON)
    machine.run(7)
    assert (seconds(clock), clock.ahead) == (7, off)


@pytest.mark.parametrize("by", [-3600, 3600])
def test_a_wall_clock_that_is_set_moves_nothing(machine: Machine, by: int) -> None:
    clock = SharedClock(machine)
    clock.ask(lambda: NOON)
    machine.wall += timedelta(seconds=by)
    machine.run(3)
    assert (seconds(clock), clock.ahead) == (3, by)


def test_while_the_machine_sleeps_the_time_goes_on(machine: Machine) -> None:
    clock = SharedClock(machine)
    clock.ask(lambda: NOON)
    machine.slept += 600
    assert seconds(clock) == 600


def test_the_answer_was_given_half_way_between_asking_and_hearing_it(machine: Machine) -> None:
    clock = SharedClock(machine)

    def slow() -> datetime:
        machine.run(4)
        return NOON

    clock.ask(slow)
    assert seconds(clock) == 2


def test_what_agrees_as_far_as_can_be_known_moves_nothing(machine: Machine) -> None:
    clock = SharedClock(machine)
    clock.ask(lambda: NOON)

    def slow() -> datetime:
        machine.run(4)
        return NOON + timedelta(seconds=1.5)

    clock.ask(slow)
    assert seconds(clock) == 4

    def far() -> datetime:
        machine.run(4)
        return NOON + timedelta(seconds=60)

    clock.ask(far)
    assert seconds(clock) == 62


def test_a_database_that_cannot_be_asked_changes_nothing(machine: Machine) -> None:
    clock = SharedClock(machine)
    clock.ask(lambda: NOON + timedelta(hours=1))

    def away() -> datetime:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        clock.ask(away)
    assert seconds(clock) == 3600


def test_the_machines_own_hands_run_forward() -> None:
    clock = SystemClock()
    before = clock.monotonic(), clock.elapsed()
    assert (clock.monotonic(), clock.elapsed()) >= before
