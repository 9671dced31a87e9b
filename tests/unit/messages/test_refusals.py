"""Refusals in words: every code of the engine has its sentence with the values the engine gives."""

import re
from pathlib import Path

import pytest

from alertd.messages.catalogue import Catalogue
from alertd.messages.refusals import refused_text
from tests.unit.messages.views import LANGUAGES, ZONE, at

ENGINE = Path(__file__).parents[3] / "alertd" / "engine"


def test_every_refusal_of_the_engine_has_its_sentence():
    codes = {
        code
        for path in ENGINE.rglob("*.py")
        for code in re.findall(r'Refused\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    assert len(codes) > 10
    words = Catalogue("zh-Hant")
    assert [code for code in codes if f"refused.{code}" not in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_press_is_answered_in_at_most_200_characters(language):
    words = Catalogue(language)
    for key in words.keys():  # noqa: SIM118
        if key.startswith("press."):
            assert len(words.say(key)) <= 200


def test_the_end_of_a_period_is_never_told_as_the_next_day():
    values = {"deadline": "a@b/c", "earliest": "2026-05-31T16:00:00+00:00"}
    text = refused_text("too-early", values, ZONE, "zh-Hant", at(2026, 5, 1).date())
    assert text == "a@b/c 的最短期間至5月31日(星期日)24時屆滿，屆滿前不得結束。"


def test_states_and_instants_are_told_by_their_names():
    closed = refused_text("closed", {"deadline": "a@b/c", "state": "verified"}, ZONE, "zh-Hant")
    assert "審核通過，銷號" in closed
    asked = refused_text("instant-missing", {"type": "t", "instants": "published, occurred"}, ZONE, "zh-Hant")
    assert asked.endswith("事件發佈時間、事發時間。")


def test_a_bad_entry_is_told_with_its_day():
    values = {"party": "jd-0001", "amount": "0", "on": "2026-12-01"}
    text = refused_text("entry.future", values, ZONE, "en", at(2026, 1, 1).date())
    assert text == "The date Tue 1 Dec of jd-0001 lies in the future."


def test_an_unknown_refusal_is_shown_with_its_values():
    assert refused_text("new", {"a": "1"}, ZONE, "en") == "Refused: new a=1"
