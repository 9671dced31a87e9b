"""The year turns: the holiday notice comes out in November, and the plan of the next year takes over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alertd.config.notice import read_notice
from alertd.config.notice_years import years_with
from alertd.config.register import load_register
from alertd.config.sources import read_texts
from alertd.config.year_edit import turn_year
from alertd.core.calendar import WorkCalendar
from alertd.engine.ruling.world import World
from tests.story.city import TOP, ZONE, City
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


# ---------------------------------------------------------------- the plan of the next year

REPORT = "rule-of-law-report@2026/town-donghe"


def turned(world: World, *ending: str) -> World:
    """The city whose clerk has run `alertd year new 2027 --from 2026 --end …`."""
    texts, _ = read_texts(TOP / "schedules")
    changed = {**texts, **turn_year(texts, 2026, 2027, ending).changes}
    loaded = load_register({file: text for file, text in changed.items() if text is not None})
    assert loaded.register is not None, loaded.faults
    return replace(world, register=loaded.register)


def test_turning_the_year_neither_opens_nor_moves_nor_closes_what_goes_on() -> None:
    city = City("2026-12-07 09:00")
    plan = city.adopt(turned(city.world))
    assert plan.empty
    sent = city.until("2027-01-05 00:00")
    assert REPORT in {name for m in sent for name in m.deadlines}
    assert city.row(REPORT).carried_from == ""


def test_what_ends_and_is_still_open_is_carried_over_and_chased_as_before() -> None:
    city = City("2026-12-07 09:00")
    plan = city.adopt(turned(city.world, "rule-of-law-report"))
    assert {row.occurrence for row in plan.vanished} == {"2027"}
    city.hand_in("rule-of-law-report@2026/town-liuan")
    city.until("2027-01-01 09:00")
    assert city.row(REPORT).carried_from == "2020 §31"
    assert city.row("rule-of-law-report@2026/town-liuan").carried_from == ""
    chased = [m for m in city.until("2027-01-09 00:00") if REPORT in m.deadlines]
    assert chased
    city.hand_in(REPORT)
    row = city.row(REPORT)
    assert (row.state, row.breach, row.carried_from) == ("done", "late", "2020 §31")


def test_before_the_year_is_over_nothing_is_carried_over() -> None:
    city = City("2026-12-07 09:00")
    city.adopt(turned(city.world, "rule-of-law-report"))
    city.until("2026-12-31 18:00")
    assert city.row(REPORT).carried_from == ""


def test_a_duty_that_has_ended_is_not_started_by_events_any_more() -> None:
    city = City("2026-12-07 09:00")
    city.adopt(turned(city.world, "press-conference"))
    city.until("2027-01-04 09:00")
    started = city.report("major-incident", "fire-1", "justice-bureau", published="2027-01-04 09:00")
    assert "incident-information@fire-1/justice-bureau" in started
    assert "press-conference@fire-1/justice-bureau" not in started
    late = city.report("major-incident", "fire-0", "justice-bureau", published="2026-12-31 23:00")
    assert "press-conference@fire-0/justice-bureau" in late
