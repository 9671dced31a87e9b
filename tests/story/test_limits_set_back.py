"""A limit that moves and moves back: what has not left is never said, what has left is corrected once."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from alertd.core.rules import parse_rule
from alertd.engine.ruling.world import World
from alertd.store import tables
from tests.story.city import City, Message

REPORT = "rule-of-law-report"
TOWN = f"{REPORT}@2026/town-donghe"


def due_on(world: World, rule: str) -> World:
    """The city's files with another date for the report of the year."""
    duties = world.register.obligations
    duty = replace(duties[REPORT], rule=parse_rule(rule))
    return replace(world, register=replace(world.register, obligations={**duties, REPORT: duty}))


def city_told_at_ten() -> City:
    """A city in which the towns have been reminded of 30 December, on the morning of the 16th."""
    city = City("2026-11-23 09:00")
    told = city.until("2026-12-16 10:00")
    assert any(TOWN in message.deadlines for message in told)
    return city


def of_town(sent: list[Message]) -> list[Message]:
    return [message for message in sent if TOWN in message.deadlines]


def test_nobody_hears_of_a_limit_that_was_moved_in_the_evening_and_moved_back_before_the_morning() -> None:
    city = city_told_at_ten()
    city.until("2026-12-16 20:00")
    as_it_was = city.world
    city.adopt(due_on(as_it_was, "yearly by 12-29"))
    assert of_town(city.until("2026-12-16 20:30")) == []  # held until the office opens
    city.adopt(as_it_was)
    assert of_town(city.until("2026-12-17 12:00")) == []


def test_what_was_sent_is_corrected_once() -> None:
    city = city_told_at_ten()
    as_it_was = city.world
    city.adopt(due_on(as_it_was, "yearly by 12-29"))
    first = of_town(city.until("2026-12-16 10:20"))
    city.adopt(as_it_was)
    second = of_town(city.until("2026-12-16 12:00"))
    assert [message.steps for message in first] == [("moved",)] * len(first) != []
    assert {message.person for message in second} == {message.person for message in first}
    assert len(second) == len(first)
    for message in second:
        assert "新時限：12月30日" in message.text
        assert "原時限：12月29日" in message.text  # as it was told


def test_who_was_sent_the_move_is_corrected_and_who_was_not_hears_nothing() -> None:
    city = city_told_at_ten()
    as_it_was = city.world
    city.adopt(due_on(as_it_was, "yearly by 12-29"))
    waiting = tables.deliveries.c.state == "waiting"
    contacts = sorted(
        row.person
        for row in city.rows(tables.deliveries)
        if row.state == "waiting" and "donghe" in row.person
    )
    late = contacts[0]  # whose message is held up
    with city.store.write() as tx:
        held = update(tables.deliveries).where(waiting, tables.deliveries.c.person == late)
        tx.execute(held.values(not_before=city.now.replace(hour=11)))
    first = {message.person for message in of_town(city.until("2026-12-16 10:20"))}
    city.adopt(as_it_was)
    second = {message.person for message in of_town(city.until("2026-12-16 12:00"))}
    assert late not in first | second
    assert second == first


def test_a_limit_that_moved_twice_before_the_morning_is_told_once_as_it_is_then() -> None:
    city = city_told_at_ten()
    city.until("2026-12-16 20:00")
    as_it_was = city.world
    city.adopt(due_on(as_it_was, "yearly by 12-29"))
    city.until("2026-12-16 20:30")
    city.adopt(due_on(as_it_was, "yearly by 12-28"))
    sent = of_town(city.until("2026-12-17 08:31"))
    assert sent
    for message in sent:
        assert message.steps.count("moved") <= 1
        assert "12月30日" in message.text  # the limit that was told before
        assert "12月28日" in message.text
        assert "12月29日" not in message.text


def test_whom_a_step_was_to_reach_by_the_nearer_limit_hears_nothing_when_it_goes_back() -> None:
    city = city_told_at_ten()
    city.until("2026-12-16 20:00")
    as_it_was = city.world
    city.adopt(due_on(as_it_was, "yearly by 12-18"))
    city.until("2026-12-16 20:30")
    waiting = {row.person for row in city.rows(tables.deliveries) if row.state == "waiting"}
    told_before = {row.person for row in city.rows(tables.deliveries) if row.state == "accepted"}
    assert waiting - told_before  # leaders who are to hear in the morning that it is near
    city.adopt(as_it_was)
    assert of_town(city.until("2026-12-17 12:00")) == []
    assert city.row(TOWN).state == "open"
    assert of_town(
        city.until("2026-12-31 12:00")
    )  # and the steps that lie ahead again are said in their time
