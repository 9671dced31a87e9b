"""When the steps of a policy are reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.limits import limits_after
from alertd.core.model import Anchor, StepTime
from alertd.core.rules import parse_rule
from alertd.core.steptimes import parse_share, parse_step_time, period_checks, step_instant
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Period, TimeUnit
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at


def counted(rule, start):
    return limits_after(parse_rule(rule), start, CALENDAR, OFFICE)


def instant_of(step, clock):
    return step_instant(step, clock, False, CALENDAR, OFFICE)


def reached(step, rule, start):
    parsed = parse_rule(rule)
    clock = limits_after(parsed, at(start), CALENDAR, OFFICE)
    instant = step_instant(parse_step_time(step), clock, parsed.by_the_hour, CALENDAR, OFFICE)
    return instant and instant.isoformat()[:16]


YEARLY, NEXT_YEAR = "yearly by 12-30", "yearly by 01-30 of the next year"
WINDOW = "5 to 15 working days"


@pytest.mark.parametrize(
    ("step", "rule", "start", "expected"),
    [
        # day clocks: days land at office opening and count from the last day
        ("due - 3 working days", YEARLY, "2026-11-22", "2026-12-25T08:30"),
        ("due - 10wd", YEARLY, "2026-11-22", "2026-12-16T08:30"),
        ("due", YEARLY, "2026-11-22", "2026-12-31T00:00"),
        ("office-due", YEARLY, "2026-11-22", "2026-12-30T17:30"),
        ("office-due - 2 hours", YEARLY, "2026-11-22", "2026-12-30T15:30"),
        ("office-due - 1 day", YEARLY, "2026-11-22", "2026-12-29T08:30"),
        ("opens", YEARLY, "2026-11-22", "2026-01-01T00:00"),
        ("due + 1 working day", YEARLY, "2026-11-22", "2026-12-31T08:30"),
        ("last-workday", NEXT_YEAR, "2026-11-22", "2027-01-29T08:30"),
        ("last-workday - 1 day", NEXT_YEAR, "2026-11-22", "2027-01-28T08:30"),
        ("due - 3 working days", NEXT_YEAR, "2026-11-22", "2027-01-27T08:30"),
        ("due - 2 weeks", NEXT_YEAR, "2026-11-22", "2027-01-15T08:30"),
        ("due - 1 month", NEXT_YEAR, "2026-11-22", "2026-12-30T08:30"),
        # a rest day gives way to the working day before, after the end to the one after
        ("due - 7 days", NEXT_YEAR, "2026-11-22", "2027-01-22T08:30"),
        ("due + 1 day", NEXT_YEAR, "2026-11-22", "2027-02-01T08:30"),
        ("start + 3 days", "15 days", "2026-09-29T10:00", "2026-09-30T08:30"),
        # ... unless that lies before the start
        ("start + 1 day", "15 days", "2026-10-16T10:00", "2026-10-19T08:30"),
        ("start + 1 day", "2 days", "2026-10-02T10:00", "2026-10-03T08:30"),
        ("due - 3 days", "7 days", "2026-10-02T10:00", "2026-10-08T08:30"),
        # windows and minimum durations
        ("earliest", WINDOW, "2026-09-28T10:00", "2026-10-12T08:30"),
        ("earliest", "at least 30 days", "2026-05-01", "2026-06-01T08:30"),
        ("earliest", "5 to 7 days", "2026-10-11T10:00", "2026-10-17T08:30"),
        ("earliest + 1 working day", WINDOW, "2026-09-28T10:00", "2026-10-12T08:30"),
        ("due - 1 working day", "at least 30 days", "2026-05-01", None),
        ("office-due", "at least 30 days", "2026-05-01", None),
        ("last-workday", "at least 30 days", "2026-05-01", None),
        ("50%", "at least 30 days", "2026-05-01", None),
        ("earliest", YEARLY, "2026-11-22", None),
        # shares
        ("50%", "15 days", "2026-11-02T10:00", "2026-11-10T08:30"),
        ("50%", "20 days", "2026-09-22T10:00", "2026-09-30T08:30"),
        ("100%", "15 days", "2026-11-02T10:00", "2026-11-17T08:30"),
        # hour clocks: exact, through the night
        ("start", "5 hours", "2026-10-01T02:10", "2026-10-01T02:10"),
        ("start + 2 hours", "5 hours", "2026-10-01T02:10", "2026-10-01T04:10"),
        ("50%", "5 hours", "2026-10-01T02:10", "2026-10-01T04:40"),
        ("80%", "5 hours", "2026-10-01T02:10", "2026-10-01T06:10"),
        ("due", "5 hours", "2026-10-01T02:10", "2026-10-01T07:10"),
        ("due - 30m", "5 hours", "2026-10-01T02:10", "2026-10-01T06:40"),
        ("due + 1 day", "5 hours", "2026-10-01T02:10", "2026-10-02T08:30"),
        ("due + 1 working day", "5 hours", "2026-10-01T02:10", "2026-10-08T08:30"),
        ("earliest", "at least 24 hours", "2026-10-01T02:10", "2026-10-02T02:10"),
        ("last-workday", "5 hours", "2026-10-01T02:10", None),
    ],
)
def test_a_step_is_reached(step, rule, start, expected):
    assert reached(step, rule, start) == expected


DAY_STEPS = st.builds(
    lambda anchor, amount, unit, before: StepTime("", anchor, Duration(amount, unit), before),
    st.sampled_from([Anchor.START, Anchor.DUE, Anchor.OFFICE_DUE, Anchor.LAST_WORKDAY, Anchor.OPENS]),
    st.integers(1, 40),
    st.sampled_from([TimeUnit.DAY, TimeUnit.WORKING_DAY, TimeUnit.WEEK]),
    st.booleans(),
)
STARTS = st.datetimes(at("2024-01-01").replace(tzinfo=None), at("2027-12-01").replace(tzinfo=None)).map(
    lambda start: start.replace(tzinfo=CALENDAR.zone)
)


@given(DAY_STEPS, STARTS, st.integers(15, 90))
def test_day_steps_of_longer_clocks_come_when_the_office_opens(step, start, length):
    clock = counted(f"{length} days", start)
    instant = instant_of(step, clock)
    assert instant is not None
    assert instant.time() == OFFICE.opens
    next_opening = CALENDAR.instant(CALENDAR.next_workday(instant.date()), OFFICE.opens)
    assert CALENDAR.is_workday(instant.date()) or instant < clock.due <= next_opening


@given(STARTS, st.integers(1, 60), st.integers(0, 100), st.integers(0, 100))
def test_a_larger_share_is_never_reached_earlier(start, length, one, other):
    clock = counted(f"{length} working days", start)
    steps = [StepTime("", Anchor.PERCENT, percent=share) for share in sorted((one, other))]
    early, late = (instant_of(step, clock) for step in steps)
    assert early <= late < clock.due


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "due - 3 working days",
            StepTime("due - 3 working days", Anchor.DUE, Duration(3, TimeUnit.WORKING_DAY), True),
        ),
        ("Due－3個工作日", StepTime("Due－3個工作日", Anchor.DUE, Duration(3, TimeUnit.WORKING_DAY), True)),
        ("start + 2 hours", StepTime("start + 2 hours", Anchor.START, Duration(2, TimeUnit.HOUR))),
        (" office-due ", StepTime("office-due", Anchor.OFFICE_DUE)),
        ("50 %", StepTime("50 %", Anchor.PERCENT, percent=50)),
        ("５０％", StepTime("５０％", Anchor.PERCENT, percent=50)),
    ],
)
def test_a_step_time_is_read(text, expected):
    assert parse_step_time(text) == expected


@pytest.mark.parametrize(
    ("text", "code", "position", "hint"),
    [
        ("", "empty", 0, ""),
        ("due 3 days", "unexpected", 4, ""),
        ("due -", "end-too-soon", 5, ""),
        ("duee - 3 days", "unexpected", 0, "due - 3 days"),
        ("120%", "percent-range", 0, ""),
        ("50", "end-too-soon", 2, ""),
        ("percent", "unexpected", 0, ""),
    ],
)
def test_a_bad_step_time_says_what_and_where(text, code, position, hint):
    with pytest.raises(TextError) as caught:
        parse_step_time(text)
    assert (caught.value.code, caught.value.position, caught.value.hint) == (code, position, hint)


def test_a_share_is_read():
    assert parse_share("50%") == parse_share(" ５０ ％") == 50
    with pytest.raises(TextError):
        parse_share("half")


def test_period_checks_open_each_month_strictly_inside():
    found = period_checks(Period.MONTH, at("2026-08-03T08:30"), at("2026-11-02T08:30"), CALENDAR, OFFICE)
    assert [(label, instant.isoformat()[:16]) for label, instant in found] == [
        ("2026-09", "2026-09-01T08:30"),
        ("2026-10", "2026-10-08T08:30"),
    ]


def test_period_checks_of_a_year_and_its_quarters():
    span = at("2026-01-01"), at("2027-01-01")
    assert len(period_checks(Period.MONTH, *span, CALENDAR, OFFICE)) == 12
    quarters = period_checks(Period.QUARTER, *span, CALENDAR, OFFICE)
    assert [label for label, _ in quarters] == ["2026-q1", "2026-q2", "2026-q3", "2026-q4"]
    assert period_checks(Period.YEAR, *span, CALENDAR, OFFICE)[0][1] == at("2026-01-04T08:30")
