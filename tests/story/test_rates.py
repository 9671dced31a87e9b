"""Rates of 95 and 100 per cent, with figures arriving each quarter and counted from cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from alertd.core.measures import Fraction
from alertd.core.model import Measure, Obligation, Source, Supply
from alertd.core.rules import parse_rule
from alertd.core.timing import Duration, Period, TimeUnit
from alertd.engine.operations import rating
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from tests.story.city import City, shipped

UNIT = "finance-bureau"
TOWN = "town-donghe"
ASKED = Supply(Period.QUARTER, Duration(10, TimeUnit.WORKING_DAY), ("contact",))


def duty(name: str, measure: Measure | None, rule: str, owed_by: str = f"unit:{UNIT}") -> Obligation:
    return Obligation(
        id=name,
        title={"en": name},
        source=Source("§22"),
        owed_by=owed_by,
        rule=parse_rule(rule),
        policy="officer-training",
        measure=measure,
    )


def world() -> World:
    """Two rates by hand, one counted, and one of nothing; no other duties."""
    after = "yearly by 01-31 of the next year"
    duties = (
        duty("timely", Measure("given", percent=95, pace="none", figures=ASKED), after),
        duty("all", Measure("given", percent=100, pace="none", figures=ASKED), after),
        duty("month", None, "monthly by 20", "group:every-enforcement-agency"),
        duty("months", Measure("cases", of="month", percent=100, pace="none"), after),
        duty("share", Measure("stock", percent=5, pace="none"), "yearly by 12-31"),
    )
    shipped_world = shipped()[0]
    register = replace(shipped_world.register, obligations={each.id: each for each in duties})
    return replace(shipped_world, register=register)


def give(city: City, name: str, numerator: float, denominator: float, on: str) -> rating.Given:
    fraction = Fraction(numerator, denominator)
    given = city._do(
        lambda tx: rating.set_rate(city.scope(tx, "clerk"), name, UNIT, fraction, date.fromisoformat(on))
    )
    assert isinstance(given, rating.Given)
    return given


def steps(city: City, when: str, prefix: str) -> list[tuple[str, str]]:
    return [
        (message.at[:10], step)
        for message in city.until(when)
        for name, step in zip(message.deadlines, message.steps, strict=True)
        if name.startswith(f"{prefix}@") and not step.startswith(("pace", "overdue"))
    ]


def test_quarterly_figures_add_up_and_close_the_year() -> None:
    city = City("2026-01-05 09:00", world())
    for on, now in (
        ("2026-03-31", "2026-04-02"),
        ("2026-06-30", "2026-07-02"),
        ("2026-09-30", "2026-10-09"),
    ):
        city.until(f"{now} 09:00")
        assert give(city, "timely", 96, 100, on).closed == ()
    city.until("2027-01-08 09:00")
    assert city.row(f"timely@2026/{UNIT}").state == "open"  # the last quarter is still missing
    given = give(city, "timely", 94, 100, "2026-12-31")
    assert given.percent == 95.5
    assert given.closed == (f"timely@2026/{UNIT}",)


def test_who_has_not_supplied_figures_is_asked_and_who_has_is_left_in_peace() -> None:
    city = City("2026-01-05 09:00", world())
    asked = steps(city, "2026-05-10 00:00", "timely")
    assert ("2026-04-10", "figures.2026-q1") in asked  # the tenth working day is the 15th
    assert [step for _, step in asked if step.startswith("figures") and step.endswith("2026-q1")] == [
        "figures.2026-q1",
        "figures-late.2026-q1",
    ]
    city.until("2026-07-01 09:00")
    give(city, "timely", 96, 100, "2026-06-30")
    assert not [s for _, s in steps(city, "2026-08-10 00:00", "timely") if s.endswith("q2")]


def test_a_correction_keeps_the_old_figure_and_the_newest_rules() -> None:
    city = City("2026-04-02 09:00", world())
    give(city, "timely", 90, 100, "2026-03-31")
    given = give(city, "timely", 97, 100, "2026-03-31")
    assert given.old == Fraction(90, 100)
    assert given.percent == 97


def test_a_hundred_per_cent_out_of_reach_is_told_once() -> None:
    city = City("2026-04-02 09:00", world())
    give(city, "all", 99, 100, "2026-03-31")
    give(city, "all", 98, 100, "2026-04-01")
    told = [message for message in city.until("2026-04-10 00:00") if f"all@2026/{UNIT}" in message.deadlines]
    assert told
    assert {len([step for step in message.steps if step == "unreachable"]) for message in told} <= {0, 1}
    assert any("指標無法達到" in message.subject or "unreachable" in message.steps for message in told)
    assert city.row(f"all@2026/{UNIT}").fired.count("unreachable") == 1
    give(city, "timely", 10, 100, "2026-03-31")
    assert "unreachable" not in city.row(f"timely@2026/{UNIT}").fired


def test_a_rate_of_cases_is_counted_and_never_typed() -> None:
    city = City("2026-01-05 09:00", world())
    with pytest.raises(Refused):
        give(city, "months", 1, 1, "2026-01-05")
    for party in city.world.register.groups["every-enforcement-agency"].members:
        city.hand_in(f"month@2026-01/{party}")
    city.until("2026-02-22 09:00")  # February is late
    assert "unreachable" in city.row(f"months@2026/{UNIT}").fired


def incidents() -> City:
    """A rate of the first reports of incidents, which start with the shipped event."""
    report = shipped()[0].register.obligations["incident-information"]
    rate = duty("first-reports", Measure("cases", of=report.id, percent=100, pace="none"), "yearly by 12-31")
    register = replace(shipped()[0].register, obligations={each.id: each for each in (report, rate)})
    return City("2026-11-30 09:00", replace(shipped()[0], register=register))


def test_a_rate_of_cases_counts_no_drill_that_was_called_off_even_where_it_was_handed_in() -> None:
    city, rate = incidents(), f"first-reports@2026/{UNIT}"
    reports = {case: f"incident-information@{case}/{TOWN}" for case in ("fire", "drill", "late-drill")}
    for case in reports:
        city.report("major-incident", case, TOWN, published="2026-11-30 09:00")
    city.hand_in(reports["fire"], happened="2026-11-30 09:30")
    city.hand_in(reports["drill"], happened="2026-11-30 09:40")
    city.until("2026-11-30 20:00")
    city.hand_in(reports["late-drill"])
    assert city.stands_at(rate) == Fraction(2, 3)
    for case in ("drill", "late-drill"):
        city.cancel(city.event_of(reports[case]))
    assert city.stands_at(rate) == Fraction(1, 1)
    city.report("major-incident", "drill", TOWN, published="2026-11-30 09:00")
    assert city.stands_at(rate) == Fraction(2, 2)  # it was no drill after all, and stays handed in


def test_a_stock_is_judged_by_the_last_figure() -> None:
    city = City("2026-12-20 09:00", world())
    give(city, "share", 9, 100, "2026-03-01")
    assert give(city, "share", 4, 100, "2026-12-15").percent == 4
    assert give(city, "share", 5, 100, "2026-12-18").percent == 5
    city.until("2027-01-01 09:00")
    assert city.row(f"share@2026/{UNIT}").state == "done"


@pytest.mark.parametrize("numbers", [(-1, 5), (6, 5), (float("nan"), 5)])
def test_what_is_no_fraction_is_refused(numbers: tuple[float, float]) -> None:
    city = City("2026-04-02 09:00", world())
    with pytest.raises(Refused):
        give(city, "timely", *numbers, "2026-03-31")
    with pytest.raises(Refused):
        give(city, "timely", 1, 5, "2026-04-03")
