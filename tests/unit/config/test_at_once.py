"""A duty that is due at once needs a step of its policy at its start or after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.config.at_once import silent_at_once
from alertd.core.model import Register
from alertd.core.rules import parse_rule
from alertd.core.steptimes import parse_step_time
from tests.unit.config.test_floors import REVIEW, register

__all__ = ["register"]


def _silent(register: Register, rule: str, *steps: str) -> list[str]:
    duty = replace(register.obligations[REVIEW], rule=parse_rule(rule))
    policy = register.policies[duty.policy]
    times = tuple(replace(policy.steps[0], id=text, at=parse_step_time(text), each=None) for text in steps)
    changed = replace(
        register, obligations={REVIEW: duty}, policies={duty.policy: replace(policy, steps=times)}
    )
    return [found.id for found in silent_at_once(changed)]


@pytest.mark.parametrize("step", ["start", "due", "start + 10 minutes", "due + 1 hour", "opens", "80%"])
def test_a_step_at_the_start_or_after_is_enough(register, step):
    assert _silent(register, "立即", "due - 1 hour", step) == []


@pytest.mark.parametrize("step", ["due - 10 minutes", "earliest", "last-workday", "start - 1 hour"])
def test_a_step_from_before_or_of_what_such_a_clock_lacks_is_none(register, step):
    assert _silent(register, "立即", step) == [REVIEW]


def test_what_has_time_is_not_asked_about(register):
    assert _silent(register, "1 hour", "due - 10 minutes") == []


def test_a_rule_of_a_graver_severity_may_be_due_at_once_too(register):
    duty = replace(register.obligations[REVIEW], severity_rules={"major": parse_rule("立即")})
    policy = register.policies[duty.policy]
    late = (replace(policy.steps[0], at=parse_step_time("due - 10 minutes"), each=None),)
    changed = replace(
        register, obligations={REVIEW: duty}, policies={duty.policy: replace(policy, steps=late)}
    )
    assert [found.id for found in silent_at_once(changed)] == [REVIEW]
