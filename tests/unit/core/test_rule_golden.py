"""The golden rules: each text gives the days and limits that were worked out by hand."""

from itertools import pairwise

import pytest

from alertd.core.limits import limits_after
from alertd.core.occurrences import occurrences_due_after
from alertd.core.rules import in_year, parse_rule
from alertd.core.timing import RuleKind
from alertd.core.turns import turn_limits
from tests.unit.core.golden_days import DATED, rows
from tests.unit.core.golden_limits import COUNTED
from tests.unit.core.golden_times import AS_WRITTEN, AT_ONCE, BOUNDED, SAME_DAY, TIMED, TURNS, URGENT
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at


def written(moment):
    return moment.isoformat()[:16] if moment else ""


@pytest.mark.parametrize(("since", "text", "expected"), rows(DATED))
def test_the_days_that_a_plan_names(since, text, expected):
    wanted = [tuple(each.split()) for each in expected.split(", ")]
    rule = in_year(parse_rule(text), 2026)
    found = occurrences_due_after(rule, at(since), CALENDAR, OFFICE, len(wanted))
    assert [(occurrence.label, str(limits.last_day)) for occurrence, limits in found] == wanted
    assert all(limits.due is not None and limits.opens_at < limits.due for _, limits in found)


@pytest.mark.parametrize(("since", "text", "expected"), rows(TIMED))
def test_the_times_that_a_plan_names(since, text, expected):
    wanted = [tuple(each.split()) for each in expected.split(", ")]
    rule = in_year(parse_rule(text), 2026)
    found = occurrences_due_after(rule, at(since), CALENDAR, OFFICE, len(wanted))
    assert [(occurrence.label, written(limits.due)) for occurrence, limits in found] == wanted
    assert all(limits.due is not None and limits.opens_at < limits.due for _, limits in found)
    for (_, one), (_, other) in pairwise(found):
        assert not rule.times or (one.due is not None and one.due <= other.opens_at)


@pytest.mark.parametrize(("start", "text", "expected"), rows(TURNS))
def test_turns_end_with_each_of_their_times(start, text, expected):
    rule = parse_rule(text)
    turns = [turn_limits(rule, at(start), number, CALENDAR, OFFICE) for number in range(1, len(expected) + 1)]
    assert [written(turn.due) for turn in turns] == expected
    assert [turn.opens_at for turn in turns] == [at(start), *(turn.due for turn in turns[:-1])]


@pytest.mark.parametrize(
    ("start", "text", "expected"), rows(COUNTED + SAME_DAY + BOUNDED + AT_ONCE + AS_WRITTEN)
)
def test_the_limits_that_follow_a_start(start, text, expected):
    limits = limits_after(parse_rule(text), at(start), CALENDAR, OFFICE)
    earliest, due = written(limits.earliest), written(limits.due)
    assert (earliest, limits.last_day.isoformat() if limits.last_day else "", due) == expected


@pytest.mark.parametrize(
    ("start", "text", "said"),
    [
        ("2026-12-14", "2個工作日內，最遲12月15日", ["other-date-this-year", "earlier-of-two"]),
        ("2026-12-16", "2個工作日內，最遲12月15日", ["other-date-next-year", "earlier-of-two"]),
        ("2026-12-14", "2個工作日內，最遲2026年12月15日", ["other-date", "earlier-of-two"]),
        ("2026-12-16", "2個工作日內，最遲2026年12月15日", ["other-date-over"]),
        ("2026-12-16", "5個工作日或7日，以較晚者為準", ["later-of-two"]),
    ],
)
def test_the_trace_says_which_of_two_limits_holds_and_how_its_year_was_found(start, text, said):
    trace = limits_after(parse_rule(text), at(start), CALENDAR, OFFICE).trace
    assert [line.why for line in trace if line.why.startswith(("other", "earlier-of", "later-of"))] == said


@pytest.mark.parametrize(("start", "text", "expected"), rows(URGENT))
def test_an_urgent_case_has_a_limit_of_its_own(start, text, expected):
    rule = parse_rule(text)
    plain = limits_after(rule, at(start), CALENDAR, OFFICE)
    urgent = limits_after(rule, at(start), CALENDAR, OFFICE, urgent="the river rises")
    assert (written(plain.due), written(urgent.due)) == expected
    assert [line.why for line in urgent.trace if line.args.get("reason") == "the river rises"] == ["urgent"]
    assert "not-urgent" in [line.why for line in plain.trace]


def test_a_date_that_is_named_once_comes_once():
    rule = parse_rule("by 2026-12-31")
    assert rule.kind is RuleKind.CALENDAR
    assert occurrences_due_after(rule, at("2027-01-01"), CALENDAR, OFFICE) == []
