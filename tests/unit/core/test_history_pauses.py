"""What time that does not count does to the limits of a clock.

The days were counted by hand, on the shipped calendar. In November 2026 the 13th, 20th and 27th are Fridays,
and no day is off but the weekends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alertd.core.history import AcceptedAct, ActKind, Basis, counted
from alertd.core.rules import parse_rule
from tests.unit.core.acts import FIFTEEN, START, due, history, last, pause, why
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at, day


def test_excluded_days_are_added_before_the_last_day_rolls_once():
    # The 15th day is Saturday the 28th; two days on is Monday the 30th, which is worked (art. 203: the last
    # day of the whole period moves). Rolled first, Monday and two days more would be 2 December.
    found = history(FIFTEEN, START, pause("2026-11-20T09:00", "2026-11-22T09:00"))
    assert (last(found), due(found)) == ("2026-11-30", "2026-12-01T00:00")
    assert (
        last(replace(found, limits=found.base)) == "2026-11-30"
    )  # without the pause it rolls to the same day


def test_the_hour_of_the_start_and_of_the_pause_decide_nothing_on_a_day_clock():
    for hour in ("00:00", "10:00", "23:59"):
        found = history(FIFTEEN, f"2026-11-13T{hour}", pause("2026-11-20T23:59", "2026-11-22T00:00"))
        assert last(found) == "2026-11-30"


def test_a_last_day_that_the_pause_puts_on_a_day_of_rest_rolls():
    # 28 November and seven days: Saturday 5 December, so Monday the 7th
    assert last(history(FIFTEEN, START, pause("2026-11-16", "2026-11-23"))) == "2026-12-07"
    assert last(history("15 days", START, pause("2026-11-16", "2026-11-23"))) == "2026-12-05"


def test_working_days_that_stood_still_are_added_as_working_days():
    # 5 working days from Monday the 9th end on Monday the 16th. Stopped on Thursday the 12th and on again on
    # the 16th: Friday and Monday do not count, so two working days more, Wednesday the 18th.
    found = history("5 working days", "2026-11-09T10:00", pause("2026-11-12T09:00", "2026-11-16T09:00"))
    assert (last(replace(found, limits=found.base)), last(found)) == ("2026-11-16", "2026-11-18")
    # from 9 November, stopped on Friday the 13th, on again on Sunday: no working day stood still
    assert (
        last(history("5 working days", "2026-11-09T10:00", pause("2026-11-13", "2026-11-15"))) == "2026-11-16"
    )


def test_hours_that_stood_still_are_added_to_the_minute():
    found = history("5 hours", "2026-10-01T02:10", pause("2026-10-01T03:00", "2026-10-01T04:25"))
    assert due(found) == "2026-10-01T08:35"
    assert found.limits.office_due == found.limits.due


def test_a_clock_that_stopped_and_went_on_in_one_day_does_not_move():
    found = history("15 days", START, pause("2026-11-20T09:00", "2026-11-20T17:00"))
    assert found.limits == found.base
    assert found.ineffective == ()


def test_the_earliest_moves_only_if_the_pause_began_before_it():
    # 5 working days from the 9th are over at the end of the 16th; two are added where it stood before that
    rule, start = "5 to 15 working days", "2026-11-09T10:00"
    before = history(rule, start, pause("2026-11-12T09:00", "2026-11-16T09:00"))
    assert (before.limits.earliest, last(before)) == (at("2026-11-19"), "2026-12-02")
    after = history(rule, start, pause("2026-11-17T00:00", "2026-11-19T09:00"))
    assert (after.limits.earliest, last(after)) == (at("2026-11-17"), "2026-12-02")


def test_the_end_of_a_minimum_never_rolls_as_it_does_not_without_a_pause():
    # 2 full days from Monday the 9th: the 11th; three days of pause: Saturday the 14th, so from the 15th on
    found = history("2 to 15 days roll forward", "2026-11-09T10:00", pause("2026-11-10", "2026-11-13"))
    assert found.limits.earliest == at("2026-11-15")


def test_a_minimum_alone_moves_too():
    found = history("at least 5 working days", "2026-11-09T10:00", pause("2026-11-12", "2026-11-16"))
    assert (found.limits.earliest, found.limits.due) == (at("2026-11-19"), None)
    over = history("at least 5 working days", "2026-11-09T10:00", pause("2026-11-18", "2026-11-20"))
    assert over.limits == over.base


def test_two_pauses_at_once_count_once():
    # from the 16th to the 20th: four days after Saturday the 28th
    both = (pause("2026-11-16", "2026-11-18"), pause("2026-11-17", "2026-11-20", 2))
    assert last(history("15 days", START, *both)) == "2026-12-02"
    within = (pause("2026-11-16", "2026-11-20"), pause("2026-11-17", "2026-11-18", 2))
    assert last(history("15 days", START, *within)) == "2026-12-02"


def test_of_a_pause_only_what_lies_after_the_start_counts():
    # started on the 13th, which is not counted: the 14th, 15th and 16th stood still
    assert last(history("15 days", START, pause("2026-11-10", "2026-11-16"))) == "2026-12-01"
    gone = history("15 days", START, pause("2026-11-10", "2026-11-13T09:00"))
    assert (gone.limits, why(gone)) == (gone.base, ["outside-clock"])


def test_a_pause_after_the_limit_has_passed_does_not_count():
    late = history("15 days", START, pause("2026-11-29T00:01", "2026-12-03"))
    assert (late.limits, why(late), late.paused) == (late.base, ["limit-passed"], False)
    # at the very end of the last day the limit is still kept (art. 1259: within includes the number)
    assert last(history("15 days", START, pause("2026-11-29T00:00", "2026-12-03"))) == "2026-12-02"


def test_a_second_pause_counts_against_the_limit_the_first_gave():
    first = pause("2026-11-20", "2026-11-25")
    second = pause("2026-12-01", "2026-12-02", 2)
    assert last(history("15 days", START, first, second)) == "2026-12-04"  # 28 November, 5 days and 1
    assert last(history("15 days", START, second)) == "2026-11-28"


def test_an_open_pause_adds_nothing_yet():
    found = history("15 days", START, pause("2026-11-20"))
    assert (found.limits, found.paused) == (found.base, True)
    early = history("15 days", START, pause("2026-11-10"))
    assert (early.limits, early.paused) == (early.base, True)


def test_a_correction_of_the_start_counts_the_pause_anew():
    pauses = (pause("2026-11-20", "2026-11-22"),)
    assert last(history("15 days", "2026-11-13", *pauses)) == "2026-11-30"
    assert last(history("15 days", "2026-11-21T08:00", *pauses)) == "2026-12-07"  # only the 22nd stood still
    assert last(history("15 days", "2026-11-25", *pauses)) == "2026-12-10"
    assert last(history("15 days", "2026-11-01", *pauses)) == "2026-11-16"  # it had run out before


def test_a_new_calendar_counts_the_days_that_stood_still_anew():
    rule, act = parse_rule("5 working days"), pause("2026-11-12", "2026-11-16")
    off = replace(CALENDAR.years[2026], off={**CALENDAR.years[2026].off, day("2026-11-13"): "special"})
    closed = type(CALENDAR)(CALENDAR.zone, {**CALENDAR.years, 2026: off}, "test-2")
    found = counted(Basis(rule, at("2026-11-09T10:00")), [act], closed, OFFICE)
    # 10, 11, 12, 16, 17; and only Monday the 16th stood still
    assert last(found) == "2026-11-18"


@pytest.mark.parametrize(
    ("rule", "start", "stated", "expected"),
    [
        # Sunday 29 November and two days are Tuesday 1 December; rolled back first it would be the 29th again
        ("16 days roll back", START, None, "2026-12-01"),
        # one day before Monday the 30th, and two on
        ("1 day before roll back", "2026-11-30T09:00", None, "2026-12-01"),
        ("yearly by 11-28 roll back", "2026-11-13", None, "2026-11-30"),
        ("as stated roll forward", START, "2026-11-28", "2026-11-30"),
        # a Friday and two days: a Sunday
        ("14 days roll back", START, None, "2026-11-27"),
    ],
)
def test_whatever_ends_on_a_day_rolls_once_after_the_pause(rule, start, stated, expected):
    basis = Basis(parse_rule(rule), at(start), stated and day(stated), opens_at=at("2026-11-13"))
    found = counted(basis, [pause("2026-11-20", "2026-11-22")], CALENDAR, OFFICE)
    assert last(found) == expected


def test_rolling_back_after_a_pause_still_leaves_a_day_to_act_on():
    # from Friday the 13th one day is the 14th; a day of pause makes it Sunday, and Friday would be no time
    found = history("1 day roll back", START, pause("2026-11-13T12:00", "2026-11-14T12:00"))
    assert last(found) == "2026-11-15"


def test_only_the_turn_that_stood_still_moves():
    basis = Basis(parse_rule("every 2 days while open"), at("2026-11-16T09:00"), turn=2)
    found = counted(basis, [pause("2026-11-19T09:00", "2026-11-20T09:00")], CALENDAR, OFFICE)
    assert (found.limits.start, last(found)) == (at("2026-11-19"), "2026-11-21")


def test_a_pause_runs_by_the_clock_and_not_by_the_wall_in_a_night_of_clock_change():
    berlin = type(CALENDAR)(ZoneInfo("Europe/Berlin"), {}, "none")
    first, last_ = (datetime(2026, 3, 29, hour, tzinfo=berlin.zone) for hour in (1, 4))  # two hours
    act = AcceptedAct(ActKind.PAUSE, first, 1, until=last_)
    basis = Basis(parse_rule("5 hours"), datetime(2026, 3, 29, 0, tzinfo=berlin.zone))
    found = counted(basis, [act], berlin, OFFICE)
    assert (
        due(found) == "2026-03-29T08:00"
    )  # 05:00 of summer time is six hours after midnight, and two more: 08:00
