"""Ratios, checkpoints, joiners: what is owed, and when nothing can be said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.measures import Bound, Count, Fraction, exceeded, out_of_reach, prorata, reached_checkpoint
from alertd.core.model import Checkpoint, RosterMember, Stint
from alertd.core.roster import joined, stint_on, unit_on
from tests.unit.core.shipped_calendar import day

FIRST, LAST = day("2026-01-01"), day("2026-12-31")
DAYS = st.dates(date(2025, 6, 1), date(2027, 6, 1))
POINTS = (Checkpoint(6, 30, 20), Checkpoint(9, 30, 30))


def test_nothing_of_nothing_is_no_percentage_and_owes_nothing() -> None:
    assert Fraction(0, 0).percent is None
    assert Count(None, Bound(95), 95, applies=False).met
    assert not Count(None, Bound(95), 95).met
    assert Fraction(19, 20).percent == 95
    assert Count(95, Bound(95), 0).met


@pytest.mark.parametrize(
    ("today", "owed"),
    [("2026-06-30", 0), ("2026-07-01", 20), ("2026-09-30", 20), ("2026-10-01", 30), ("2027-03-01", 30)],
)
def test_a_checkpoint_is_owed_once_its_day_is_over(today: str, owed: float) -> None:
    assert reached_checkpoint(POINTS, FIRST, LAST, day(today)) == owed


def test_the_leap_day_is_the_end_of_february_in_other_years() -> None:
    points = (Checkpoint(2, 29, 5),)
    assert reached_checkpoint(points, FIRST, LAST, day("2026-02-28")) == 0
    assert reached_checkpoint(points, FIRST, LAST, day("2026-03-01")) == 5


@pytest.mark.parametrize(
    ("since", "owed"),
    [("2020-01-01", 40), ("2026-01-01", 40), ("2026-07-02", 20.5), ("2026-12-31", 0.5), ("2027-01-01", 0)],
)
def test_joiners_owe_their_share_rounded_up_to_a_half(since: str, owed: float) -> None:
    assert prorata(40, FIRST, LAST, day(since)) == owed


@given(since=DAYS, later=st.integers(0, 300), minimum=st.integers(1, 500))
def test_who_joins_later_never_owes_more(since: date, later: int, minimum: int) -> None:
    earlier = prorata(minimum, FIRST, LAST, since)
    assert 0 <= prorata(minimum, FIRST, LAST, since + timedelta(later)) <= earlier <= minimum
    assert (earlier * 2).is_integer()


def test_only_a_rate_of_all_is_out_of_reach_after_one() -> None:
    assert out_of_reach(1, 100)
    assert not out_of_reach(1, 95)
    assert not out_of_reach(0, 100)


def test_more_than_the_maximum_is_noticed_and_the_maximum_is_not() -> None:
    assert exceeded(3, 2)
    assert not exceeded(2, 2)
    assert not exceeded(None, 2)
    assert not exceeded(9, None)


MOVED = RosterMember(
    "n1", "甲", "b", stints=(Stint("a", None, day("2026-08-31")), Stint("b", day("2026-09-01"), None))
)


@pytest.mark.parametrize(("today", "unit"), [("2026-08-31", "a"), ("2026-09-01", "b")])
def test_somebody_who_moved_is_counted_where_they_are_on_the_day(today: str, unit: str) -> None:
    assert unit_on(MOVED, day(today)) == unit
    assert joined(MOVED) is None


@given(today=DAYS)
def test_nobody_is_counted_in_two_units(today: date) -> None:
    found = stint_on(MOVED, today)
    assert found is not None
    assert found.unit == unit_on(MOVED, today)


def test_who_left_keeps_the_unit_they_were_last_in() -> None:
    gone = RosterMember("n2", "乙", "a", day("2026-02-01"), day("2026-03-01"))
    assert stint_on(gone, day("2026-03-02")) is None
    assert unit_on(gone, day("2026-03-02")) == "a"
    assert unit_on(gone, day("2026-01-31")) == "a"
