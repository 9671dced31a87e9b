"""A plan that stays below a national minimum is warned of, and is no fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alertd.config import load_register, read_texts
from alertd.config.floors import below_floors
from alertd.core.model import Register
from alertd.core.rules import parse_rule

REVIEW = "decision-legality-review"


@pytest.fixture(scope="module")
def register() -> Register:
    texts, _ = read_texts(Path(__file__).parents[3] / "schedules")
    loaded = load_register(texts)
    assert loaded.register is not None
    return loaded.register


def _below(register: Register, rule: str) -> list[str]:
    duty = replace(register.obligations[REVIEW], rule=parse_rule(rule))
    changed = replace(register, obligations={**register.obligations, REVIEW: duty})
    return [found.id for found, _ in below_floors(changed)]


def test_five_working_days_are_below_the_seven_of_the_interim_rules(register):
    ((duty, floor),) = below_floors(register)
    assert (duty.id, duty.source.clause) == (REVIEW, "§13")
    assert floor.rule.text == "at least 7 working days"
    assert "第二十六條" in floor.source


@pytest.mark.parametrize(
    ("rule", "below"),
    [
        ("at least 6 working days", True),
        ("at least 7 working days", False),
        ("7 to 15 working days", False),
        ("at least 5 days", False),  # days are not working days: not compared
        ("15 working days", False),
    ],
)
def test_only_less_of_the_same_unit_is_below(register, rule, below):
    assert _below(register, rule) == ([REVIEW] if below else [])


def test_a_register_without_the_duty_has_nothing_to_warn_of(register):
    assert list(below_floors(replace(register, obligations={}))) == []
