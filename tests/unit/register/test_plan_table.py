"""docs/plan-table.toml says where each limit of the plan is kept; the shipped register says the same."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from alertd.config import load_register, read_texts
from alertd.core.model import Measure, Obligation, Register
from tests.support.plan_table import PAGE, page

ROOT = Path(__file__).parents[3]
TABLE = tomllib.loads((ROOT / "docs" / "plan-table.toml").read_text(encoding="utf-8"))
LIMITS: list[dict[str, Any]] = TABLE["limit"]
KEPT = [limit for limit in LIMITS if "in" in limit]

#: items without a figure or a date of their own: the unit the plan names first reports each half-year
PROGRESS = {
    1: ("approval-reform-progress", "establishment-office"),
    3: ("business-climate-progress", "development-reform-commission"),
    4: ("credit-supervision-progress", "development-reform-commission"),
    5: ("social-governance-progress", "emergency-bureau"),
    7: ("rulemaking-progress", "justice-bureau"),
    12: ("collective-discussion-progress", "government-office"),
    15: ("enforcement-responsibility-progress", "establishment-office"),
    20: ("enforcement-justice-progress", "justice-bureau"),
    21: ("honest-government-progress", "development-reform-commission"),
    25: ("dispute-resolution-progress", "petitions-bureau"),
    28: ("open-government-progress", "government-office"),
    30: ("rule-of-law-planning-progress", "rule-of-law-office"),
    32: ("leaders-study-progress", "justice-bureau"),
    33: ("assessment-progress", "justice-bureau"),
}


@pytest.fixture(scope="module")
def register() -> Register:
    texts, unreadable = read_texts(ROOT / "schedules")
    loaded = load_register(texts)
    assert [fault.text() for fault in [*unreadable, *loaded.faults]] == []
    assert loaded.register is not None
    return loaded.register


def _counted(measure: Measure) -> str:
    if measure.percent is not None:
        return f"at least {measure.percent:g} %"
    most = f", at most {measure.maximum}" if measure.maximum else ""
    return f"at least {measure.minimum}{most}"


def _value(duty: Obligation) -> str:
    return _counted(duty.measure) if duty.measure else duty.rule.text


def test_the_page_for_people_says_the_same(register):
    said = PAGE.read_text("utf-8")
    assert said == page(register, LIMITS), "run python -m tests.support.plan_table"
    for limit in LIMITS:
        assert f"| {limit['id']} |" in said


def test_holds_every_limit_of_the_plan_once():
    assert len(LIMITS) == len({limit["id"] for limit in LIMITS}) == 57
    assert sum(limit["core"] for limit in LIMITS) == 34


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit["id"])
def test_a_limit_is_kept_or_says_why_not(limit):
    assert bool(limit.get("in")) is not bool(limit.get("not_kept"))
    assert limit.get("in") or not limit["core"]


@pytest.mark.parametrize("limit", KEPT, ids=lambda limit: limit["id"])
def test_the_register_keeps_it_under_its_item(register, limit):
    kept = {**register.obligations, **register.gates}
    # The one exception: what is assessed each year is reported with item 33.
    clause = "§33" if limit["id"] == "14.4" else f"§{limit['item']}"
    assert {kept[name].source.clause for name in limit["in"]} == {clause}
    assert (limit["kind"] == "gate" and limit["core"]) is (limit["in"][0] in register.gates)


@pytest.mark.parametrize("limit", [each for each in KEPT if "value" in each], ids=lambda limit: limit["id"])
def test_the_register_keeps_it_with_its_value(register, limit):
    for name in limit["in"]:
        duty = register.obligations[name]
        assert _value(duty) == limit["value"]
        assert duty.soft == frozenset(filter(None, [limit.get("soft", "")]))


@pytest.mark.parametrize("limit", KEPT, ids=lambda limit: limit["id"])
def test_a_date_the_plan_does_not_name_is_marked(register, limit):
    chosen = {name: getattr({**register.obligations}.get(name), "choice", False) for name in limit["in"]}
    assert set(chosen.values()) == {limit.get("choice", False)}


@pytest.mark.parametrize("item", PROGRESS)
def test_an_item_without_figure_is_reported_by_its_first_lead_unit_alone(register, item):
    name, lead = PROGRESS[item]
    duty = register.obligations[name]
    assert (duty.source.clause, duty.owed_by) == (f"§{item}", f"unit:{lead}")
    assert (duty.rule.text, duty.choice) == ("half-yearly by last day", True)
    assert lead not in duty.inform


def test_every_item_of_the_plan_has_something_to_keep(register):
    kept = [*register.obligations.values(), *register.gates.values()]
    assert {duty.source.clause for duty in kept} == {f"§{number}" for number in range(1, 34)}


def test_a_rate_is_counted_from_its_cases_and_never_typed_twice(register):
    for name in ("proposal-reply", "legality-review", "court-appearance", "reconsideration-decision"):
        rates = [duty for duty in register.obligations.values() if duty.measure and duty.measure.of == name]
        assert [duty.measure.source for duty in rates if duty.measure] == ["cases"]


def test_both_reviews_have_a_gate_that_only_a_passed_review_opens(register):
    assert {gate.requires for gate in register.gates.values()} == {
        (f"{review}:passed", f"{review}:passed-after-changes")
        for review in ("legality-review", "decision-legality-review")
    }


def test_the_report_is_published_after_it_is_accepted(register):
    assert register.obligations["rule-of-law-report-published"].starts_on == ("rule-of-law-report.verified",)


def test_reviewers_are_counted_for_each_case(register):
    measure = register.obligations["reconsideration-reviewers"].measure
    assert measure is not None
    assert (measure.per, measure.minimum) == ("case", 2)
