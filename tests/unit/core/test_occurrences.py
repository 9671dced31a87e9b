"""The occurrences of calendar rules: none is skipped, none comes twice."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.occurrences import is_named, limits_of, occurrences_due_after
from alertd.core.periods import following, occurrence_at, occurrence_labelled, span_before
from alertd.core.rules import parse_rule
from alertd.core.timing import LAST_DAY, Period, PeriodDay, Roll, Rule, RuleKind
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at, day


def next_due(rule, instant, count):
    return occurrences_due_after(rule, instant, CALENDAR, OFFICE, count)


def due_after(rule, instant, count=2):
    found = next_due(parse_rule(rule), at(instant), count)
    return [(occurrence.label, limits.last_day.isoformat()) for occurrence, limits in found]


@pytest.mark.parametrize(
    ("rule", "instant", "expected"),
    [
        ("yearly by 12-30", "2026-11-22", [("2026", "2026-12-30"), ("2027", "2027-12-30")]),
        ("yearly by 12-30", "2026-12-30T23:59", [("2026", "2026-12-30"), ("2027", "2027-12-30")]),
        ("yearly by 12-30", "2026-12-31T00:00", [("2027", "2027-12-30"), ("2028", "2028-12-30")]),
        (
            "yearly by 01-30 of the next year",
            "2026-01-15",
            [("2025", "2026-01-30"), ("2026", "2027-01-30")],
        ),
        (
            "quarterly by day 10 of the next month",
            "2026-11-22",
            [("2026-q4", "2027-01-10"), ("2027-q1", "2027-04-10")],
        ),
        ("quarterly by last day", "2026-11-22", [("2026-q4", "2026-12-31"), ("2027-q1", "2027-03-31")]),
        ("quarterly by day 25", "2026-11-22", [("2026-q4", "2026-12-25"), ("2027-q1", "2027-03-25")]),
        (
            "monthly by day 5 of the next month",
            "2026-12-03",
            [("2026-11", "2026-12-05"), ("2026-12", "2027-01-05")],
        ),
        ("monthly by day 31", "2027-01-31T12:00", [("2027-01", "2027-01-31"), ("2027-02", "2027-02-28")]),
        (
            "yearly by 12-31 of the next year roll forward",
            "2023-01-02",
            [("2021", "2023-01-03"), ("2022", "2024-01-02")],
        ),
        # rolling moves an end over the border of its period
        (
            "monthly by last day roll forward",
            "2026-11-01",
            [("2026-10", "2026-11-02"), ("2026-11", "2026-11-30")],
        ),
        ("yearly by 01-01 roll back", "2026-12-31T12:00", [("2027", "2026-12-31"), ("2028", "2027-12-31")]),
    ],
)
def test_the_next_occurrences_of_a_rule(rule, instant, expected):
    assert due_after(rule, instant) == expected


RULES = st.builds(
    lambda period, month, number, following, roll: Rule(
        "",
        RuleKind.CALENDAR,
        period=period,
        days=(
            PeriodDay(
                month if period is Period.YEAR else None,
                LAST_DAY if period is Period.HALF_MONTH else number if period is not Period.WEEK else None,
                (number - 1) % 7 + 1 if period is Period.WEEK else None,
                following=following and period is not Period.HALF_MONTH,
            ),
        ),
        roll=roll,
    ),
    st.sampled_from(Period),
    st.integers(1, 12),
    st.integers(1, 31),
    st.booleans(),
    st.sampled_from(Roll),
)
INSTANTS = st.datetimes(at("2019-01-01").replace(tzinfo=None), at("2029-01-01").replace(tzinfo=None)).map(
    lambda instant: instant.replace(tzinfo=CALENDAR.zone)
)


@given(RULES, INSTANTS, st.integers(1, 15))
def test_occurrences_ascend_and_leave_none_out(rule, instant, count):
    found = next_due(rule, instant, count)
    assert len(found) == count
    assert all(limits.opens_at < limits.due for _, limits in found)
    before = occurrence_at(rule.period, found[0][0].first_day - timedelta(days=1))
    missed = limits_of(rule, before, CALENDAR, OFFICE).due
    assert missed is not None
    assert missed <= instant < found[0][1].due
    for (one, limits), (other, later) in pairwise(found):
        assert other == following(one, rule.period)
        assert one.label < other.label
        # weeks and days may roll to one day before, or behind, a long holiday
        short = rule.period in (Period.WEEK, Period.DAY)
        assert limits.due <= later.due if short else limits.due < later.due
    assert all(limits == limits_of(rule, occurrence, CALENDAR, OFFICE) for occurrence, limits in found)


@given(st.sampled_from(Period), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_period_holds_its_day_and_is_found_again_by_its_label(period, d):
    occurrence = occurrence_at(period, d)
    assert occurrence.first_day <= d <= occurrence.last_day
    assert occurrence_labelled(occurrence.label) == occurrence
    after = following(occurrence, period)
    assert span_before(after.first_day, after.last_day) == (occurrence.first_day, occurrence.last_day)
    assert after.first_day == occurrence.last_day + timedelta(days=1)


def test_of_several_days_each_starts_when_the_one_before_is_over():
    found = next_due(parse_rule("yearly by 06-25 and 12-25"), at("2026-01-01"), 2)
    assert [limits.start for _, limits in found] == [at("2026-01-01"), at("2026-06-26")]


def test_a_window_starts_with_its_first_day_also_over_the_turn_of_the_year():
    found = next_due(parse_rule("每年11月至次年3月"), at("2026-11-30"), 2)
    assert [limits.start for _, limits in found] == [at("2026-11-01"), at("2027-11-01")]
    assert [limits.opens_at for _, limits in found] == [at("2026-11-01"), at("2027-11-01")]
    assert found[0][1].trace[0].why == "window"


def test_a_label_keeps_its_day_when_the_rule_names_others():
    rule = parse_rule("yearly by 03-31 and 09-30")
    moved = limits_of(rule, occurrence_labelled("2026.06-25"), CALENDAR, OFFICE)
    assert (moved.last_day, moved.start) == (day("2026-06-25"), at("2026-04-01"))
    alone = limits_of(rule, occurrence_labelled("2026"), CALENDAR, OFFICE)
    assert alone.last_day == day("2026-09-30")


@pytest.mark.parametrize(
    ("rule", "named", "others"),
    [
        ("yearly by 12-30", "2026 2031", "2026-h2 2026.12-30 2026-12 case-1"),
        ("yearly by 06-25 and 12-25", "2026.06-25 2027.12-25", "2026 2026.06-30 2026.25"),
        ("by 2026-12-31", "2026", "2027 2026-12"),
        ("every 2 years from 2026 by 12-31", "2026 2028", "2025 2027"),
        ("weekly by tuesday and friday", "2026-w49.d2 2026-w49.d5", "2026-w49 2026-w49.d1"),
        ("monthly in months 5 to 10 by day 28", "2026-05 2027-10", "2026-04 2026"),
        ("every working day by 16:30", "2026-11-30", "2026-11-29 2026-10-01"),
    ],
)
def test_a_rule_names_the_occurrences_it_asks_for_and_no_others(rule, named, others):
    assert all(is_named(parse_rule(rule), label, CALENDAR, OFFICE) for label in named.split())
    assert not any(is_named(parse_rule(rule), label, CALENDAR, OFFICE) for label in others.split())


@given(RULES, INSTANTS)
def test_a_rule_names_what_it_is_due(rule, instant):
    for occurrence, _ in next_due(rule, instant, 5):
        assert is_named(rule, occurrence.label, CALENDAR, OFFICE)


def test_the_year_of_a_plan_must_be_known():
    with pytest.raises(ValueError, match="year of its plan"):
        next_due(parse_rule("今年5月13日前"), at("2026-01-01"), 1)


def test_labels_of_a_day():
    labels = [occurrence_at(period, day("2026-12-30")).label for period in Period]
    assert labels == ["2026", "2026-h2", "2026-q4", "2026-12", "2026-12-h2", "2026-w53", "2026-12-30"]


@pytest.mark.parametrize("label", ["", "26", "2026-q5", "2026-13", "2026-1", "2026-12-32", "2026-w54"])
def test_a_label_that_names_no_period_is_refused(label):
    with pytest.raises(ValueError, match="names no period"):
        occurrence_labelled(label)


def test_only_calendar_rules_have_occurrences():
    with pytest.raises(ValueError, match="no calendar rule"):
        occurrences_due_after(parse_rule("5 days"), at("2026-01-01"), CALENDAR, OFFICE)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_the_days_before_those_of_no_period_are_as_many(first, more):
    last = first + timedelta(days=more)
    before = span_before(first, last)
    assert before[1] == first - timedelta(days=1)
    named = [occurrence_at(period, first) for period in Period]
    if (first, last) not in [(each.first_day, each.last_day) for each in named]:
        assert before[1] - before[0] == last - first
