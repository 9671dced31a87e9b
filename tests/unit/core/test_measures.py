"""Quotas and their pace."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.measures import expected, met, on_pace, within
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
    assert met(total, 40) is enough


@given(st.lists(st.sampled_from([0.1, 0.25, 0.5, 0.7]), min_size=1, max_size=300))
def test_small_entries_add_up_to_a_quota_in_spite_of_decimals(entries: list[float]) -> None:
    wanted = sum(round(entry * 100) for entry in entries) / 100
    assert met(sum(entries), wanted)


def test_no_figures_are_never_on_pace_not_even_on_the_first_day() -> None:
    assert not on_pace(None, 40, FIRST, DUE, FIRST)
    assert on_pace(0.0, 40, FIRST, DUE, FIRST)


@given(now=MOMENTS, total=st.floats(0, 80))
def test_whoever_met_the_quota_is_on_pace_at_any_time(now: datetime, total: float) -> None:
    assert on_pace(total, 40, FIRST, DUE, now) or not met(total, 40)


def test_both_ends_of_a_period_count() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    assert within(first, first, last)
    assert within(last, first, last)
    assert not within(date(2025, 12, 31), first, last)
    assert not within(date(2027, 1, 1), first, last)
