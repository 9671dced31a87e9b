"""How far a limit may be extended."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alertd.core.extensions import furthest
from alertd.core.timing import Duration, Extension, TimeUnit
from tests.unit.core.shipped_calendar import ZONE, load

CALENDAR = load()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_both_bounds_count_whole_days_and_leave_out_the_first() -> None:
    allowed = Extension(Duration(5, TimeUnit.WORKING_DAY), None, Duration(1, TimeUnit.MONTH))
    found = furthest(allowed, at("2026-09-28T10:00"), at("2026-09-30"), date(2026, 9, 29), CALENDAR)
    # 30 September, the make-up Saturday 10 October, and the 8th, 9th and 12th of October
    assert found == (("most", at("2026-10-13")), ("limit", at("2026-10-29")))


def test_hours_count_to_the_minute() -> None:
    allowed = Extension(Duration(3, TimeUnit.HOUR), None, Duration(24, TimeUnit.HOUR))
    found = furthest(allowed, at("2026-10-01T02:10"), at("2026-10-01T07:10"), None, CALENDAR)
    assert found == (("most", at("2026-10-01T10:10")), ("limit", at("2026-10-02T02:10")))


def test_what_is_not_bounded_has_no_bound() -> None:
    assert furthest(Extension(times=1), at("2026-09-28"), at("2026-09-30"), date(2026, 9, 29), CALENDAR) == ()


@given(st.dates(date(2026, 1, 1), date(2026, 11, 30)), st.integers(1, 20), st.sampled_from(list(TimeUnit)))
def test_a_longer_allowance_never_ends_earlier_and_always_after_the_limit(
    day: date, amount: int, unit: TimeUnit
) -> None:
    due = CALENDAR.midnight_after(day)
    ends = [
        furthest(Extension(Duration(each, unit)), due, due, day, CALENDAR)[0][1]
        for each in (amount, amount + 1)
    ]
    assert due < ends[0] <= ends[1]
    assert ends[0] - due < timedelta(days=367 * amount)
