"""The rule of a duty at each severity: it holds for graver ones, until one of them has its own."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from alertd.core.model import Obligation, Source
from alertd.core.rules import parse_rule
from alertd.core.severities import owed_at, rule_at, rule_between

LEVELS = ("general", "larger", "major", "especially-major")
DUTY = Obligation(
    "report", {"en": "Report"}, Source("§1"), "event.party", parse_rule("5 hours"), "hour-clock"
)

rules = st.dictionaries(
    st.sampled_from(LEVELS), st.sampled_from(["4 hours", "2 hours", "30 minutes"]).map(parse_rule)
)
severities = st.sampled_from(("", *LEVELS))


def test_a_rule_holds_from_its_severity_up_until_a_graver_one_has_its_own() -> None:
    duty = replace(
        DUTY, severity_rules={"larger": parse_rule("4 hours"), "especially-major": parse_rule("1 hour")}
    )
    assert [rule_at(duty, LEVELS, level).text for level in ("", *LEVELS)] == [
        "5 hours", "5 hours", "4 hours", "4 hours", "1 hour",
    ]  # fmt: skip


def test_a_severity_that_the_files_no_longer_list_has_the_rule_of_the_duty() -> None:
    duty = replace(DUTY, severity_rules={"general": parse_rule("1 hour")})
    assert rule_at(duty, LEVELS, "class-2") is duty.rule
    assert rule_at(duty, (), "general") is duty.rule


@given(rules, severities, severities)
def test_going_there_and_back_gives_the_rule_it_had(found, before, after) -> None:
    duty = replace(DUTY, severity_rules=found)
    there, back = rule_between(duty, LEVELS, before, after), rule_between(duty, LEVELS, after, before)
    assert (there is None) == (back is None)
    assert (there or rule_at(duty, LEVELS, before)).text == rule_at(duty, LEVELS, after).text
    assert (back or rule_at(duty, LEVELS, after)).text == rule_at(duty, LEVELS, before).text


@given(rules, st.sampled_from(LEVELS))
def test_the_rule_of_a_level_is_its_own_or_that_of_the_one_below(found, level) -> None:
    duty, place = replace(DUTY, severity_rules=found), LEVELS.index(level)
    below = rule_at(duty, LEVELS, LEVELS[place - 1]) if place else duty.rule
    assert rule_at(duty, LEVELS, level) == found.get(level, below)


def test_a_duty_that_names_severities_is_owed_at_these_only() -> None:
    named = replace(DUTY, severity=frozenset({"major"}))
    assert [owed_at(named, level) for level in ("", "larger", "major")] == [False, False, True]
    assert owed_at(DUTY, "")
