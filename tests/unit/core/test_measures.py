"""Quotas and their pace."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.measures import Bound, Count, Fraction, added_up, expected, on_pace, over_for_good, within
from tests.unit.core.shipped_calendar import ZONE, at

FIRST, DUE = at("2026-01-01"), at("2027-01-01")
MOMENTS = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1)).map(lambda t: t.replace(tzinfo=ZONE))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2025-12-31", 0), ("2026-01-01", 0), ("2026-07-02T12:00", 20), ("2027-01-01", 40), ("2028-01-01", 40)],
)
def test_linear_pace_asks_for_nothing_at_first_and_for_all_of_it_at_the_end(now: str, hours: float) -> None:
    assert expected(40, FIRST, DUE, at(now)) == pytest.approx(hours)


@given(now=MOMENTS, later=st.timedeltas(timedelta(0), timedelta(days=300)), minimum=st.integers(1, 5000))
def test_pace_never_asks_for_less_as_time_goes_by(now: datetime, later: timedelta, minimum: int) -> None:
    before, after = expected(minimum, FIRST, DUE, now), expected(minimum, FIRST, DUE, now + later)
    assert 0 <= before <= after <= minimum


def test_a_period_of_no_length_asks_for_all_of_it() -> None:
    assert expected(40, FIRST, FIRST, FIRST) == 40


@pytest.mark.parametrize(
    ("total", "enough"), [(None, False), (0.0, False), (39.9, False), (40.0, True), (41.0, True)]
)
def test_a_quota_is_met_at_its_minimum(total: float | None, enough: bool) -> None:
    assert Bound(40).kept(total) is enough


@given(st.lists(st.sampled_from([0.1, 0.25, 0.5, 0.7]), min_size=1, max_size=300))
def test_small_entries_add_up_to_a_quota_in_spite_of_decimals(entries: list[float]) -> None:
    wanted = sum(round(entry * 100) for entry in entries) / 100
    assert Bound(wanted).kept(sum(entries))
    assert not Bound(wanted, strict=True).kept(sum(entries))


def test_no_figures_are_never_on_pace_not_even_on_the_first_day() -> None:
    assert not on_pace(None, 40, FIRST, DUE, FIRST)
    assert on_pace(0.0, 40, FIRST, DUE, FIRST)


@given(now=MOMENTS, total=st.floats(0, 80))
def test_whoever_met_the_quota_is_on_pace_at_any_time(now: datetime, total: float) -> None:
    assert on_pace(total, 40, FIRST, DUE, now) or not Bound(40).kept(total)


def test_both_ends_of_a_period_count() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert within(first, first, last)
    assert within(last, first, last)
    assert not within(date(2025, 12, 31), first, last)
    assert not within(date(2027, 1, 1), first, last)


# ---------------------------------------------------------------- at least, at most, and the number itself

KINDS = [(Bound(40), "at-least"), (Bound(40, strict=True), "above")]
KINDS += [(Bound(40, ceiling=True), "at-most"), (Bound(40, ceiling=True, strict=True), "below")]
BOUNDS = st.builds(Bound, st.integers(0, 100).map(float), st.booleans(), st.booleans())


@pytest.mark.parametrize(("bound", "kind"), KINDS)
def test_only_at_least_and_at_most_include_the_number_itself(bound: Bound, kind: str) -> None:
    assert bound.kind == kind
    assert bound.kept(40.0) is (kind in ("at-least", "at-most"))
    assert bound.kept(41.0) is (kind in ("at-least", "above"))
    assert bound.kept(39.0) is (kind in ("at-most", "below"))
    assert not bound.kept(None)


@given(BOUNDS, st.integers(0, 100))
def test_a_number_keeps_a_bound_or_the_strict_opposite_of_it(bound: Bound, number: int) -> None:
    opposite = Bound(bound.value, not bound.ceiling, not bound.strict)
    assert bound.kept(number) is not opposite.kept(number)


@given(BOUNDS, st.one_of(st.none(), st.floats(0, 100)), st.floats(0, 100))
def test_what_is_met_is_on_pace_whatever_pace_asks_for(
    bound: Bound, value: float | None, asked: float
) -> None:
    count = Count(value, bound, min(asked, bound.value))
    assert count.on_pace or not count.met
    assert not bound.ceiling or count.on_pace == count.met


@given(BOUNDS, st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))
def test_a_ceiling_that_is_over_for_good_is_not_kept_by_whatever_comes(
    bound: Bound, found: int, others: int, more: int
) -> None:
    ceiling = Bound(bound.value, True, bound.strict)
    fraction, owing = Fraction(found, found + others), found + others
    if over_for_good(fraction, ceiling, all_known=True):
        assert not ceiling.kept(Fraction(min(owing, found + more), owing).percent)
    if over_for_good(fraction, ceiling, all_known=False):
        assert not ceiling.kept(Fraction(found, owing + more).percent)


def test_nothing_of_nothing_is_over_no_ceiling() -> None:
    assert not over_for_good(None, Bound(0, ceiling=True), all_known=True)
    assert not over_for_good(Fraction(0, 0), Bound(0, ceiling=True), all_known=True)


@given(st.lists(st.one_of(st.none(), st.integers(0, 100).map(float)), max_size=6))
def test_a_sum_has_figures_as_soon_as_one_part_has(totals: list[float | None]) -> None:
    found = added_up(totals)
    assert (found is None) == all(total is None for total in totals)
    assert (found or 0.0) == sum(total or 0.0 for total in totals)
