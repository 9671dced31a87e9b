"""Positions by their Chinese names, wherever a file names one."""

import pytest

from alertd.config import load_register
from alertd.core.positions import NAMES, POSITIONS, position_called
from alertd.messages.catalogue import Catalogue, to_simplified
from tests.unit.config.samples import PEOPLE, POLICIES, TEXTS, changed, only_fault


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
@pytest.mark.parametrize("position", POSITIONS)
def test_what_a_message_calls_a_position_is_what_a_file_may_call_it(position, language):
    assert position_called(Catalogue(language).word("position", position)) == position


def test_the_first_name_is_the_one_of_the_messages():
    words = Catalogue("zh-Hant")
    assert {each: names[0] for each, names in NAMES.items()} == {
        each: words.word("position", each) for each in POSITIONS
    }


@pytest.mark.parametrize("position", POSITIONS)
def test_every_name_is_there_in_both_scripts(position):
    names = set(NAMES[position])
    assert {to_simplified(name) for name in names} <= names


def test_no_name_stands_for_two_positions():
    every = [name for names in NAMES.values() for name in names]
    assert len(every) == len(set(every))


def test_a_policy_names_positions_in_chinese_in_either_script():
    written = '["contact", "principal"]\ninform = ["principal"]'
    chinese = '["联络员", "主要負責人"]\ninform = ["主要负责人"]'
    assert load_register(changed(POLICIES, written, chinese)).register == load_register(TEXTS).register


def test_a_person_holds_a_position_once_however_often_it_is_named():
    register = load_register(changed(PEOPLE, "contact;duty", "聯絡員；duty；联络员；值班員")).register
    assert register is not None
    assert register.people["li.office"].positions == ("contact", "duty")


@pytest.mark.parametrize(
    ("language", "named"), [("zh-Hant", "聯絡員"), ("zh-Hans", "联络员"), ("en", "聯絡員")]
)
def test_a_wrong_position_is_answered_with_all_that_may_stand_there(language, named):
    fault = only_fault(changed(POLICIES, '["contact", "supervisor"]', '["聯絡人", "supervisor"]'))
    assert (fault.code, fault.args["near"]) == ("unknown-position", "聯絡員")
    sentence = fault.sentence(language, to_simplified)
    assert f"contact {named}" in sentence
    assert all(position in sentence for position in POSITIONS)


def test_a_person_may_not_hold_what_the_duty_decides():
    fault = only_fault(changed(PEOPLE, "contact;duty", "contact;督查室"))
    assert fault.code == "unknown-position"
    assert "supervisor" not in fault.args["names"]
