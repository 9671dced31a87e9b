"""Counting, compared with counting on one's fingers over two independent calendars."""

from datetime import date, datetime, timedelta

import chinese_calendar
import holidays
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.counting import add_months, day_after, day_before
from alertd.core.limits import limits_after
from alertd.core.timing import Duration, Roll, Rule, RuleKind, TimeUnit
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, ZONE

CHINA = holidays.country_holidays("CN", years=range(2018, 2027))
DAY_UNITS = [TimeUnit.DAY, TimeUnit.WORKING_DAY, TimeUnit.WEEK, TimeUnit.MONTH]
STARTS = st.datetimes(datetime(2018, 1, 1), datetime(2026, 9, 20)).map(  # noqa: DTZ001
    lambda start: start.replace(tzinfo=ZONE)
)
ROLLS = st.sampled_from(Roll)


def on_fingers(day, count, is_workday, step=1):
    while count:
        day += timedelta(days=step)
        count -= is_workday(day)
    return day


@given(st.dates(date(2018, 1, 1), date(2026, 9, 20)), st.integers(1, 60))
def test_working_days_forward_equal_counting_on_fingers(start, count):
    last = day_after(start, Duration(count, TimeUnit.WORKING_DAY), CALENDAR)
    assert last == on_fingers(start, count, chinese_calendar.is_workday)
    assert last == on_fingers(start, count, CHINA.is_working_day)


@given(st.dates(date(2018, 4, 10), date(2026, 12, 31)), st.integers(1, 60))
def test_working_days_backward_equal_counting_on_fingers(start, count):
    last = day_before(start, Duration(count, TimeUnit.WORKING_DAY), CALENDAR)
    assert last == on_fingers(start, count, chinese_calendar.is_workday, -1)
    assert last == on_fingers(start, count, CHINA.is_working_day, -1)


@given(STARTS, st.integers(1, 60))
def test_a_clerk_can_count_again_from_the_trace(start, count):
    found = counted(elapsed(TimeUnit.WORKING_DAY, maximum=count), start)
    off = set()
    for line in found.trace:
        if line.what == "skip":
            first, last = date.fromisoformat(line.args["first"]), date.fromisoformat(line.args["last"])
            off |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    assert found.last_day == on_fingers(start.date(), count, lambda day: day not in off)
    assert not off or max(off) < found.last_day


@given(st.dates(date(1960, 1, 1), date(2200, 1, 1)), st.integers(-1200, 1200))
def test_months_end_on_the_corresponding_day_or_the_month_end(start, count):
    end = add_months(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def counted(rule, start):
    return limits_after(rule, start, CALENDAR, OFFICE)


def elapsed(unit, minimum=None, maximum=None, roll=Roll.NONE, before=False):
    least = Duration(minimum, unit) if minimum else None
    most = Duration(maximum, unit) if maximum else None
    return Rule("", RuleKind.ELAPSED, least, most, roll=roll, before=before)


@given(st.sampled_from(TimeUnit), STARTS, st.integers(1, 20), st.integers(1, 20), ROLLS)
def test_bounds_are_in_order(unit, start, low, more, roll):
    rule = elapsed(unit, low, low + more, Roll.NONE if unit.exact else roll)
    found = counted(rule, start)
    assert start == found.start == found.opens_at <= found.earliest
    assert found.office_due <= found.due
    assert found.earliest <= found.due
    assert found.earliest <= found.office_due
    if not unit.exact:
        assert found.due == CALENDAR.midnight_after(found.last_day)


@given(st.sampled_from(TimeUnit), STARTS, st.integers(0, 90000), st.integers(1, 30), ROLLS, st.booleans())
def test_a_later_start_never_ends_earlier(unit, start, minutes, amount, roll, before):
    rule = elapsed(unit, None, amount, Roll.NONE if unit.exact else roll, before)
    later = start + timedelta(minutes=minutes)
    one, other = (counted(rule, moment) for moment in (start, later))
    assert one.due <= other.due
    least = elapsed(unit, amount)
    early, late = (counted(least, moment).earliest for moment in (start, later))
    assert early <= late


@given(st.sampled_from(DAY_UNITS), STARTS, st.integers(1, 40))
def test_the_hour_of_the_start_does_not_move_days(unit, start, amount):
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    rule = elapsed(unit, None, amount)
    one, other = (counted(rule, moment) for moment in (midnight, start))
    assert (one.due, one.last_day) == (other.due, other.last_day)


@given(STARTS, st.sampled_from(DAY_UNITS), st.integers(1, 40), ROLLS)
def test_rolling_ends_on_a_working_day_and_moves_only_rest_days(start, unit, amount, roll):
    plain = counted(elapsed(unit, None, amount), start).last_day
    moved = counted(elapsed(unit, None, amount, roll), start).last_day
    if roll is Roll.NONE or CALENDAR.is_workday(plain):
        assert moved == plain
    else:
        assert CALENDAR.is_workday(moved) or CALENDAR.previous_workday(plain) <= start.date()
        assert (moved > plain) is (roll is Roll.FORWARD)


@given(STARTS, st.integers(1, 90))
def test_a_clock_is_provisional_only_if_its_days_reach_an_unannounced_year(start, amount):
    found = counted(elapsed(TimeUnit.WORKING_DAY, None, amount), start)
    assert found.provisional is (found.last_day.year > 2026)
    assert found.provisional is any(line.what == "provisional" for line in found.trace)
