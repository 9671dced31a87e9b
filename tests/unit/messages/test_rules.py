"""A rule said in another language is still the same rule."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.core.rules import parse_rule
from alertd.messages.rules import rule_text

SAID = {
    "5 hours": "5小時",
    "20 working days": "20個工作日",
    "5 to 15 working days": "5至15個工作日",
    "at least 30 days": "不少於30日",
    "5 working days before": "提前5個工作日",
    "as stated": "以事件所載日期為準",
    "while the case is open": "案件辦理期間",
    "every 12 hours while open": "每12小時一次，直至結案",
    "yearly by 12-30": "每年12月30日前",
    "yearly by 01-30 of the next year": "次年1月30日前",
    "half-yearly by last day": "每半年最後一日前",
    "quarterly by day 10 of the next month": "每季度次月10日前",
    "2 months roll forward": "2個月，遇節假日順延",
}


@pytest.mark.parametrize(("english", "chinese"), SAID.items())
def test_a_rule_is_said_in_the_readers_language(english, chinese):
    assert rule_text(english, "zh-Hant") == chinese
    assert rule_text(chinese, "en") == english
    assert rule_text(english, "en") == english


def test_simplified_is_derived_and_what_is_no_rule_stays():
    assert rule_text("5 hours", "zh-Hans") == "5小时"
    assert rule_text("不少於30日", "zh-Hans") == "不少于30日"
    assert rule_text("when pigs fly", "zh-Hant") == "when pigs fly"


UNITS = st.sampled_from(["minutes", "hours", "days", "working days", "weeks", "months", "years"])
NUMBERS = st.integers(1, 50)
NEXT = st.sampled_from(["", " of the next month"])
ROLLS = st.sampled_from(["", " roll forward", " roll back"])
DATES = st.one_of(st.dates().map(lambda day: f"{day:%m-%d}"), st.integers(1, 12).map("{:02}-last day".format))
RULES = st.one_of(
    st.builds("{} {}".format, NUMBERS, UNITS),
    st.builds("{} {} before".format, NUMBERS, UNITS),
    st.builds("at least {} {}".format, NUMBERS, UNITS),
    st.builds(lambda low, more, unit: f"{low} to {low + more} {unit}", NUMBERS, NUMBERS, UNITS),
    st.builds("every {} {} while open".format, NUMBERS, UNITS),
    st.builds("yearly by {}{}{}".format, DATES, st.sampled_from(["", " of the next year"]), ROLLS),
    st.builds(
        "{} by {}{}{}".format,
        st.sampled_from(["half-yearly", "quarterly", "monthly"]),
        st.one_of(st.just("last day"), st.integers(1, 31).map("day {}".format)),
        NEXT,
        ROLLS,
    ),
)


@settings(max_examples=150, deadline=None)
@given(RULES, st.sampled_from(["zh-Hant", "zh-Hans"]))
def test_a_rule_that_was_translated_is_the_same_rule(text, language):
    said = rule_text(text, language)
    assert not said.isascii()
    assert replace(parse_rule(said), text="") == replace(parse_rule(text), text="")
    assert replace(parse_rule(rule_text(said, "en")), text="") == replace(parse_rule(text), text="")
