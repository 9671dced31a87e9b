"""A case closes with the last of its clocks, whatever closed that one, and opens again with any of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.engine.operations import acts, more_time, moving
from alertd.engine.ruling.scope import Actor, Scope
from tests.story.city import City, shipped

TOWN, OTHER = "town-donghe", "town-liuan"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"
CLERK = Actor("clerk")


@pytest.fixture
def city() -> City:
    """An incident of which one clock is closed already; information is handed in to be verified."""
    world = shipped()[0]
    duty = replace(world.register.obligations["incident-information"], closes="verify")
    obligations = {**world.register.obligations, duty.id: duty}
    city = City("2026-10-01 02:10", replace(world, register=replace(world.register, obligations=obligations)))
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    city.close(CONFERENCE)
    return city


def closed(city: City) -> bool:
    return city.case("fire").closed_at is not None


def waive(city: City, deadline: str) -> None:
    number = city.row(deadline).number
    city._do(lambda tx: acts.waive(Scope(tx, city.world, city.now, CLERK), number, "none needed", "leader"))


def test_waiving_the_last_clock_closes_the_case(city: City) -> None:
    assert not closed(city)
    waive(city, INFORMATION)
    assert closed(city)


def test_a_clock_handed_in_and_sent_back_opens_it_again_and_verified_it_is_closed(city: City) -> None:
    city.close(INFORMATION)
    assert closed(city)
    city.send_back(INFORMATION, "incomplete", "clerk")
    assert not closed(city)
    city.close(INFORMATION)
    number = city.row(INFORMATION).number
    city._do(lambda tx: acts.verify(Scope(tx, city.world, city.now, CLERK), number))
    assert closed(city)


@pytest.mark.parametrize("deadline", [INFORMATION, CONFERENCE])
def test_a_clock_opened_again_opens_the_case(city: City, deadline: str) -> None:
    waive(city, INFORMATION)
    city.reopen(deadline)
    assert not closed(city)


def test_a_case_given_to_another_unit_stays_open_until_that_one_is_done(city: City) -> None:
    number = city.row(INFORMATION).number
    city._do(lambda tx: moving.reassign(Scope(tx, city.world, city.now, CLERK), number, OTHER, "theirs"))
    assert not closed(city)
    city.report("information-published", "fire", OTHER, published="2026-10-01 02:10")
    assert city.row(INFORMATION).state == "done"
    assert closed(city)


def test_a_clock_withdrawn_with_its_duty_closes_the_case(city: City) -> None:
    register = city.world.register
    left = {name: duty for name, duty in register.obligations.items() if name != "incident-information"}
    city.adopt(replace(city.world, register=replace(register, obligations=left)))
    assert city.row(INFORMATION).state == "withdrawn"
    assert closed(city)


def test_a_paused_clock_keeps_it_open(city: City) -> None:
    number = city.row(INFORMATION).number
    city._do(
        lambda tx: more_time.suspend(Scope(tx, city.world, city.now, CLERK), number, city.now, "inquest")
    )
    assert not closed(city)


def test_a_false_alarm_stops_a_paused_clock_too(city: City) -> None:
    event = city.event_of(INFORMATION)
    number = city.row(INFORMATION).number
    city._do(
        lambda tx: more_time.suspend(Scope(tx, city.world, city.now, CLERK), number, city.now, "inquest")
    )
    city.cancel(event)
    assert city.row(INFORMATION).state == "cancelled"
    assert closed(city)
