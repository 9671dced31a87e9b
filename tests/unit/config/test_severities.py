"""Severities in the files: with a title or without, and rules of their own at some of them."""

import pytest

from alertd.config import load_register
from tests.unit.config.samples import CHAPTER, EVENT_TYPES, changed, only_fault, pointed_at

INSTANTS = 'instants = ["published", "occurred"]\n'
TITLED = INSTANTS + (
    'severities = ["major", { id = "especially-major", title = { zh-Hant = "特別重大", en = "gravest" } }]\n'
)


def texts(rules: str, severities: str = TITLED) -> dict[str, str]:
    found = changed(EVENT_TYPES, INSTANTS, severities)
    return {**found, CHAPTER: changed(CHAPTER, 'rule = "5 hours"', f'rule = "5 hours"\n{rules}')[CHAPTER]}


def test_a_severity_is_an_id_alone_or_with_a_title() -> None:
    register = load_register(changed(EVENT_TYPES, INSTANTS, TITLED)).register
    assert register is not None
    kind = register.event_types["major-incident"]
    assert kind.severities == ("major", "especially-major")
    assert kind.severity_titles == {"especially-major": {"zh-Hant": "特別重大", "en": "gravest"}}


@pytest.mark.parametrize(
    ("severities", "code", "pointed"),
    [
        ('["major", "Major Ones"]', "bad-id", '"Major Ones"'),
        ('["major", "major"]', "severity-twice", '"major"]'),
        ('["major", { id = "major", title = "重大" }]', "severity-twice", "{ id"),
        ('[{ title = "重大" }]', "missing-key", "{ title"),
        ('[{ id = "major", titel = "重大" }]', "unknown-key", "titel"),
        ("[3]", "expected-table", "3"),
    ],
)
def test_a_severity_that_is_none_is_pointed_at(severities, code, pointed) -> None:
    text = changed(EVENT_TYPES, INSTANTS, f"{INSTANTS}severities = {severities}\n")
    fault = only_fault(text)
    assert fault.code == code
    assert pointed_at(fault, text[EVENT_TYPES], len(pointed)) == pointed


def test_a_duty_may_have_another_rule_at_a_severity() -> None:
    register = load_register(texts('severity_rules = { especially-major = "2 hours" }')).register
    assert register is not None
    rules = register.obligations["incident-information"].severity_rules
    assert {name: rule.text for name, rule in rules.items()} == {"especially-major": "2 hours"}


@pytest.mark.parametrize(
    ("rules", "code", "pointed"),
    [
        ('{ especially-majr = "2 hours" }', "unknown-severity", "especially-majr"),
        ('{ major = "2 moons" }', "text-", "moons"),
        ('{ major = "2 days" }', "severity-rule-unfit", '"2 days"'),
        ('{ major = "at least 2 hours" }', "severity-rule-unfit", '"at least'),
        ('{ major = "yearly by 06-30" }', "severity-rule-unfit", '"yearly'),
        ('{ major = "2 hours before" }', "severity-rule-unfit", '"2 hours before"'),
    ],
)
def test_a_rule_that_cannot_take_the_place_of_the_other_is_pointed_at(rules, code, pointed) -> None:
    text = texts(f"severity_rules = {rules}")
    fault = only_fault(text)
    assert fault.code.startswith(code)
    assert pointed_at(fault, text[CHAPTER], len(pointed)) == pointed


def test_a_duty_whose_dates_are_its_own_has_no_other_rule_at_a_severity() -> None:
    old = 'rule = "yearly by 12-31"'
    rules = 'severity_rules = { major = "yearly by 06-30" }'
    text = changed(CHAPTER, old, f"{old}\n{rules}")
    assert {fault.code for fault in load_register(text).faults} == {"severity-rule-unfit", "unknown-severity"}
