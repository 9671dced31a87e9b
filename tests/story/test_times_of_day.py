"""Twice a day: of each working day, and again and again while a case is open (每日8時和17時，直至結案)."""

from __future__ import annotations

from dataclasses import replace

from alertd.core.model import Obligation, Source
from alertd.core.rules import parse_rule
from alertd.core.timing import OfficeHours
from alertd.engine.ruling.world import World
from tests.story.city import City, at
from tests.story.test_follow_ups import TOWN, turn, turns
from tests.story.test_follow_ups import world as reports


def duty_world(rule: str) -> World:
    """The shipped register with a check that the government office owes twice a day."""
    world = reports()
    duty = Obligation(
        id="duty-check",
        title={"zh-Hant": "值班查崗", "en": "Duty check"},
        source=Source("duty rules 2"),
        owed_by="unit:government-office",
        rule=parse_rule(rule),
        policy="yearly-report",
    )
    duties = {**world.register.obligations, duty.id: duty}
    return replace(world, register=replace(world.register, obligations=duties))


def checks(city: City) -> list[tuple[str, str, str]]:
    rows = [row for row in city.deadlines() if row.obligation == "duty-check"]
    return [
        (row.occurrence, f"{row.due.astimezone(at('2026-11-30').tzinfo):%d %H:%M}", row.state) for row in rows
    ]


def test_each_time_of_a_working_day_is_a_deadline_of_its_own() -> None:
    city = City("2026-12-04 07:00", duty_world("每個工作日9時和下班前"))
    city.until("2026-12-04 09:01")
    assert checks(city) == [
        ("2026-12-04.t0900", "04 09:00", "open"),
        ("2026-12-04.close", "04 17:30", "open"),
        ("2026-12-07.t0900", "07 09:00", "scheduled"),
    ]
    city.close("duty-check@2026-12-04.t0900/government-office")
    assert city.row("duty-check@2026-12-04.close/government-office").opens_at == at("2026-12-04 09:00")


def test_of_many_times_of_a_day_none_is_left_out_because_planning_is_daily() -> None:
    city = City("2026-12-04 07:00", duty_world("每日8時、12時、16時和24時"))
    city.until("2026-12-06 00:30")
    assert [name for name, *_ in checks(city)][:9] == [
        f"2026-12-0{day}.t{time}" for day in (4, 5) for time in ("0800", "1200", "1600", "2400")
    ] + ["2026-12-06.t0800"]


def test_other_office_hours_move_the_close_of_business_and_make_no_other_deadline() -> None:
    city = City("2026-12-04 07:00", duty_world("每個工作日9時和下班前"))
    hours = replace(city.world, office=OfficeHours(closes=at("2026-12-04 16:00").time()))
    plan = city.adopt(hours)
    assert not plan.opened
    assert ("2026-12-04.close", "04 16:00", "scheduled") in checks(city)


def test_turns_end_at_each_time_while_the_case_is_open() -> None:
    city = City("2026-10-01 10:00", reports("每日8時和17時，直至結案", "final-report-sent"))
    city.report("major-incident", "fire", TOWN, published="2026-10-01 10:00")
    assert city.row(turn(1)).due == at("2026-10-01 17:00")
    city.report("follow-up-sent", "fire", TOWN, issued="2026-10-01 10:00")
    city.until("2026-10-02 08:01")
    assert turns(city) == [("fire", "done"), ("fire.2", "open"), ("fire.3", "open"), ("fire.4", "scheduled")]
    assert city.row(turn(2)).due == city.row(turn(3)).opens_at == at("2026-10-02 08:00")
    city.report("final-report-sent", "fire", TOWN, issued="2026-10-02 08:00")
    assert ("fire.3", "ended") in turns(city)
