"""How a deadline stands, from its row and the time."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from alertd.core.measures import Bound, Count, expected
from alertd.core.model import State
from alertd.core.standing import near_until, standing_of
from tests.unit.core.shipped_calendar import CALENDAR, at, day


def row(**changes: Any) -> Any:
    """A report due on Wednesday 30 December."""
    values = {
        "state": "open",
        "start": at("2026-01-01"),
        "opens_at": at("2026-01-01"),
        "earliest": None,
        "due": at("2026-12-31"),
        "last_day": day("2026-12-30"),
        "by_the_hour": False,
    }
    return SimpleNamespace(**{**values, **changes})


def standing(found: Any, now: str, minimum: float | None = None, total: float | None = None) -> str | None:
    if minimum is None:
        return standing_of(found, at(now), CALENDAR)
    pace = expected(minimum, found.opens_at, found.due, at(now))
    return standing_of(found, at(now), CALENDAR, Count(total, Bound(minimum), pace))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-01", "on-track"),
        ("2026-12-24T23:59", "on-track"),
        ("2026-12-25", "near"),  # three working days before: 25, 28, 29 December
        ("2026-12-30T23:59", "near"),
        ("2026-12-31", "near"),  # 24:00 of the last day is still in time
        ("2026-12-31T00:01", "overdue"),
    ],
)
def test_a_day_clock_turns_yellow_three_working_days_before_its_last_day(now: str, expected: str) -> None:
    assert standing(row(), now) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-10-01T02:00", "on-track"),
        ("2026-10-01T04:29", "on-track"),
        ("2026-10-01T04:30", "near"),
        ("2026-10-01T07:00", "near"),
        ("2026-10-01T07:01", "overdue"),
    ],
)
def test_an_hour_clock_turns_yellow_half_way(now: str, expected: str) -> None:
    start, due = at("2026-10-01T02:00"), at("2026-10-01T07:00")
    clock = row(start=start, opens_at=start, due=due, last_day=None, by_the_hour=True)
    assert standing(clock, now) == expected


@pytest.mark.parametrize(
    ("minutes", "left", "expected"),
    [
        (10, 10, "near"),  # nothing is green with ten minutes left
        (10, 9, "near"),
        (30, 30, "near"),
        (40, 40, "on-track"),
        (40, 30, "near"),  # and not only when half of it is over
        (60, 31, "on-track"),
        (60, 30, "near"),
        (300, 151, "on-track"),
        (300, 150, "near"),
    ],
)
def test_a_short_hour_clock_is_yellow_half_an_hour_before_its_limit(
    minutes: int, left: int, expected: str
) -> None:
    due = at("2026-10-01T08:00")
    start = due - timedelta(minutes=minutes)
    clock = row(start=start, opens_at=start, due=due, last_day=None, by_the_hour=True)
    assert standing_of(clock, due - timedelta(minutes=left), CALENDAR) == expected


@pytest.mark.parametrize("days", [1, 2, 3])
def test_a_limit_of_three_working_days_or_fewer_is_yellow_from_its_start(days: int) -> None:
    start = at("2026-11-02T10:00")  # a Monday
    last = CALENDAR.next_workday(day("2026-11-02"), days)
    clock = row(start=start, opens_at=start, due=CALENDAR.midnight_after(last), last_day=last)
    assert standing_of(clock, start, CALENDAR) == "near"


def test_before_its_earliest_day_a_window_is_early() -> None:
    window = row(earliest=at("2026-06-01"))
    assert standing(window, "2026-05-31T23:59") == "early"
    assert standing(window, "2026-06-01") == "on-track"
    assert standing(row(earliest=at("2026-12-30")), "2026-12-29") == "near"


def test_a_minimum_duration_is_never_near_nor_late() -> None:
    consultation = row(due=None, last_day=None, earliest=at("2026-06-01"))
    assert standing(consultation, "2026-05-01") == "early"
    assert standing(consultation, "2030-01-01") == "on-track"


@pytest.mark.parametrize(
    ("total", "now", "expected"),
    [
        (None, "2026-06-01", "no-figures"),
        (0.0, "2026-06-01", "behind"),
        (10.0, "2026-06-01", "behind"),
        (20.0, "2026-06-01", "on-track"),
        (39.0, "2026-12-31T00:01", "overdue"),
        (None, "2026-12-31T00:01", "overdue"),
    ],
)
def test_a_quota_stands_by_its_pace(total: float | None, now: str, expected: str) -> None:
    assert standing(row(), now, 40, total) == expected


def test_a_ratio_of_nothing_is_not_applicable_even_when_late() -> None:
    nothing = Count(None, Bound(95), 95, applies=False)
    assert standing_of(row(), at("2027-06-01"), CALENDAR, nothing) == "not-applicable"


def test_what_has_not_opened_is_on_track_whatever_the_figures() -> None:
    assert standing(row(state="scheduled", opens_at=at("2027-01-01")), "2026-12-01", 40, None) == "on-track"
    # Its first day has come, and nobody has opened it yet.
    assert standing(row(state="scheduled", opens_at=at("2026-01-01")), "2026-12-01", 40, None) == "no-figures"
    assert standing(row(opens_at=at("2026-12-30")), "2026-12-29") == "on-track"


@pytest.mark.parametrize("state", State)
def test_only_what_is_still_owed_has_a_standing(state: State) -> None:
    owed = {"scheduled", "open", "suspended", "returned"}
    assert (standing(row(state=str(state)), "2027-06-01") is not None) == (state in owed)


@pytest.mark.parametrize("month", range(1, 13))
def test_what_is_near_is_known_by_its_last_day_alone(month: int) -> None:
    for of_month in (1, 9, 17, 25, 28):
        now = at(f"2026-{month:02}-{of_month:02}T12:00")
        last = near_until(now, CALENDAR)
        for days in range(-3, 20):
            found = row(last_day=CALENDAR.local_date(now) + timedelta(days=days), due=at("2027-12-31"))
            assert (standing_of(found, now, CALENDAR) == "near") is (found.last_day <= last)
