"""The year turns: the holiday notice comes out in November, and the plan of the next year takes over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alertd.config.notice import read_notice
from alertd.config.notice_years import years_with
from alertd.core.calendar import WorkCalendar
from alertd.engine.world import World
from tests.story.city import ZONE, City
from tests.unit.config.notices import COMING, notice

REVIEW = "legality-review@draft-1/justice-bureau"


def with_notice(world: World, text: str) -> World:
    """The city after a clerk has entered a notice."""
    found, faults = read_notice("notice.txt", text)
    assert found is not None, faults
    years = {**world.calendar.years, **years_with(found, world.calendar.years, date(2026, 11, 22))}
    return replace(world, calendar=WorkCalendar(ZONE, years, "with the notice"))


def test_a_limit_that_rests_on_an_estimated_year_moves_with_the_notice_and_those_told_hear_of_it() -> None:
    city = City("2027-01-27 09:00")
    city.report("review-requested", "draft-1", "agriculture-bureau", received="2027-01-27 09:00")
    before = city.row(REVIEW)
    assert before.provisional
    told = {m.person for m in city.until("2027-02-19 18:00") if REVIEW in m.deadlines}
    assert told
    city.adopt(with_notice(city.world, notice(2027, COMING)))
    after = city.row(REVIEW)
    assert not after.provisional
    # 30 January and 20 February are worked now, 11 February is off: one working day more by then.
    assert (before.last_day, after.last_day) == (date(2027, 2, 23), date(2027, 2, 22))
    heard = {m.person for m in city.until("2027-02-20 18:00") if "moved" in m.steps}
    assert heard == told


def test_a_printed_date_stays_where_it_is_and_only_ceases_to_be_provisional() -> None:
    city = City("2026-11-23 09:00")
    name = "enforcement-statistics@2026/water-bureau"
    before = city.row(name)
    city.adopt(with_notice(city.world, notice(2027, COMING)))
    after = city.row(name)
    assert (before.provisional, after.provisional) == (True, False)
    assert before.due == after.due
    assert not [m for m in city.until("2026-11-30 00:00") if "moved" in m.steps]
