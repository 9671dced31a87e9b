"""gates.toml, and what duties and event types say about cases."""

import pytest

from alertd.config import load_register
from alertd.core.timing import Duration, TimeUnit
from tests.unit.config.samples import CHAPTER, EVENT_TYPES, TEXTS, changed, only_fault, pointed_at

GATES = "schedules/gates.toml"
GATE = """\
[[gate]]
id = "publish-checked"
title = "未經審查，不得發佈"
source = { clause = "§9" }
stage = "information-published"
requires = ["incident-information:passed", "incident-information:passed-after-changes"]
told = ["leader-in-charge", "supervisor"]
"""


def test_a_gate_names_its_stage_what_it_requires_and_who_hears():
    register = load_register({**TEXTS, GATES: GATE}).register
    assert register is not None
    gate = register.gates["publish-checked"]
    assert gate.stage == "information-published"
    assert gate.requires == ("incident-information:passed", "incident-information:passed-after-changes")
    assert (gate.told, gate.file, gate.line) == (("leader-in-charge", "supervisor"), GATES, 1)


@pytest.mark.parametrize(
    ("old", "new", "code", "pointed"),
    [
        ("information-published", "informaton-published", "unknown-event-type", "informaton-published"),
        ("information:passed-after-changes", "information:past", "not-one-of", "past"),
        ("incident-information:passed-", "incident-info:passed-", "unknown-obligation", "incident-info"),
        ('"supervisor"', '"boss"', "unknown-position", '"boss"'),
    ],
)
def test_what_a_gate_names_must_be_there(old, new, code, pointed):
    assert GATE.count(old) == 1
    text = GATE.replace(old, new)
    fault = only_fault({**TEXTS, GATES: text})
    assert fault.code == code
    assert text.splitlines()[fault.line - 1][fault.column - 1 :].startswith(pointed)


def test_a_type_may_make_versions_be_confirmed_and_have_severities():
    more = 'instants = ["published", "occurred"]\nnew_version = true\n'
    more += 'confirm_within = "30 minutes"\nseverities = ["major", "especially-major"]\n'
    register = load_register(changed(EVENT_TYPES, 'instants = ["published", "occurred"]\n', more)).register
    assert register is not None
    kind = register.event_types["major-incident"]
    assert kind.new_version
    assert kind.confirm_within == Duration(30, TimeUnit.MINUTE)
    assert kind.severities == ("major", "especially-major")


def test_a_severity_must_be_one_of_the_events_that_start_the_duty():
    text = changed(CHAPTER, 'rule = "5 hours"', 'rule = "5 hours"\nseverity = ["huge"]')
    fault = only_fault(text)
    assert fault.code == "unknown-severity"
    assert pointed_at(fault, text[CHAPTER], 6) == '"huge"'


def test_a_duty_that_restarts_says_what_sends_it_back_and_what_brings_it_again():
    text = changed(CHAPTER, 'rule = "5 hours"', 'rule = "5 hours"\non_return = "restart"')
    assert only_fault(text).code == "return-incomplete"
    whole = 'on_return = "restart"\nreturned_by = "information-published"\n'
    whole += 'resumed_by = ["major-incident.occurred"]'
    register = load_register(changed(CHAPTER, 'rule = "5 hours"', f'rule = "5 hours"\n{whole}')).register
    assert register is not None
    duty = register.obligations["incident-information"]
    assert (duty.on_return, duty.returned_by) == ("restart", ("information-published",))
    assert duty.resumed_by == ("major-incident.occurred",)
