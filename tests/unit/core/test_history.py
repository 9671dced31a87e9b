"""What each act does to the limits of a clock. The days were counted by hand, on the shipped calendar.

November 2026: the 13th, 20th and 27th are Fridays, and no day off but the weekends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from alertd.core.history import AcceptedAct, ActKind, Basis, Counted, chosen_start, counted
from alertd.core.rules import parse_rule
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Extension, Limits, TimeUnit
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at, day

FIFTEEN = "15 days roll forward"
START = "2026-11-13T10:00"


def history(rule: str, start: str, *acts: AcceptedAct, extension: Extension | None = None, **more) -> Counted:
    basis = Basis(parse_rule(rule), at(start), **more)
    return counted(basis, acts, CALENDAR, OFFICE, extension or Extension())


def pause(first: str, last: str | None = None, entered: int = 1) -> AcceptedAct:
    return AcceptedAct(ActKind.PAUSE, at(first), entered, until=at(last) if last else None)


def restart(instant: str, entered: int = 2) -> AcceptedAct:
    return AcceptedAct(ActKind.RESTART, at(instant), entered)


def grant(instant: str, end: date | datetime, entered: int = 3) -> AcceptedAct:
    return AcceptedAct(ActKind.GRANT, at(instant), entered, end=end, by="han", reason="a storm")


def returned(instant: str, end: date | datetime | None, entered: int = 4) -> AcceptedAct:
    return AcceptedAct(ActKind.RETURN, at(instant), entered, end=end, by="gao")


def last(found: Counted) -> str | None:
    return found.limits.last_day.isoformat() if found.limits.last_day else None


def due(found: Counted) -> str | None:
    return found.limits.due.isoformat()[:16] if found.limits.due else None


def trace(found: Counted) -> list[tuple[str, str, str]]:
    return [(line.at.isoformat()[:16], line.what, line.why) for line in found.limits.trace]


def why(found: Counted) -> list[str]:
    return [code for _, code in found.ineffective]


# ---------------------------------------------------------------- pauses


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
    from zoneinfo import ZoneInfo

    berlin = type(CALENDAR)(ZoneInfo("Europe/Berlin"), {}, "none")
    first, last_ = (datetime(2026, 3, 29, hour, tzinfo=berlin.zone) for hour in (1, 4))  # two hours
    act = AcceptedAct(ActKind.PAUSE, first, 1, until=last_)
    basis = Basis(parse_rule("5 hours"), datetime(2026, 3, 29, 0, tzinfo=berlin.zone))
    found = counted(basis, [act], berlin, OFFICE)
    assert (
        due(found) == "2026-03-29T08:00"
    )  # 05:00 of summer time is six hours after midnight, and two more: 08:00


# ---------------------------------------------------------------- anew


def test_a_restart_counts_by_the_same_rule_from_its_instant_and_ends_what_came_before():
    acts = (
        pause("2026-11-16", "2026-11-18"),
        grant("2026-11-18T12:00", day("2026-12-31")),
        restart("2026-11-23T09:00", 5),
    )
    found = history("15 days", START, *acts)
    assert (found.limits.start, found.limits.opens_at) == (at("2026-11-23T09:00"), at("2026-11-23T09:00"))
    assert (last(found), found.ineffective, found.beyond) == ("2026-12-08", (), ())
    assert last(history("15 days", START, *acts, pause("2026-11-24", "2026-11-25", 6))) == "2026-12-09"


def test_a_restart_ends_a_pause_and_bites_after_the_limit_too():
    found = history("15 days", START, pause("2026-11-20"), restart("2026-12-10T09:00"))
    assert (last(found), found.paused) == ("2026-12-25", False)


def test_a_restart_before_the_corrected_start_does_not_bite():
    found = history("15 days", "2026-11-24", restart("2026-11-23T09:00"))
    assert (found.limits, why(found)) == (found.base, ["outside-clock"])
    assert why(history("15 days", "2026-11-23T09:00", restart("2026-11-23T09:00"))) == []


@pytest.mark.parametrize(
    "rule", ["3 working days before", "yearly by 12-30", "every 2 days while open", "while the case is open"]
)
def test_what_no_start_moves_does_not_run_anew(rule):
    found = history(rule, START, restart("2026-11-23T09:00"))
    assert (found.limits, why(found)) == (found.base, ["cannot-restart"])


# ---------------------------------------------------------------- named days


@pytest.mark.parametrize("named", [grant, returned])
def test_a_named_day_stands_as_that_day(named):
    found = history(FIFTEEN, START, named("2026-11-25", day("2026-12-05")))  # a Saturday
    assert (last(found), due(found)) == ("2026-12-05", "2026-12-06T00:00")
    assert found.limits.office_due == at("2026-12-04T17:30")


@pytest.mark.parametrize("named", [grant, returned])
def test_the_later_of_the_named_day_and_the_count_without_it_rules(named):
    act = named("2026-11-25", day("2026-12-05"))
    corrected = history("15 days", "2026-11-23T10:00", act)
    assert (last(corrected), why(corrected)) == ("2026-12-08", ["not-later"])
    assert "extended-until" not in [line[2] for line in trace(corrected)]


def test_a_correction_of_the_start_leaves_the_named_day():
    act = grant("2026-11-25", day("2026-12-05"))
    for start in ("2026-11-10", "2026-11-13", "2026-11-20"):
        assert last(history("15 days", start, act)) == "2026-12-05"


def test_a_pause_after_a_grant_moves_the_granted_day_and_one_before_it_does_not():
    granted = grant("2026-11-19", day("2026-12-10"))
    assert last(history("15 days", START, granted, pause("2026-11-20", "2026-11-22"))) == "2026-12-12"
    assert last(history("15 days", START, granted, pause("2026-11-16", "2026-11-18"))) == "2026-12-10"
    # begun before the grant and over after it: whoever granted knew that it stood still
    assert last(history("15 days", START, granted, pause("2026-11-18", "2026-11-22"))) == "2026-12-10"


def test_acts_of_one_instant_apply_in_the_order_of_their_entry():
    stop, granted = pause("2026-11-19", "2026-11-21"), grant("2026-11-19", day("2026-12-10"))
    assert last(history("15 days", START, stop, granted)) == "2026-12-10"
    first = replace(granted, entered=0)
    assert last(history("15 days", START, stop, first)) == "2026-12-12"


def test_a_granted_day_that_moved_rolls_as_the_rule_says_and_not_otherwise():
    acts = (grant("2026-11-19", day("2026-12-10")), pause("2026-11-20", "2026-11-22"))  # Thursday to Saturday
    assert last(history("15 days", START, *acts)) == "2026-12-12"
    assert last(history(FIFTEEN, START, *acts)) == "2026-12-14"
    assert last(history("15 days roll back", START, *acts)) == "2026-12-11"
    # granted until a Saturday, one day more is Sunday; back to Friday would be before what was granted
    acts = (grant("2026-11-19", day("2026-12-05")), pause("2026-11-20", "2026-11-21"))
    assert last(history("15 days roll back", START, *acts)) == "2026-12-06"


def test_a_granted_instant_moves_by_the_hours_that_stood_still():
    acts = (
        grant("2026-10-01T03:00", at("2026-10-01T12:00")),
        pause("2026-10-01T04:00", "2026-10-01T04:30"),
    )
    assert due(history("5 hours", "2026-10-01T02:10", *acts)) == "2026-10-01T12:30"


def test_the_last_of_two_grants_rules_where_it_is_later():
    first, second = grant("2026-11-19", day("2026-12-05")), grant("2026-11-20", day("2026-12-10"), 6)
    assert last(history("15 days", START, first, second)) == "2026-12-10"
    swapped = history("15 days", START, replace(first, end=second.end), replace(second, end=first.end))
    assert (last(swapped), why(swapped)) == ("2026-12-10", ["not-later"])


def test_a_return_without_a_day_leaves_the_limit():
    found = history("15 days", START, returned("2026-11-25", None))
    assert (found.limits, found.ineffective) == (found.base, ())


def test_a_return_gives_a_limit_to_a_clock_that_had_none():
    found = history("at least 5 working days", "2026-11-09T10:00", returned("2026-11-20", day("2026-11-27")))
    assert (found.limits.earliest, last(found)) == (at("2026-11-17"), "2026-11-27")


# ---------------------------------------------------------------- how far it may be extended


def bounds(found: Counted) -> list[tuple[int, str, str | None]]:
    return [
        (act.entered, name, until.isoformat()[:10] if until else None) for act, name, until in found.beyond
    ]


def test_a_grant_past_what_is_allowed_stands_and_is_named():
    allowed = Extension(Duration(7, TimeUnit.DAY), None, Duration(1, TimeUnit.MONTH))
    # 28 November and seven days is 5 December; a month after 13 November is 13 December: both end at 24:00
    found = history("15 days", START, grant("2026-11-19", day("2026-12-14")), extension=allowed)
    assert last(found) == "2026-12-14"
    assert bounds(found) == [(3, "most", "2026-12-06"), (3, "limit", "2026-12-14")]
    within = history("15 days", START, grant("2026-11-19", day("2026-12-05")), extension=allowed)
    assert within.beyond == ()


def test_a_correction_of_the_start_can_put_a_grant_past_its_bounds():
    allowed = Extension(Duration(7, TimeUnit.DAY))
    found = history("15 days", "2026-11-12", grant("2026-11-19", day("2026-12-05")), extension=allowed)
    assert (last(found), bounds(found)) == ("2026-12-05", [(3, "most", "2026-12-05")])


def test_most_is_measured_from_the_limit_without_any_grant_and_a_pause_moves_it():
    allowed = Extension(Duration(7, TimeUnit.DAY))
    both = grant("2026-11-19", day("2026-12-05")), grant("2026-11-20", day("2026-12-06"), 6)
    assert bounds(history("15 days", START, *both, extension=allowed)) == [(6, "most", "2026-12-06")]
    paused = history("15 days", START, pause("2026-11-16", "2026-11-17"), *both, extension=allowed)
    assert paused.beyond == ()


def test_too_many_grants_are_named_and_a_return_with_a_day_or_a_restart_begins_anew():
    once = Extension(times=1)
    both = grant("2026-11-19", day("2026-12-05")), grant("2026-11-23", day("2026-12-10"), 6)
    assert bounds(history("15 days", START, *both, extension=once)) == [(6, "times", None)]
    between = returned("2026-11-20", day("2026-12-07"))
    assert history("15 days", START, *both, between, extension=once).beyond == ()
    anew = restart("2026-11-20")
    assert history("5 days", START, *both, anew, extension=once).beyond == ()
    assert bounds(history("15 days", START, both[0], extension=Extension(times=0))) == [(3, "times", None)]


def test_of_a_clock_without_a_limit_of_its_own_only_the_other_bounds_are_measured():
    allowed = Extension(Duration(1, TimeUnit.DAY), None, Duration(1, TimeUnit.MONTH))
    found = history("at least 5 days", START, grant("2026-11-19", day("2026-12-14")), extension=allowed)
    assert bounds(found) == [(3, "limit", "2026-12-14")]


# ---------------------------------------------------------------- with a case, and on record


def closed(instant: str, entered: int = 7) -> AcceptedAct:
    return AcceptedAct(ActKind.CLOSED_CASE, at(instant), entered)


def test_what_lasts_as_long_as_its_case_is_due_when_that_closes():
    found = history("while the case is open", START, pause("2026-11-14"), closed("2026-11-30T16:00"))
    assert (due(found), last(found), found.paused) == ("2026-11-30T16:00", None, False)
    assert found.limits.office_due == found.limits.due
    assert found.base.due is None
    again = history(
        "while the case is open", START, closed("2026-11-30T16:00"), closed("2026-12-02T09:00", 8)
    )
    assert due(again) == "2026-12-02T09:00"
    sent = returned("2026-12-01", day("2026-12-04"), 8)
    assert last(history("while the case is open", START, closed("2026-11-30T16:00"), sent)) == "2026-12-04"


def test_no_case_ends_another_rule():
    found = history("15 days", START, closed("2026-11-20"))
    assert (found.limits, why(found)) == (found.base, ["not-while-open"])


STATED = Limits(
    at("2026-11-12T08:00"),
    at("2026-11-12T08:00"),
    None,
    at("2026-12-06"),
    day("2026-12-05"),
    at("2026-12-04T17:30"),
    False,
    (),
)


def on_record(instant: str, limits: Limits = STATED) -> AcceptedAct:
    return AcceptedAct(ActKind.STATED, at(instant), 9, limits=limits)


def test_stated_limits_hold_whatever_came_before_and_no_correction_moves_them():
    acts = (
        pause("2026-11-14", "2026-11-16"),
        grant("2026-11-17", day("2026-12-31")),
        on_record("2026-11-18"),
    )
    for start in ("2026-11-01", START, "2026-11-17"):
        found = history(FIFTEEN, start, *acts)
        assert replace(found.limits, trace=()) == STATED
        assert trace(found) == [("2026-12-06T00:00", "due", "as-recorded")]


def test_what_comes_after_stated_limits_applies_on_top():
    # a Saturday on record; a day more is Sunday, which the rule rolls to Monday
    moved = history(FIFTEEN, START, on_record("2026-11-18"), pause("2026-11-20", "2026-11-21"))
    assert (last(moved), moved.limits.start) == ("2026-12-07", STATED.start)
    assert last(history(FIFTEEN, START, on_record("2026-11-18"), grant("2026-11-20", day("2026-12-08")))) == (
        "2026-12-08"
    )
    anew = history("15 days", START, on_record("2026-11-18"), restart("2026-11-20"))
    assert (anew.limits.start, last(anew)) == (at("2026-11-20"), "2026-12-05")


def test_a_case_may_close_after_its_row_was_put_on_record():
    open_still = replace(STATED, due=None, last_day=None, office_due=None)
    found = history(
        "while the case is open", START, on_record("2026-11-18", open_still), closed("2026-11-30")
    )
    assert (due(found), found.limits.start) == ("2026-11-30T00:00", STATED.start)


def test_a_pause_that_stood_when_limits_were_stated_counts_whole():
    found = history("15 days", START, pause("2026-11-16", "2026-11-20"), on_record("2026-11-18"))
    assert last(found) == "2026-12-09"
    assert history("15 days", START, pause("2026-11-16"), on_record("2026-11-18")).paused


def test_stated_limits_that_were_estimated_stay_so():
    guess = replace(STATED, provisional=True)
    assert history("15 days", START, on_record("2026-11-18", guess)).limits.provisional
    moved = history("15 days", START, on_record("2026-11-18", guess), pause("2026-11-20", "2026-11-21"))
    assert moved.limits.provisional


# ---------------------------------------------------------------- estimated, open, and why


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


# ---------------------------------------------------------------- starts, and what cannot be counted


def test_the_preferred_start_that_is_given_is_chosen_and_the_missing_one_named():
    received, issued = at("2026-11-13"), at("2026-11-12")
    assert chosen_start(["received", "issued"], {"issued": issued, "received": received}) == (received, "")
    assert chosen_start(["received", "issued"], {"issued": issued}) == (issued, "received")
    with pytest.raises(ValueError, match="received"):
        chosen_start(["received"], {"issued": issued})


def test_a_calendar_rule_counts_the_period_it_is_about_or_the_next_one_due():
    rule = "yearly by 01-30 of the next year"
    assert last(history(rule, START, occurrence="2025")) == "2026-01-30"
    assert last(history(rule, START)) == "2027-01-30"


def test_what_cannot_be_counted_is_said():
    with pytest.raises(TextError) as caught:
        history("as stated", START)
    assert caught.value.code == "stated-missing"
    with pytest.raises(TextError):
        history("15 days", START, restart("2926-01-01"))
    with pytest.raises(ValueError, match="time zone"):
        AcceptedAct(ActKind.PAUSE, datetime(2026, 1, 1), 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="limits"):
        AcceptedAct(ActKind.STATED, at(START), 1)
