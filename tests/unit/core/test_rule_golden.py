"""The golden rules: each text gives the days and limits that were worked out by hand."""

import pytest

from alertd.core.limits import limits_after
from alertd.core.occurrences import occurrences_due_after
from alertd.core.rules import in_year, parse_rule
from alertd.core.timing import RuleKind
from tests.unit.core.golden_days import DATED, rows
from tests.unit.core.golden_limits import COUNTED
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at


@pytest.mark.parametrize(("since", "text", "expected"), rows(DATED))
def test_the_days_that_a_plan_names(since, text, expected):
    wanted = [tuple(each.split()) for each in expected.split(", ")]
    rule = in_year(parse_rule(text), 2026)
    found = occurrences_due_after(rule, at(since), CALENDAR, OFFICE, len(wanted))
    assert [(occurrence.label, str(limits.last_day)) for occurrence, limits in found] == wanted
    assert all(limits.due is not None and limits.opens_at < limits.due for _, limits in found)


@pytest.mark.parametrize(("start", "text", "expected"), rows(COUNTED))
def test_the_limits_that_follow_a_start(start, text, expected):
    limits = limits_after(parse_rule(text), at(start), CALENDAR, OFFICE)
    earliest, due = (moment.isoformat()[:16] if moment else "" for moment in (limits.earliest, limits.due))
    assert (earliest, limits.last_day.isoformat() if limits.last_day else "", due) == expected


def test_a_date_that_is_named_once_comes_once():
    rule = parse_rule("by 2026-12-31")
    assert rule.kind is RuleKind.CALENDAR
    assert occurrences_due_after(rule, at("2027-01-01"), CALENDAR, OFFICE) == []
