"""Rule texts that may be meant otherwise than they are read."""

import pytest

from alertd.core.doubts import Doubt, doubt_of
from alertd.core.rules import parse_rule


@pytest.mark.parametrize("text", ["15日前", "15 日前", "十五日之前", "15日前，遇節假日順延"])
def test_so_many_days_before_may_be_a_day_of_the_month(text):
    assert doubt_of(text) == Doubt("提前15日", "每月15日前")


@pytest.mark.parametrize(
    "text",
    ["提前15日", "15天前", "15 days before", "40日前", "5個工作日前", "15日內", "每月15日前", "至少15日前"],
)
def test_what_says_which_it_is_is_plain(text):
    assert doubt_of(text) is None


def test_both_answers_are_rules_and_plain():
    doubt = doubt_of("15日前")
    assert doubt is not None
    assert parse_rule(doubt.read).before
    assert parse_rule(doubt.other).period == "month"
    assert doubt_of(doubt.read) is doubt_of(doubt.other) is None
