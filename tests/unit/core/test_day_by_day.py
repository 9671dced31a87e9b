"""A count day by day comes to the same last day as the limit it explains."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alertd.core.calendar import WorkCalendar
from alertd.core.day_by_day import DayMark, Mark, days_of, hours_of
from alertd.core.history import AcceptedAct, ActKind, Basis, counted
from alertd.core.limits import limits_after
from alertd.core.rules import parse_rule
from alertd.core.timing import OfficeHours
from alertd.installation import Installation
from tests.support.register import at

TOP = Path(__file__).parents[3]
OFFICE = OfficeHours()


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    """The shipped calendar: National Day 2026, and the Saturday after it that is worked."""
    return Installation.find(str(TOP), {}, TOP).written().calendar


def marks(rule: str, start: str, calendar: WorkCalendar) -> tuple[DayMark, ...]:
    limits = limits_after(parse_rule(rule), at(start), calendar, OFFICE)
    return days_of(limits.trace, limits.start, limits.last_day, calendar)


@pytest.mark.parametrize("amount", [1, 5, 15, 60])
@pytest.mark.parametrize("unit", ["days", "working days"])
@pytest.mark.parametrize(
    "start", ["2026-09-18T10:00", "2026-09-30T23:59", "2026-10-10T00:00", "2026-12-28T10:00"]
)
def test_as_many_days_are_counted_as_the_rule_says(
    calendar: WorkCalendar, start: str, unit: str, amount: int
) -> None:
    found = marks(f"{amount} {unit}", start, calendar)
    assert found[0].mark is Mark.START
    assert [each.number for each in found if each.number] == list(range(1, amount + 1))
    assert found[-1].last
    assert found[-1].number == amount


def test_holidays_are_skipped_with_their_name_and_a_saturday_that_is_worked_counts(
    calendar: WorkCalendar,
) -> None:
    found = {each.day.isoformat(): each for each in marks("5 working days", "2026-09-28T10:00", calendar)}
    assert found["2026-10-01"].mark is Mark.SKIPPED
    assert found["2026-10-01"].reason.args["name"] == "national-day"
    assert (found["2026-10-10"].mark, found["2026-10-10"].number) == (Mark.MAKE_UP, 5)


def test_a_last_day_that_rolled_says_what_was_counted_and_what_was_not(calendar: WorkCalendar) -> None:
    found = {
        each.day.isoformat(): each for each in marks("15 days roll forward", "2026-09-18T10:00", calendar)
    }
    assert found["2026-10-03"].number == 15
    assert found["2026-10-04"].mark is Mark.MOVED
    assert found["2026-10-08"].last


@pytest.mark.parametrize("unit", ["days", "working days"])
def test_days_on_which_the_clock_stood_still_are_not_counted(calendar: WorkCalendar, unit: str) -> None:
    rule, start = parse_rule(f"10 {unit}"), at("2026-11-02T10:00")
    pause = AcceptedAct(ActKind.PAUSE, at("2026-11-04T09:00"), 1, at("2026-11-09T09:00"))
    limits = counted(Basis(rule, start), [pause], calendar, OFFICE).limits
    found = days_of(limits.trace, limits.start, limits.last_day, calendar)
    assert [each.day.day for each in found if each.mark is Mark.PAUSED] == [5, 6, 7, 8, 9]
    assert max(each.number for each in found) == 10
    assert found[-1].last


@pytest.mark.parametrize(
    "rule", ["5 hours", "at least 30 days", "yearly by 12-30", "3 working days before", "400 days"]
)
def test_what_counts_no_days_forwards_has_no_calendar(calendar: WorkCalendar, rule: str) -> None:
    assert marks(rule, "2026-10-12T09:00", calendar) == ()


def test_hours_follow_each_other_until_the_limit(calendar: WorkCalendar) -> None:
    start = at("2026-10-01T02:10")
    limits = limits_after(parse_rule("5 hours"), start, calendar, OFFICE)
    found = hours_of(limits.trace, start, limits.due, at("2026-10-01T04:10"))
    assert [f"{each.at.astimezone(calendar.zone):%H:%M}" for each in found] == [
        "03:10",
        "04:10",
        "05:10",
        "06:10",
        "07:10",
    ]
    assert [each.over for each in found] == [True, True, False, False, False]
    assert hours_of(limits.trace, start, start + timedelta(hours=73), start) == ()


def test_an_hour_in_which_the_clock_stood_still_ends_later(calendar: WorkCalendar) -> None:
    start = at("2026-10-01T02:00")
    pause = AcceptedAct(ActKind.PAUSE, at("2026-10-01T03:30"), 1, at("2026-10-01T04:00"))
    limits = counted(Basis(parse_rule("3 hours"), start), [pause], calendar, OFFICE).limits
    found = hours_of(limits.trace, start, limits.due, start)
    said = [(f"{each.at.astimezone(calendar.zone):%H:%M}", each.number, each.minutes) for each in found]
    assert said == [("03:00", 1, 0), ("04:00", 0, 30), ("04:30", 2, 0), ("05:30", 3, 0)]
