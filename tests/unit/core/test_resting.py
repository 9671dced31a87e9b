"""Whom day clocks leave in peace, and when: quiet hours, days of rest, silences. Decisions never wait."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertd.core.pacing import HOLD_MARGIN, leave_at
from alertd.core.resting import NO_REST, Rest, first_free, read_quiet, rest_of, weekday
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, ZONE, at

MOMENTS = st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 10)).map(lambda t: t.replace(tzinfo=ZONE))  # noqa: DTZ001
AHEAD = st.none() | st.timedeltas(timedelta(minutes=-90), timedelta(days=40))
SILENT = st.none() | st.timedeltas(timedelta(0), timedelta(days=30))
TIMES = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
RESTS = st.builds(
    Rest,
    st.none() | st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]),
    st.frozensets(st.integers(0, 6)),
)

NIGHT = Rest((time(20), time(7)))
MORNING = Rest((time(8), time(10)))
WEDNESDAY = Rest(None, frozenset({2}))


def leaves(now: str, due: str | None = None, rest: Rest = NO_REST, silent: str = "") -> str:
    until = at(silent) if silent else None
    leave = leave_at(at(now), False, at(due) if due else None, CALENDAR, OFFICE, rest, until)
    return f"{leave.astimezone(ZONE):%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("rest", "covered", "free"),
    [
        (NIGHT, ("20:00", "23:59", "00:00", "06:59"), ("07:00", "19:59")),
        (MORNING, ("08:00", "09:59"), ("00:00", "07:59", "10:00", "23:59")),
        (Rest((time(0), time(8))), ("00:00", "07:59"), ("08:00", "23:59")),
        (Rest((time(20), time(0))), ("20:00", "23:59"), ("00:00", "19:59")),
    ],
)
def test_quiet_hours_begin_at_the_first_and_end_at_the_second_minute(
    rest: Rest, covered: tuple[str, ...], free: tuple[str, ...]
) -> None:
    assert all(rest.covers(at(f"2026-12-01T{hour}").astimezone(ZONE)) for hour in covered)
    assert not any(rest.covers(at(f"2026-12-01T{hour}").astimezone(ZONE)) for hour in free)


@pytest.mark.parametrize(
    ("now", "due", "rest", "expected"),
    [
        ("2026-12-01T09:00", None, MORNING, "12-01T10:00"),
        ("2026-12-01T08:00", None, MORNING, "12-01T10:00"),
        ("2026-12-01T18:00", None, MORNING, "12-02T10:00"),
        ("2026-12-02T09:00", None, WEDNESDAY, "12-03T08:30"),  # a Wednesday
        ("2026-12-01T18:00", None, WEDNESDAY, "12-03T08:30"),
        ("2026-12-01T10:00", None, NIGHT, "12-01T10:00"),
        # due on Wednesday at 24:00: the day of rest gives way, two hours before
        ("2026-12-02T09:00", "2026-12-03", WEDNESDAY, "12-02T22:00"),
        # ... but quiet hours do not, where there is another moment
        ("2026-12-01T18:00", "2026-12-02", NIGHT, "12-01T18:00"),
        ("2026-12-01T18:00", "2026-12-02T08:00", NIGHT, "12-01T18:00"),
        ("2026-12-01T21:00", "2026-12-02", NIGHT, "12-01T22:00"),
        ("2026-12-01T03:00", "2026-12-01T10:00", Rest((time(1), time(7))), "12-01T08:00"),
        # whoever rests whenever the office is open is told when it opens
        ("2026-12-01T18:00", None, Rest((time(6), time(22))), "12-02T08:30"),
        ("2026-12-01T18:00", None, Rest(None, frozenset(range(7))), "12-02T08:30"),
    ],
)
def test_a_message_waits_until_its_reader_does_not_rest(
    now: str, due: str | None, rest: Rest, expected: str
) -> None:
    assert leaves(now, due, rest) == expected


@pytest.mark.parametrize(
    ("now", "due", "silent", "expected"),
    [
        ("2026-12-01T10:00", None, "2026-12-07T00:00", "12-07T08:30"),  # ends on Sunday at 24:00
        ("2026-12-01T10:00", None, "2026-12-05T00:00", "12-07T08:30"),  # ... or on Friday
        ("2026-12-01T10:00", None, "2026-12-01T09:00", "12-01T10:00"),  # over
        ("2026-12-01T10:00", None, "2026-12-01T15:20", "12-01T15:20"),
        # due while it lasts: at the last opening before
        ("2026-12-01T10:00", "2026-12-04", "2026-12-20", "12-03T08:30"),
        ("2026-12-01T10:00", "2026-12-07", "2026-12-20", "12-04T08:30"),  # at the end of a Sunday
        ("2026-12-03T18:00", "2026-12-04", "2026-12-20", "12-03T22:00"),
        ("2026-12-04T10:00", "2026-12-04", "2026-12-20", "12-21T08:30"),  # late: nothing presses
    ],
)
def test_a_message_waits_for_the_end_of_a_silence_but_not_beyond_the_limit(
    now: str, due: str | None, silent: str, expected: str
) -> None:
    assert leaves(now, due, NO_REST, silent) == expected


@given(now=MOMENTS, ahead=AHEAD, rest=RESTS, silent=SILENT)
def test_an_hour_clock_never_waits(
    now: datetime, ahead: timedelta | None, rest: Rest, silent: timedelta | None
) -> None:
    due, until = (now + each if each is not None else None for each in (ahead, silent))
    assert leave_at(now, True, due, CALENDAR, OFFICE, rest, until) == now


@given(now=MOMENTS, ahead=AHEAD, rest=RESTS, silent=SILENT)
@example(now=at("2026-12-04T18:00"), ahead=timedelta(days=2), rest=WEDNESDAY, silent=timedelta(days=9))
def test_what_is_held_always_leaves_and_in_time(
    now: datetime, ahead: timedelta | None, rest: Rest, silent: timedelta | None
) -> None:
    due, until = (now + each if each is not None else None for each in (ahead, silent))
    leave = leave_at(now, False, due, CALENDAR, OFFICE, rest, until)
    assert now <= leave <= now + timedelta(days=30 + 15)
    if due is not None and now < due:
        assert leave <= max(now, due - HOLD_MARGIN)


@given(now=MOMENTS, ahead=AHEAD, rest=RESTS, silent=SILENT)
def test_looked_at_again_when_it_leaves_it_leaves(
    now: datetime, ahead: timedelta | None, rest: Rest, silent: timedelta | None
) -> None:
    due, until = (now + each if each is not None else None for each in (ahead, silent))
    leave = leave_at(now, False, due, CALENDAR, OFFICE, rest, until)
    assert leave_at(leave, False, due, CALENDAR, OFFICE, rest, until) == leave


@given(now=MOMENTS, ahead=AHEAD, rest=RESTS, silent=SILENT)
def test_nobody_who_rests_is_told_of_what_does_not_press(
    now: datetime, ahead: timedelta | None, rest: Rest, silent: timedelta | None
) -> None:
    due, until = (now + each if each is not None else None for each in (ahead, silent))
    leave = leave_at(now, False, due, CALENDAR, OFFICE, rest, until)
    if first_free(now, CALENDAR, OFFICE, rest) is None or (due is not None and now < due):
        return
    local = leave.astimezone(ZONE)
    assert not rest.covers(local)
    assert until is None or leave >= until
    assert CALENDAR.is_workday(local.date())
    assert OFFICE.opens <= local.time() < OFFICE.closes


@given(now=MOMENTS, ahead=AHEAD)
def test_who_never_rests_is_told_as_everybody_is(now: datetime, ahead: timedelta | None) -> None:
    due = now + ahead if ahead is not None else None
    plain = leave_at(now, False, due, CALENDAR, OFFICE)
    assert leave_at(now, False, due, CALENDAR, OFFICE, NO_REST, now - timedelta(hours=1)) == plain


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("20:00-07:00", (time(20), time(7))),
        ("8:30 – 9:15", (time(8, 30), time(9, 15))),
        ("20：00至24：00", (time(20), time(0))),
        *((text, None) for text in ("", "none", "20:00", "25:00-07:00", "20:60-07:00", "7:00-7:00", "8-9")),
    ],
)
def test_a_span_of_hours_is_read_as_people_write_it(text: str, span: tuple[time, time] | None) -> None:
    assert read_quiet(text) == span


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("monday", 0),
        ("Sunday", 6),
        ("星期六", 5),
        ("周日", 6),
        ("週三", 2),
        ("禮拜天", 6),
        ("none", None),
        ("六", None),
    ],
)
def test_a_day_of_the_week_is_read_in_either_language(text: str, day: int | None) -> None:
    assert weekday(text) == day


def test_what_a_person_does_not_say_is_as_for_everybody() -> None:
    usual = Rest((time(20), time(7)), frozenset({5}))
    assert rest_of("", (), usual) == usual
    assert rest_of("none", ["none"], usual) == NO_REST
    assert rest_of("08:00-09:00", (), usual) == Rest((time(8), time(9)), frozenset({5}))
    assert rest_of("", ["sunday"], usual) == Rest((time(20), time(7)), frozenset({6}))
