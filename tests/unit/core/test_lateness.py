"""Days late: calendar days and working days after the last day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.core.lateness import lateness
from tests.unit.core.shipped_calendar import CALENDAR, at


@pytest.mark.parametrize(
    ("last_day", "until", "days", "working_days"),
    [
        ("2026-12-30", "2026-12-30T23:59", 0, 0),
        ("2026-12-30", "2026-12-31T00:00", 0, 0),  # 24:00 itself is in time
        ("2026-12-30", "2026-12-31T00:01", 1, 1),
        ("2026-12-30", "2027-01-01T10:00", 2, 1),  # New Year's Day is a day late, and no working day
        ("2026-09-30", "2026-10-08T09:00", 8, 1),  # the seven days of National Day are off
        ("2026-10-08", "2026-10-10T09:00", 2, 2),  # a make-up Saturday is worked
    ],
)
def test_days_after_the_last_day_are_late(last_day, until, days, working_days):
    last = date.fromisoformat(last_day)
    found = lateness(CALENDAR.midnight_after(last), last, at(until), CALENDAR)
    assert (found.days, found.working_days) == (days, working_days)


def test_an_hour_clock_is_late_by_its_exact_span():
    due = at("2026-10-01T07:10")
    found = lateness(due, None, at("2026-10-01T09:40"), CALENDAR)
    assert (found.span, found.days) == (timedelta(hours=2, minutes=30), 0)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2024, 12, 1), date(2027, 2, 1)), st.integers(-3, 800))
def test_working_days_are_those_a_person_would_count_off(first, days):
    counted = sum(CALENDAR.is_workday(first + timedelta(days=n)) for n in range(1, days + 1))
    assert CALENDAR.workdays_after(first, first + timedelta(days=days)) == counted


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2026, 12, 1)), st.integers(1, 86_400 * 40))
def test_later_is_never_less_late(last, seconds):
    due = CALENDAR.midnight_after(last)
    sooner: datetime = due + timedelta(seconds=seconds)
    one, two = (lateness(due, last, u, CALENDAR) for u in (sooner, sooner + timedelta(days=1)))
    assert one.span > timedelta(0)
    assert (one.days, one.working_days) <= (two.days, two.working_days)
    assert two.days == one.days + 1
