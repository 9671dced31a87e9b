"""When messages leave, how long they are retried, how long an acknowledgement keeps the peace."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.durations import parse_duration
from alertd.core.pacing import (
    HOLD_MARGIN,
    RETRY_FLOOR,
    RETRY_LIMIT,
    RUSH,
    SILENCE_FLOOR,
    backoff,
    later,
    leave_at,
    off_the_rush,
    rests_until,
    retry_until,
    silent_from,
)
from alertd.core.timing import Duration, TimeUnit
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, ZONE, at

MOMENTS = st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10)).map(lambda t: t.replace(tzinfo=ZONE))  # noqa: DTZ001
AHEAD = st.none() | st.timedeltas(timedelta(minutes=-90), timedelta(days=20))


def leaves(now: str, due: str | None = None) -> str:
    leave = leave_at(at(now), False, at(due) if due else None, CALENDAR, OFFICE)
    return f"{leave.astimezone(ZONE):%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        ("2026-12-01T08:30", None, "12-01T08:30"),
        ("2026-12-01T17:29", None, "12-01T17:29"),
        ("2026-12-01T08:29", None, "12-01T08:30"),
        ("2026-12-01T17:30", None, "12-02T08:30"),
        ("2026-12-05T10:00", None, "12-07T08:30"),  # a Saturday
        ("2026-10-10T10:00", None, "10-10T10:00"),  # a Saturday that is worked
        ("2026-09-30T18:00", None, "10-08T08:30"),  # the long holiday
        ("2026-12-04T18:00", "2026-12-06", "12-05T22:00"),  # due on Saturday at 24:00
        ("2026-12-05T22:30", "2026-12-06", "12-05T22:30"),  # too late to wait
        ("2026-12-04T18:00", "2026-12-04T12:00", "12-07T08:30"),  # late already: no reason to wake anybody
        ("2026-12-04T18:00", "2026-12-07T11:00", "12-07T08:30"),  # office opens before the margin
        ("2026-12-04T18:00", "2026-12-07T09:00", "12-07T07:00"),
    ],
)
def test_a_message_of_a_day_clock_leaves_in_office_hours_or_just_in_time(
    now: str, due: str | None, expected: str
) -> None:
    assert leaves(now, due) == expected


@given(now=MOMENTS)
def test_a_message_of_an_hour_clock_leaves_at_once(now: datetime) -> None:
    assert leave_at(now, True, None, CALENDAR, OFFICE) == now


@given(now=MOMENTS, ahead=AHEAD)
def test_a_message_waits_for_the_office_but_never_into_the_last_two_hours(
    now: datetime, ahead: timedelta | None
) -> None:
    due = now + ahead if ahead is not None else None
    leave = leave_at(now, False, due, CALENDAR, OFFICE)
    local = leave.astimezone(ZONE)
    assert leave >= now
    in_office = CALENDAR.is_workday(local.date()) and OFFICE.opens <= local.time() < OFFICE.closes
    if due is not None and now < due:
        latest = max(now, due - HOLD_MARGIN)
        assert leave <= latest
        assert in_office or leave == latest
    else:
        assert in_office


@pytest.mark.parametrize(
    ("due", "minutes"),
    [(None, 10), ("2026-12-01T15:00", 10), ("2026-12-01T12:20", 5), ("2026-12-01T11:00", 10)],
)
def test_retrying_ends_after_ten_minutes_or_a_quarter_of_the_time_left(due: str | None, minutes: int) -> None:
    first = at("2026-12-01T12:00")
    assert retry_until(first, at(due) if due else None) == first + timedelta(minutes=minutes)


def test_a_channel_is_given_twenty_seconds_however_little_time_is_left() -> None:
    first = at("2026-12-01T12:00")
    assert retry_until(first, first + timedelta(seconds=4)) == first + timedelta(seconds=20)


@given(attempts=st.integers(0, 50), wish=st.none() | st.floats(0, 3600), delivery=st.integers(0, 2**62))
def test_each_pause_is_at_least_as_long_as_the_one_before_and_as_the_provider_wishes(
    attempts: int, wish: float | None, delivery: int
) -> None:
    pause, following = backoff(attempts, wish, delivery), backoff(attempts + 1, wish, delivery)
    assert timedelta(seconds=2) <= pause <= following
    assert wish is None or pause >= timedelta(seconds=wish)
    assert following <= max(timedelta(minutes=2.5), timedelta(seconds=wish or 0))


def test_messages_that_failed_together_come_back_spread_out() -> None:
    pauses = {backoff(5, None, delivery) for delivery in range(10_000)}
    assert len(pauses) > 900
    assert min(pauses) == timedelta(minutes=1)
    assert max(pauses) < timedelta(minutes=1.25)


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        ("10 minutes", "2026-12-04T17:10"),
        ("2 hours", "2026-12-04T19:00"),
        ("1 day", "2026-12-05T17:00"),
        ("2 working days", "2026-12-08T17:00"),
        ("1 week", "2026-12-11T17:00"),
    ],
)
def test_a_pause_is_exact_in_hours_and_whole_in_days(wait: str, expected: str) -> None:
    assert later(at("2026-12-04T17:00"), parse_duration(wait), CALENDAR) == at(expected)


@given(now=MOMENTS, ahead=AHEAD, lease=st.sampled_from(["30 minutes", "1 hour", "2 working days", "1 week"]))
def test_an_acknowledgement_never_keeps_the_peace_into_the_last_two_hours(
    now: datetime, ahead: timedelta | None, lease: str
) -> None:
    due = now + ahead if ahead is not None else None
    end = rests_until(now, parse_duration(lease), due, CALENDAR)
    assert now < end <= later(now, parse_duration(lease), CALENDAR)
    if due is not None and now < due - HOLD_MARGIN:
        assert end <= due - HOLD_MARGIN


WAITS = st.builds(
    Duration,
    st.integers(1, 90),
    st.sampled_from((TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WORKING_DAY)),
)


@given(first=MOMENTS, ahead=AHEAD, wait=st.none() | st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_channel_is_tried_no_longer_than_the_wait_for_an_answer_over_it(
    first: datetime, ahead: timedelta | None, wait: timedelta | None
) -> None:
    due = first + ahead if ahead is not None else None
    end, hurried = retry_until(first, due, wait), retry_until(first, due, wait, hurried=True)
    assert hurried == first + RETRY_FLOOR
    assert first + RETRY_FLOOR <= end <= first + max(RETRY_FLOOR, min(RETRY_LIMIT, wait or RETRY_LIMIT))
    assert end <= retry_until(first, due)
    if due is not None and due > first:
        assert end <= first + max(RETRY_FLOOR, (due - first) / 4)


@given(taken=MOMENTS, ahead=AHEAD, wait=WAITS, by_the_hour=st.booleans())
def test_silence_counts_after_the_wait_and_on_day_clocks_in_office_hours(
    taken: datetime, ahead: timedelta | None, wait: Duration, by_the_hour: bool
) -> None:
    due = taken + ahead if ahead is not None else None
    silent = silent_from(taken, wait, due, by_the_hour, CALENDAR, OFFICE)
    assert silent >= taken + SILENCE_FLOOR
    if by_the_hour:
        assert silent <= max(taken + SILENCE_FLOOR, later(taken, wait, CALENDAR))
        if due is not None and due > taken:
            assert silent <= max(taken + SILENCE_FLOOR, taken + (due - taken) / 4)
        else:
            assert silent == max(taken + SILENCE_FLOOR, later(taken, wait, CALENDAR))
    else:
        assert silent == leave_at(silent, False, due, CALENDAR, OFFICE)


@given(taken=MOMENTS, ahead=AHEAD, short=WAITS, long=WAITS, by_the_hour=st.booleans())
def test_a_longer_wait_never_ends_sooner(
    taken: datetime, ahead: timedelta | None, short: Duration, long: Duration, by_the_hour: bool
) -> None:
    due = taken + ahead if ahead is not None else None
    if later(taken, short, CALENDAR) > later(taken, long, CALENDAR):
        short, long = long, short
    ends = [silent_from(taken, wait, due, by_the_hour, CALENDAR, OFFICE) for wait in (short, long)]
    assert ends == sorted(ends)


@given(leave=MOMENTS, person=st.text(max_size=20))
def test_only_a_full_or_a_half_hour_is_spread_over_four_minutes_and_always_alike(
    leave: datetime, person: str
) -> None:
    there = off_the_rush(leave, person, ZONE)
    assert there == off_the_rush(leave, person, ZONE)
    assert leave <= there < leave + RUSH
    if leave.minute not in (0, 30):
        assert there == leave


def test_sixty_people_do_not_leave_in_one_minute() -> None:
    opening = at("2026-12-01T08:30")
    minutes = {off_the_rush(opening, f"contact.town-{n}", ZONE).minute for n in range(60)}
    assert minutes == {30, 31, 32, 33}
