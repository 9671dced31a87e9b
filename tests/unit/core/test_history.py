"""What acts other than a pause do to the limits of a clock.

The days were counted by hand, on the shipped calendar. In November 2026 the 13th, 20th and 27th are Fridays,
and no day is off but the weekends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from alertd.core.history import AcceptedAct, ActKind, Counted, chosen_start
from alertd.core.text_error import TextError
from alertd.core.timing import Duration, Extension, TimeUnit
from tests.unit.core.acts import (
    FIFTEEN,
    START,
    STATED,
    closed,
    due,
    grant,
    history,
    last,
    on_record,
    pause,
    restart,
    returned,
    trace,
    why,
)
from tests.unit.core.shipped_calendar import at, day

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


def test_stated_limits_hold_whatever_came_before_and_no_correction_moves_them():
    acts = (
        pause("2026-11-14", "2026-11-16"),
        grant("2026-11-17", day("2026-12-31")),
        on_record("2026-11-18", STATED),
    )
    for start in ("2026-11-01", START, "2026-11-17"):
        found = history(FIFTEEN, start, *acts)
        assert replace(found.limits, trace=()) == STATED
        assert trace(found) == [("2026-12-06T00:00", "due", "as-recorded")]


def test_what_comes_after_stated_limits_applies_on_top():
    # a Saturday on record; a day more is Sunday, which the rule rolls to Monday
    moved = history(FIFTEEN, START, on_record("2026-11-18", STATED), pause("2026-11-20", "2026-11-21"))
    assert (last(moved), moved.limits.start) == ("2026-12-07", STATED.start)
    granted = history(FIFTEEN, START, on_record("2026-11-18", STATED), grant("2026-11-20", day("2026-12-08")))
    assert last(granted) == "2026-12-08"
    anew = history("15 days", START, on_record("2026-11-18", STATED), restart("2026-11-20"))
    assert (anew.limits.start, last(anew)) == (at("2026-11-20"), "2026-12-05")


def test_a_case_may_close_after_its_row_was_put_on_record():
    open_still = replace(STATED, due=None, last_day=None, office_due=None)
    found = history(
        "while the case is open", START, on_record("2026-11-18", open_still), closed("2026-11-30")
    )
    assert (due(found), found.limits.start) == ("2026-11-30T00:00", STATED.start)


def test_a_pause_that_stood_when_limits_were_stated_counts_whole():
    found = history("15 days", START, pause("2026-11-16", "2026-11-20"), on_record("2026-11-18", STATED))
    assert last(found) == "2026-12-09"
    assert history("15 days", START, pause("2026-11-16"), on_record("2026-11-18", STATED)).paused


def test_stated_limits_that_were_estimated_stay_so():
    guess = replace(STATED, provisional=True)
    assert history("15 days", START, on_record("2026-11-18", guess)).limits.provisional
    moved = history("15 days", START, on_record("2026-11-18", guess), pause("2026-11-20", "2026-11-21"))
    assert moved.limits.provisional


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
