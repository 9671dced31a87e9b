"""Duties that open nothing: why, and by which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.model import Obligation, Source
from alertd.core.never import Never, opens_nothing
from alertd.core.occurrences import occurrences_due_after
from alertd.core.rules import parse_rule
from alertd.core.validity import overlaps
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at

NOW = at("2026-11-23T09:00")


def duty(rule: str, first: str = "", last: str = "", plan: str = "") -> Obligation:
    return Obligation(
        "report",
        {"en": "Report"},
        Source("§1"),
        "unit:a",
        parse_rule(rule),
        "yearly",
        valid_from=date.fromisoformat(first) if first else None,
        valid_to=date.fromisoformat(last) if last else None,
        plan=plan,
        starts_on=("event.at",) if rule == "5 hours" else (),
    )


def why(*about: str, now: datetime = NOW) -> Never | None:
    return opens_nothing(duty(*about), now, CALENDAR, OFFICE)


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (("by 2026-05-13",), Never("past", date(2026, 5, 13))),
        (("by 2025-12-31",), Never("past", date(2025, 12, 31))),
        (("by 2026-11-23",), None),
        (("by 2026-12-31",), None),
        (("by 2026-12-31", "2027-01-01"), Never("excluded", date(2026, 12, 31))),
        (("yearly by 12-30",), None),
        (("yearly by 12-30", "", "2026-12-31"), None),
        (("yearly by 12-30", "", "2025-12-31"), Never("ended", date(2025, 12, 31))),
        (("yearly by 12-30", "2027-01-01"), None),
        (("monthly in months 5 to 10 by day 28", "2026-11-01", "2026-12-31"), Never("excluded")),
        (("by 2028-12-31", "", "", "2026"), Never("outside-plan", date(2028, 12, 31))),
        (("by 2027-01-31", "", "", "2026"), None),
        (("5 hours", "", "2025-12-31"), None),
    ],
)
def test_why_a_duty_opens_nothing(about: tuple[str, ...], expected: Never | None) -> None:
    assert why(*about) == expected


def test_a_date_is_past_once_its_last_day_is_over() -> None:
    assert why("by 2026-11-22", now=at("2026-11-22T23:59")) is None
    assert why("by 2026-11-22", now=at("2026-11-23T00:00")) == Never("past", date(2026, 11, 22))


@given(
    st.sampled_from(
        ["yearly by 12-30", "quarterly by last day", "monthly by 10", "yearly by 01-31 of the next year"]
    ),
    st.dates(date(2025, 6, 1), date(2027, 6, 1)),
    st.integers(0, 800),
)
def test_what_is_said_to_open_nothing_has_no_period_in_its_validity(
    rule: str, first: date, days: int
) -> None:
    last = first + timedelta(days)
    about = duty(rule, first.isoformat(), last.isoformat())
    coming = occurrences_due_after(
        about.rule, max(NOW, CALENDAR.instant(first, at("2026-01-01").time())), CALENDAR, OFFICE, 40
    )
    opens = any(overlaps(about, each.first_day, each.last_day) for each, _ in coming)
    assert (opens_nothing(about, NOW, CALENDAR, OFFICE) is None) == opens
