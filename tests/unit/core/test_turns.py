"""Turns of a recurring rule follow one another without gap, overlap or drift."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.limits import limits_after
from alertd.core.rules import parse_rule
from alertd.core.timing import Rule
from alertd.core.turns import turn_due, turn_due_after, turn_limits
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, ZONE, at, day

RULES = st.builds(
    lambda amount, unit: parse_rule(f"every {amount} {unit} while open"),
    st.integers(1, 40),
    st.sampled_from(["minutes", "hours", "days", "working days", "weeks", "months"]),
)
TIMED = st.builds(
    lambda days, times: parse_rule(f"{days} at {' and '.join(times)} while open"),
    st.sampled_from(["daily", "every working day"]),
    st.sampled_from(
        [["08:00", "17:00"], ["00:10"], ["12:00", "24:00"], ["09:00", "17:30", "close of business"]]
    ),
)
STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001
    lambda start: start.replace(tzinfo=ZONE)
)
NUMBERS = st.integers(1, 60)


def dues(text: str, start: str, count: int) -> list[str]:
    rule = parse_rule(text)
    found = [turn_limits(rule, at(start), number, CALENDAR, OFFICE).due for number in range(1, count + 1)]
    return [due.isoformat()[:16] for due in found if due is not None]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        (
            "every 12 hours while open",
            "2026-10-01T02:10",
            ["2026-10-01T14:10", "2026-10-02T02:10", "2026-10-02T14:10"],
        ),
        # the first day is not counted once, and not again for each turn
        ("every day while open", "2026-10-01T09:00", ["2026-10-03T00:00", "2026-10-04T00:00"]),
        # a make-up Saturday is worked; National Day is not
        ("every 2 working days while open", "2026-09-28T10:00", ["2026-10-01T00:00", "2026-10-10T00:00"]),
        # counted from the first start: the end of a short month does not shorten those after it
        (
            "every month while open",
            "2026-01-31T09:00",
            ["2026-03-01T00:00", "2026-04-01T00:00", "2026-05-01T00:00"],
        ),
    ],
)
def test_turns_keep_their_rhythm(rule: str, start: str, expected: list[str]) -> None:
    assert dues(rule, start, len(expected)) == expected


def test_a_turn_is_asked_for_at_close_of_business() -> None:
    second = turn_limits(
        parse_rule("every 2 working days while open"), at("2026-09-28T10:00"), 2, CALENDAR, OFFICE
    )
    assert (second.last_day, second.opens_at) == (day("2026-10-09"), at("2026-10-01"))
    assert second.office_due == at("2026-10-09T17:30")
    assert {line.what for line in second.trace} >= {"start", "count", "skip", "last-day", "due"}


@given(rule=st.one_of(RULES, TIMED), start=STARTS, number=NUMBERS)
def test_the_next_turn_begins_when_the_one_before_falls_due(rule: Rule, start: datetime, number: int) -> None:
    one = turn_limits(rule, start, number, CALENDAR, OFFICE)
    following = turn_limits(rule, start, number + 1, CALENDAR, OFFICE)
    assert one.due is not None
    assert following.due is not None
    assert following.start == following.opens_at == one.due < following.due
    assert one.opens_at < one.due
    assert one.due == turn_due(rule, start, number, CALENDAR, OFFICE)


@given(rule=RULES, start=STARTS)
def test_the_first_turn_is_what_so_long_after_the_start_would_be(rule: Rule, start: datetime) -> None:
    assert rule.maximum is not None
    once = parse_rule(f"{rule.maximum.amount} {rule.maximum.unit.value.replace('-', ' ')}s")
    first, plain = limits_after(rule, start, CALENDAR, OFFICE), limits_after(once, start, CALENDAR, OFFICE)
    assert (first.start, first.due, first.last_day, first.office_due, first.provisional) == (
        plain.start, plain.due, plain.last_day, plain.office_due, plain.provisional,
    )  # fmt: skip


@given(rule=st.one_of(RULES, TIMED), start=STARTS, ahead=st.integers(-(10**6), 10**8))
def test_the_turn_that_runs_at_an_instant_is_found(rule: Rule, start: datetime, ahead: int) -> None:
    instant = start + timedelta(seconds=ahead)
    number = turn_due_after(rule, start, instant, CALENDAR, OFFICE)
    assert turn_due(rule, start, number, CALENDAR, OFFICE) > instant
    assert number == 1 or turn_due(rule, start, number - 1, CALENDAR, OFFICE) <= instant


@pytest.mark.parametrize(("rule", "number"), [("12 hours", 1), ("every 12 hours while open", 0)])
def test_there_is_no_turn_of_what_does_not_recur(rule: str, number: int) -> None:
    with pytest.raises(ValueError, match="no turn"):
        turn_limits(parse_rule(rule), at("2026-10-01"), number, CALENDAR, OFFICE)


def test_what_lasts_as_long_as_its_case_has_no_bound_yet() -> None:
    found = limits_after(parse_rule("while the case is open"), at("2026-10-01T09:00"), CALENDAR, OFFICE)
    assert (found.earliest, found.due, found.last_day) == (None, None, None)
    assert found.start == at("2026-10-01T09:00")
