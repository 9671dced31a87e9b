"""Golden dates: what a rule and a start give, and the trace from which a clerk counts again."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.core.calendar import WorkCalendar
from alertd.core.limits import limits_after
from alertd.core.rules import parse_rule
from alertd.core.text_error import TextError
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at, day


def limits(rule, start, **more):
    return limits_after(parse_rule(rule), at(start), CALENDAR, OFFICE, **more)


def bounds(rule, start, **more):
    """earliest, due, last day, office due, provisional; as texts without the zone."""
    found = limits(rule, start, **more)
    instants = [i and i.isoformat()[:16] for i in (found.earliest, found.due, found.office_due)]
    last = found.last_day and found.last_day.isoformat()
    return (instants[0], instants[1], last, instants[2], found.provisional)


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        # rule, start -> earliest, due, last day, office due, provisional
        ("5 hours", "2026-10-01T02:10", (None, "2026-10-01T07:10", None, "2026-10-01T07:10", False)),
        ("24 hours", "2026-12-31T12:00", (None, "2027-01-01T12:00", None, "2027-01-01T12:00", False)),
        ("at least 24 hours", "2026-10-01T02:10", ("2026-10-02T02:10", None, None, None, False)),
        (
            "1 to 3 hours",
            "2026-10-01T02:10",
            ("2026-10-01T03:10", "2026-10-01T05:10", None, "2026-10-01T05:10", False),
        ),
        # a make-up Saturday is the fifth working day
        (
            "5 working days",
            "2026-09-28T10:00",
            (None, "2026-10-11T00:00", "2026-10-10", "2026-10-10T17:30", False),
        ),
        (
            "5 to 15 working days",
            "2026-09-28T10:00",
            ("2026-10-11T00:00", "2026-10-24T00:00", "2026-10-23", "2026-10-23T17:30", False),
        ),
        (
            "5 to 15 working days",
            "2026-09-18T00:00",
            ("2026-09-25T00:00", "2026-10-16T00:00", "2026-10-15", "2026-10-15T17:30", False),
        ),
        (
            "5 to 15 working days",
            "2026-09-24T23:59",
            ("2026-10-10T00:00", "2026-10-23T00:00", "2026-10-22", "2026-10-22T17:30", False),
        ),
        ("at least 30 days", "2026-05-01T00:00", ("2026-06-01T00:00", None, None, None, False)),
        ("at least 5 working days", "2026-09-28T10:00", ("2026-10-11T00:00", None, None, None, False)),
        ("at least 30 days", "2026-12-15T10:00", ("2027-01-15T00:00", None, None, None, False)),
        ("at least 3 working days", "2026-12-30T10:00", ("2027-01-06T00:00", None, None, None, True)),
        # the last day is a rest day: not rolled, but people are asked for the working day before
        ("15 days", "2026-09-18T10:00", (None, "2026-10-04T00:00", "2026-10-03", "2026-09-30T17:30", False)),
        (
            "15 days roll forward",
            "2026-09-18T10:00",
            (None, "2026-10-09T00:00", "2026-10-08", "2026-10-08T17:30", False),
        ),
        (
            "15 days roll back",
            "2026-09-18T10:00",
            (None, "2026-10-01T00:00", "2026-09-30", "2026-09-30T17:30", False),
        ),
        # nobody works between the start and the end: closing of the last day itself
        ("2 days", "2026-10-02T10:00", (None, "2026-10-05T00:00", "2026-10-04", "2026-10-04T17:30", False)),
        ("1 day", "2026-10-16T18:00", (None, "2026-10-18T00:00", "2026-10-17", "2026-10-17T17:30", False)),
        # nor does a clock that starts as the office closes leave anybody time before it
        ("1 day", "2026-10-16T17:30", (None, "2026-10-18T00:00", "2026-10-17", "2026-10-17T17:30", False)),
        ("1 day", "2026-10-16T17:29", (None, "2026-10-18T00:00", "2026-10-17", "2026-10-16T17:30", False)),
        # the working day before the end is not yet allowed
        (
            "5 to 7 days",
            "2026-10-11T10:00",
            ("2026-10-17T00:00", "2026-10-19T00:00", "2026-10-18", "2026-10-18T17:30", False),
        ),
        ("2 weeks", "2026-11-02T10:00", (None, "2026-11-17T00:00", "2026-11-16", "2026-11-16T17:30", False)),
        ("1 month", "2026-01-31T10:00", (None, "2026-03-01T00:00", "2026-02-28", "2026-02-28T17:30", False)),
        ("1 month", "2024-01-31T10:00", (None, "2024-03-01T00:00", "2024-02-29", "2024-02-29T17:30", False)),
        ("3 months", "2025-11-30T10:00", (None, "2026-03-01T00:00", "2026-02-28", "2026-02-28T17:30", False)),
        ("1 year", "2024-02-29T10:00", (None, "2025-03-01T00:00", "2025-02-28", "2025-02-28T17:30", False)),
        ("at least 1 month", "2026-05-01T10:00", ("2026-06-02T00:00", None, None, None, False)),
        (
            "5 working days",
            "2026-12-28T10:00",
            (None, "2027-01-06T00:00", "2027-01-05", "2027-01-05T17:30", True),
        ),
        (
            "3 working days",
            "2026-12-28T10:00",
            (None, "2027-01-01T00:00", "2026-12-31", "2026-12-31T17:30", False),
        ),
        # rolling back leaves a day to act on
        (
            "1 day roll back",
            "2026-10-16T10:00",
            (None, "2026-10-18T00:00", "2026-10-17", "2026-10-16T17:30", False),
        ),
        (
            "5 to 6 days roll back",
            "2026-10-11T10:00",
            ("2026-10-17T00:00", "2026-10-18T00:00", "2026-10-17", "2026-10-17T17:30", False),
        ),
        # the first days counted lie in a year nobody entered
        (
            "5 working days",
            "2017-12-28T10:00",
            (None, "2018-01-06T00:00", "2018-01-05", "2018-01-05T17:30", True),
        ),
        # backwards: advance notice
        (
            "3 working days before",
            "2026-10-12T09:00",
            (None, "2026-10-09T00:00", "2026-10-08", "2026-10-08T17:30", False),
        ),
        (
            "7 days before",
            "2026-10-12T09:00",
            (None, "2026-10-06T00:00", "2026-10-05", "2026-09-30T17:30", False),
        ),
        (
            "5 working days before",
            "2027-01-06T09:00",
            (None, "2026-12-30T00:00", "2026-12-29", "2026-12-29T17:30", True),
        ),
        ("2 hours before", "2026-10-12T09:00", (None, "2026-10-12T07:00", None, "2026-10-12T07:00", False)),
        # dates printed in a plan are kept
        (
            "yearly by 12-30",
            "2026-11-22T00:00",
            (None, "2026-12-31T00:00", "2026-12-30", "2026-12-30T17:30", False),
        ),
        (
            "yearly by 01-30 of the next year",
            "2026-11-22T00:00",
            (None, "2027-01-31T00:00", "2027-01-30", "2027-01-29T17:30", True),
        ),
        (
            "monthly by last day",
            "2026-02-10T00:00",
            (None, "2026-03-01T00:00", "2026-02-28", "2026-02-28T17:30", False),
        ),
        (
            "monthly by day 1",
            "2026-10-01T00:00",
            (None, "2026-10-02T00:00", "2026-10-01", "2026-10-01T17:30", False),
        ),
    ],
)
def test_golden_dates(rule, start, expected):
    assert bounds(rule, start) == expected


def test_a_stated_date_ends_at_24_hours_of_that_day():
    expected = (None, "2026-10-04T00:00", "2026-10-03", "2026-09-30T17:30", False)
    assert bounds("as stated", "2026-09-01T10:00", stated=day("2026-10-03")) == expected


def test_a_calendar_rule_runs_from_the_beginning_of_the_period_it_is_about():
    found = limits("yearly by 01-30 of the next year", "2026-11-22")
    assert found.start == found.opens_at == at("2026-01-01")


def test_advance_notice_opens_with_the_day_people_are_asked_for():
    assert limits("7 days before", "2026-10-12T09:00").opens_at == at("2026-09-30")
    assert limits("2 hours before", "2026-10-12T09:00").opens_at == at("2026-10-12T07:00")


def test_a_start_may_come_in_any_zone_and_counts_by_the_local_date():
    start = datetime(2026, 9, 27, 18, tzinfo=UTC)  # 02:00 of the 28th in the calendar's zone
    found = limits_after(parse_rule("5 working days"), start, CALENDAR, OFFICE)
    assert found.last_day == day("2026-10-10")
    assert found.start.isoformat() == "2026-09-28T02:00:00+08:00"


def test_hours_are_exact_across_a_clock_change():
    berlin = WorkCalendar(ZoneInfo("Europe/Berlin"), {}, "none")
    start = datetime(2026, 3, 29, 0, 30, tzinfo=berlin.zone)
    found = limits_after(parse_rule("5 hours"), start, berlin, OFFICE)
    assert found.due is not None
    assert found.due.isoformat() == "2026-03-29T06:30:00+02:00"


@pytest.mark.parametrize(
    ("rule", "start", "stated", "code"),
    [
        ("as stated", "2026-09-01", None, "stated-missing"),
        ("as stated", "2026-09-01", "2026-08-31", "stated-too-early"),
        ("as stated at 12:00", "2026-09-01T12:00", "2026-09-01", "stated-too-early"),
        ("by 2026-08-31", "2026-09-01", None, "date-over"),
        ("今年5月13日前", "2026-01-01", None, "year-of-plan"),
        ("5 days", "0206-09-01", None, "out-of-range"),
        ("100 years", "9026-09-01", None, "out-of-range"),
    ],
)
def test_what_cannot_be_counted_is_said(rule, start, stated, code):
    with pytest.raises(TextError) as caught:
        limits(rule, start, stated=stated and day(stated))
    assert caught.value.code == code
    assert "{" not in str(caught.value)


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        limits_after(parse_rule("5 hours"), datetime(2026, 1, 1), CALENDAR, OFFICE)  # noqa: DTZ001


def trace(rule, start, **more):
    return [(line.at.isoformat()[:16], line.what, line.why) for line in limits(rule, start, **more).trace]


def test_the_trace_lets_a_clerk_count_working_days_again():
    assert trace("5 to 15 working days", "2026-09-28T10:00") == [
        ("2026-09-28T10:00", "start", "first-day-not-counted"),
        ("2026-09-29", "count", "working-days"),
        ("2026-10-01", "skip", "holiday"),
        ("2026-10-10", "work", "make-up"),
        ("2026-10-11", "skip", "weekend"),
        ("2026-10-17", "skip", "weekend"),
        ("2026-10-11T00:00", "earliest", "full-days-over"),
        ("2026-10-23", "last-day", "nth-day"),
        ("2026-10-24T00:00", "due", "end-of-last-day"),
        ("2026-10-23T17:30", "office-due", "closing-on-last-day"),
    ]


def test_the_trace_names_the_calendar_the_lengths_and_the_holiday():
    args = {line.why: dict(line.args) for line in limits("5 to 15 working days", "2026-09-28T10:00").trace}
    assert args["working-days"] == {"amount": "15", "unit": "working-day", "calendar": "test-1"}
    assert args["holiday"]["name"] == "national-day"
    assert args["full-days-over"] == {"amount": "5", "unit": "working-day", "last": "2026-10-10"}
    assert args["end-of-last-day"] == {"last_day": "2026-10-23"}


def test_the_trace_of_advance_notice_runs_backwards():
    assert trace("3 working days before", "2026-10-12T09:00") == [
        ("2026-10-12T09:00", "start", "day-not-counted-backwards"),
        ("2026-10-11", "count", "working-days"),
        ("2026-10-11", "skip", "weekend"),
        ("2026-10-10", "work", "make-up"),
        ("2026-10-08", "last-day", "nth-day-before"),
        ("2026-10-09T00:00", "due", "end-of-last-day"),
        ("2026-10-08T17:30", "office-due", "closing-on-last-day"),
    ]


def test_the_trace_tells_rolling_and_the_working_day_before():
    assert trace("yearly by 10-03 roll forward", "2026-09-01")[2] == ("2026-10-08", "roll", "rolled-forward")
    assert trace("yearly by 10-03 roll back", "2026-09-01")[2] == ("2026-09-30", "roll", "rolled-back")
    last = limits("yearly by 10-03", "2026-09-01").trace[-1]
    assert (last.why, last.args["reason"], last.args["name"]) == (
        "closing-on-working-day-before",
        "holiday",
        "national-day",
    )


def test_the_trace_names_the_year_whose_notice_is_missing():
    line = limits("yearly by 01-30 of the next year", "2026-11-22").trace[-1]
    assert (line.at, line.what) == (day("2027-01-29"), "provisional")
    assert line.args == {"year": "2027", "calendar": "test-1"}


def test_an_hour_clock_asks_no_calendar():
    assert trace("5 hours", "2026-10-01T02:10") == [
        ("2026-10-01T02:10", "start", "hours-from-start"),
        ("2026-10-01T07:10", "due", "hours-after-start"),
        ("2026-10-01T07:10", "office-due", "same-as-due"),
    ]


def test_calendar_days_need_no_skips_and_say_month_ends():
    assert "skip" not in {what for _, what, _ in trace("30 days", "2026-09-18T10:00")}
    assert ("2026-02-28", "last-day", "month-end") in trace("1 month", "2026-01-31")
    assert ("2026-02-15", "last-day", "corresponding-day") in trace("1 month", "2026-01-15")
