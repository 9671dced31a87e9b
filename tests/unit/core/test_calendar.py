"""Working days: what the shipped calendar says, and how a year without notice is taken."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest

from alertd.core.calendar import CalendarYear, WorkCalendar
from tests.unit.core.shipped_calendar import CALENDAR, ZONE, at, day

EMPTY = WorkCalendar(ZONE, {}, "empty")


def days(first: date, last: date):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_official_years_agree_with_two_published_calendars_on_every_day():
    china = holidays.country_holidays("CN", years=range(2018, 2027))
    for d in days(date(2018, 1, 1), date(2026, 12, 31)):
        assert CALENDAR.is_workday(d) is chinese_calendar.is_workday(d) is china.is_working_day(d), d
        assert not CALENDAR.is_provisional(d)


def test_estimated_years_are_provisional_and_agree_with_the_published_estimate():
    china = holidays.country_holidays("CN", years=range(2027, 2029))
    for d in days(date(2027, 1, 1), date(2028, 12, 31)):
        assert CALENDAR.is_workday(d) is china.is_working_day(d), d
        assert CALENDAR.is_provisional(d)


@pytest.mark.parametrize(
    ("d", "code", "args"),
    [
        ("2026-10-10", "make-up", {"name": "make-up"}),
        ("2026-10-03", "holiday", {"name": "national-day"}),
        ("2026-09-25", "holiday", {"name": "mid-autumn"}),
        ("2026-10-17", "weekend", {}),
        ("2026-10-09", "ordinary", {}),
    ],
)
def test_a_day_says_why_it_is_worked_or_not(d, code, args):
    assert CALENDAR.reason(day(d)) == (code, args)


def test_a_year_nobody_entered_has_weekends_and_the_days_fixed_by_law_off():
    off = [d for d in days(date(2031, 1, 1), date(2031, 12, 31)) if not EMPTY.is_workday(d)]
    fixed = [d for d in off if d.weekday() < 5]
    assert [d.isoformat()[5:] for d in fixed] == ["01-01", "05-01", "05-02", "10-01", "10-02", "10-03"]
    assert sum(d.weekday() >= 5 for d in off) == 104
    assert EMPTY.is_provisional(date(2031, 6, 1))


def test_the_next_and_previous_working_day_leave_the_day_itself_out():
    assert CALENDAR.next_workday(day("2026-09-30")) == day("2026-10-08")
    assert CALENDAR.next_workday(day("2026-09-30"), 3) == day("2026-10-10")
    assert CALENDAR.previous_workday(day("2026-10-08")) == day("2026-09-30")
    assert CALENDAR.previous_workday(day("2026-10-05"), 2) == day("2026-09-29")


def test_on_or_after_and_on_or_before_keep_a_working_day():
    assert CALENDAR.next_workday_on_or_after(day("2026-10-10")) == day("2026-10-10")
    assert CALENDAR.next_workday_on_or_after(day("2026-10-01")) == day("2026-10-08")
    assert CALENDAR.previous_workday_on_or_before(day("2026-10-10")) == day("2026-10-10")
    assert CALENDAR.previous_workday_on_or_before(day("2027-01-30")) == day("2027-01-29")


def test_counting_crosses_years_both_ways():
    assert CALENDAR.next_workday(day("2025-12-31"), 250).year == 2027
    there = CALENDAR.next_workday(day("2024-06-03"), 700)
    assert CALENDAR.previous_workday(there, 700) == day("2024-06-03")


def test_marks_name_each_run_of_days_off_and_each_worked_weekend_day():
    lines = CALENDAR.marks(day("2026-09-19"), day("2026-10-11"))
    said = [(line.what, line.why, line.args.get("name", ""), line.at.isoformat()[5:]) for line in lines]
    assert said == [
        ("skip", "weekend", "", "09-19"),
        ("work", "make-up", "make-up", "09-20"),
        ("skip", "holiday", "mid-autumn", "09-25"),
        ("skip", "holiday", "national-day", "10-01"),
        ("work", "make-up", "make-up", "10-10"),
        ("skip", "weekend", "", "10-11"),
    ]
    assert lines[3].args == {"name": "national-day", "first": "2026-10-01", "last": "2026-10-07", "days": "7"}


def test_marks_cut_the_runs_at_both_ends():
    (line,) = CALENDAR.marks(day("2026-10-02"), day("2026-10-04"))
    assert line.at == day("2026-10-02")
    assert (line.args["first"], line.args["last"], line.args["days"]) == ("2026-10-02", "2026-10-04", "3")
    assert CALENDAR.marks(day("2026-10-08"), day("2026-10-09")) == []


def test_marks_and_ordinary_days_make_up_every_day():
    first, last = day("2025-11-30"), day("2027-03-07")
    off = sum(int(line.args["days"]) for line in CALENDAR.marks(first, last) if line.what == "skip")
    worked = sum(CALENDAR.is_workday(d) for d in days(first, last))
    assert off + worked == (last - first).days + 1


def test_the_first_provisional_day_of_a_span_is_found():
    assert CALENDAR.first_provisional(day("2026-12-30"), day("2027-01-05")) == day("2027-01-01")
    assert CALENDAR.first_provisional(day("2027-02-01"), day("2027-02-05")) == day("2027-02-01")
    assert CALENDAR.first_provisional(day("2026-01-01"), day("2026-12-31")) is None


def test_midnight_after_a_day_is_the_next_days_beginning():
    assert CALENDAR.midnight_after(day("2026-12-31")) == at("2027-01-01")


def test_a_wall_clock_time_that_a_clock_change_skips_moves_on():
    berlin = WorkCalendar(ZoneInfo("Europe/Berlin"), {}, "none")
    assert berlin.instant(date(2026, 3, 29), time(2, 30)).isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_worked_day_wins_over_a_day_off():
    both = CalendarYear(2026, "official", {date(2026, 2, 28): "special"}, {date(2026, 2, 28): "make-up"})
    assert WorkCalendar(ZONE, {2026: both}, "v").is_workday(date(2026, 2, 28))
