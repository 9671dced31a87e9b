"""Yearly reports and a receiver who reviews them: two come back, one is late, and nobody is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from alertd.engine.operations import acts, more_time
from alertd.engine.ruling.scope import Actor
from tests.story.city import City, shipped

REPORT = "rule-of-law-report"


def reviewing_city(now: str) -> City:
    """The shipped city where the receiver of the yearly report closes it."""
    world, _ = shipped()
    duties = world.register.obligations
    changed = {**duties, REPORT: replace(duties[REPORT], closes="verify")}
    return City(now, replace(world, register=replace(world.register, obligations=changed)))


def act(city: City, work: Any, deadline: str, *args: Any) -> Any:
    number = city.row(deadline).number
    return city.do(work, number, *args)


def owing(city: City) -> list[str]:
    units = city.world.register.groups["towns-and-departments"].members
    return [f"{REPORT}@2026/{unit}" for unit in units]


def test_reports_come_in_two_come_back_one_is_late_and_all_are_closed() -> None:
    city = reviewing_city("2026-12-21 09:00")
    names = owing(city)
    *in_time, late = names
    for name in in_time:
        city.hand_in(name)
    office = Actor("clerk")
    for name in in_time[:2]:
        act(city, acts.send_back, name, "no figures", office, date(2027, 1, 8))
    for name in in_time[2:]:
        act(city, acts.verify, name, office)
    city.until("2027-01-05 09:00")
    assert city.hand_in(late) == "late"
    for name in in_time[:2]:
        assert city.hand_in(name) == ""  # in time by its new date
    for name in [*in_time[:2], late]:
        act(city, acts.verify, name, office)
    assert {city.row(name).state for name in names} == {"verified"}
    assert [name for name in names if city.row(name).breach] == [late]
    later = city.until("2027-03-01 00:00")
    reminders = [
        m
        for m in later
        for d, s in zip(m.deadlines, m.steps, strict=True)
        if d in names and s not in ("done", "verified")
    ]
    assert reminders == []


def test_whoever_handed_in_is_left_in_peace_and_the_receiver_is_asked_instead() -> None:
    city = reviewing_city("2026-12-21 09:00")
    name = owing(city)[0]
    city.hand_in(name)
    sent = city.until("2027-01-06 00:00")
    steps = [
        (p, s) for m in sent for d, s, p in zip(m.deadlines, m.steps, m.positions, strict=True) if d == name
    ]
    assert ("receiver", "review-half") in steps
    assert {position for position, step in steps if step.startswith("review-")} <= {"receiver", "supervisor"}


def test_a_granted_extension_is_the_limit_from_then_on() -> None:
    city = City("2026-12-21 09:00")
    name = owing(city)[0]
    act(city, more_time.ask_extension, name, date(2027, 1, 15), "flood", Actor("clerk"))
    act(city, more_time.grant_extension, name, Actor("clerk"), "Mayor Li")
    sent = city.until("2027-01-15 00:00")
    assert not any(
        step.startswith("overdue") and deadline == name
        for m in sent
        for deadline, step in zip(m.deadlines, m.steps, strict=True)
    )
    assert city.hand_in(name) == ""
