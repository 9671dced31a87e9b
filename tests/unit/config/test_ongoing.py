"""Duties that live with a case: turns that come again, and what lasts as long as the case."""

from __future__ import annotations

import pytest

from alertd.config import load_register
from alertd.core.timing import RuleKind
from tests.unit.config.samples import CHAPTER, changed, only_fault, pointed_at

RULE = 'rule = "5 hours"\nclosed_by = "information-published"\n'
COUNT = '[obligation.measure]\nsource = "entries"\nunit = "名"\nminimum = 2\nper = "case"\n'


def with_rule(text: str) -> dict[str, str]:
    return changed(CHAPTER, RULE, text)


def whole(rule: str) -> dict[str, str]:
    """The first duty with this rule, and a count for each case."""
    texts = with_rule(rule)
    tail = 'receiver = "政府辦"\n'
    return {**texts, CHAPTER: texts[CHAPTER].replace(tail, tail + COUNT, 1)}


def test_turns_end_with_an_event_or_with_another_duty_of_the_case() -> None:
    for end in ("information-published", "training.done"):
        register = load_register(
            with_rule(f'rule = "every 12 hours while open"\nends_on = "{end}"\n')
        ).register
        assert register is not None
        duty = register.obligations["incident-information"]
        assert (duty.rule.kind, duty.ends_on) == (RuleKind.RECURRING, (end,))
        assert duty.rule.by_the_hour


def test_what_lasts_as_long_as_its_case_counts_something() -> None:
    register = load_register(whole('rule = "while the case is open"\n')).register
    assert register is not None
    duty = register.obligations["incident-information"]
    assert duty.rule.kind is RuleKind.WHILE_OPEN
    assert duty.measure is not None
    assert (duty.measure.per, duty.measure.minimum) == ("case", 2)


@pytest.mark.parametrize(
    ("rule", "code", "pointed"),
    [
        ('rule = "every 12 hours while open"\nends_on = "the-end"\n', "unknown-event-type", "the-end"),
        (
            'rule = "every 12 hours while open"\nends_on = "report.done"\n',
            "unknown-obligation",
            "report.done",
        ),
        ('rule = "every 5 minutes while open"\n', "turns-too-short", '"every 5 minutes'),
        ('rule = "5 hours"\nends_on = "information-published"\n', "key-unfit-for-rule", '"information'),
        ('rule = "while the case is open"\n', "while-open-without-measure", '"while'),
        ('rule = "while the case is open"\nsoft = ["due"]\n', "while-open-without-measure", '"while'),
    ],
)
def test_what_does_not_fit_is_pointed_at(rule: str, code: str, pointed: str) -> None:
    texts = with_rule(rule)
    fault = only_fault(texts)
    assert fault.code == code
    assert pointed_at(fault, texts[CHAPTER], len(pointed)) == pointed


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ('rule = "every 12 hours while open"\n', "key-unfit-for-rule"),
        ('rule = "while the case is open"\nclosed_by = "information-published"\n', "key-unfit-for-rule"),
        ('rule = "while the case is open"\nends_on = "information-published"\n', "key-unfit-for-rule"),
        ('rule = "while the case is open"\nsoft = ["due"]\n', "no-such-bound"),
    ],
)
def test_a_count_for_a_case_takes_no_turns_and_no_closing_event(rule: str, code: str) -> None:
    assert only_fault(whole(rule)).code == code
