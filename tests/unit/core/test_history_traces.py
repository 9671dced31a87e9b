"""What the history of a clock tells of its limits: estimated or not, open since when, and why.

The days were counted by hand, on the shipped calendar. In November 2026 the 13th, 20th and 27th are Fridays,
and no day is off but the weekends.
"""

from __future__ import annotations

from tests.unit.core.acts import (
    FIFTEEN,
    START,
    grant,
    history,
    last,
    pause,
    restart,
    returned,
    trace,
)
from tests.unit.core.shipped_calendar import at, day


def test_a_limit_moved_into_a_year_without_notice_is_estimated():
    sure = history("15 days", "2026-12-10T10:00")
    moved = history("15 days", "2026-12-10T10:00", pause("2026-12-14", "2026-12-24"))
    assert (last(sure), sure.limits.provisional) == ("2026-12-25", False)
    assert (last(moved), moved.limits.provisional) == ("2027-01-04", True)


def test_days_asked_whether_they_stood_still_count_as_looked_at():
    # five days end on Thursday 31 December; on again on Sunday 3 January, no working day stood still, but
    # that Friday the 1st is none is law and not yet announced
    found = history("5 working days", "2026-12-24T10:00", pause("2026-12-31T23:00", "2027-01-03T10:00"))
    assert (last(found), found.limits.provisional) == ("2026-12-31", True)


def test_a_granted_day_in_a_year_without_notice_is_estimated():
    assert history("15 days", START, grant("2026-11-19", day("2027-01-04"))).limits.provisional
    assert not history("15 days", START, grant("2026-11-19", day("2026-12-31"))).limits.provisional


def test_a_clock_that_counts_back_is_open_from_the_event_on_and_can_stand_still_since_then():
    rule, start = "5 working days before", "2026-11-30T00:00"
    known = history(rule, start, opens_at=at("2026-11-02T09:00"))
    assert known.limits == known.base
    assert (known.limits.opens_at, last(known)) == (at("2026-11-02T09:00"), "2026-11-23")
    moved = history(rule, start, pause("2026-11-04", "2026-11-05"), opens_at=at("2026-11-02T09:00"))
    assert (last(moved), moved.limits.opens_at) == ("2026-11-24", at("2026-11-02T09:00"))


def test_the_trace_tells_the_count_then_the_acts_and_ends_with_what_holds():
    acts = (pause("2026-11-20T09:00", "2026-11-22T09:00"), pause("2026-11-23T09:00", "2026-11-28T09:00", 2))
    assert trace(history(FIFTEEN, START, *acts)) == [
        ("2026-11-13T10:00", "start", "first-day-not-counted"),
        ("2026-11-14", "count", "calendar-days"),
        ("2026-11-28", "last-day", "nth-day"),
        ("2026-11-22T09:00", "count", "paused-days"),
        ("2026-11-28T09:00", "count", "paused-days"),
        ("2026-12-05", "last-day", "excluded-added"),
        ("2026-12-07", "roll", "rolled-forward"),
        ("2026-12-08T00:00", "due", "end-of-last-day"),
        ("2026-12-07T17:30", "office-due", "closing-on-last-day"),
    ]
    lines = history(FIFTEEN, START, *acts).limits.trace
    assert lines[3].args == {"first": "2026-11-20", "last": "2026-11-22", "amount": "2", "unit": "day"}


def test_the_trace_of_hours_keeps_the_count_and_ends_with_what_holds():
    found = history("5 hours", "2026-10-01T02:10", pause("2026-10-01T03:00", "2026-10-01T04:25"))
    assert trace(found) == [
        ("2026-10-01T02:10", "start", "hours-from-start"),
        ("2026-10-01T07:10", "due", "hours-after-start"),
        ("2026-10-01T04:25", "count", "paused-hours"),
        ("2026-10-01T08:35", "due", "excluded-added"),
        ("2026-10-01T08:35", "office-due", "same-as-due"),
    ]
    assert found.limits.trace[2].args == {
        "first": "2026-10-01", "last": "2026-10-01", "amount": "85", "unit": "minute",
    }  # fmt: skip


def test_the_trace_tells_who_named_a_day_and_why():
    acts = (grant("2026-11-19", day("2026-12-05")), returned("2026-11-25", day("2026-12-08")))
    found = history("15 days", START, *acts)
    assert [(line.why, dict(line.args)) for line in found.limits.trace[3:5]] == [
        ("extended-until", {"by": "han", "reason": "a storm"}),
        ("returned-until", {"by": "gao"}),
    ]
    assert trace(found)[-2:] == [
        ("2026-12-09T00:00", "due", "end-of-last-day"),
        ("2026-12-08T17:30", "office-due", "closing-on-last-day"),
    ]


def test_the_trace_after_a_restart_tells_the_new_count_and_when_it_ran_from_before():
    found = history("15 days", START, pause("2026-11-16", "2026-11-18"), restart("2026-11-23T09:00"))
    assert trace(found) == [
        ("2026-11-23T09:00", "start", "first-day-not-counted"),
        ("2026-11-24", "count", "calendar-days"),
        ("2026-12-08", "last-day", "nth-day"),
        ("2026-11-23T09:00", "start", "runs-anew"),
        ("2026-12-09T00:00", "due", "end-of-last-day"),
        ("2026-12-08T17:30", "office-due", "closing-on-last-day"),
    ]
    assert found.limits.trace[3].args == {"from": "2026-11-13"}


def test_the_trace_tells_of_the_moved_minimum():
    found = history("1 to 3 hours", "2026-10-01T02:10", pause("2026-10-01T02:30", "2026-10-01T03:00"))
    assert ("2026-10-01T03:40", "earliest", "excluded-added") in trace(found)
    assert found.limits.earliest == at("2026-10-01T03:40")
