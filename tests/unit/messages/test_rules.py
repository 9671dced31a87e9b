"""A rule said in another language is still the same rule."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.core.rules import in_year, parse_rule
from alertd.messages.rules import rule_said, rule_text
from tests.unit.core.golden_days import DATED, rows
from tests.unit.core.golden_limits import COUNTED
from tests.unit.core.golden_times import AS_WRITTEN, AT_ONCE, BOUNDED, SAME_DAY, TIMED, TURNS, URGENT

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
    "by 2026-12-31": "2026年12月31日前",
    "by 2026-06-25 and 12-25": "2026年6月25日、12月25日前",
    "yearly by 07-10 and 01-10 of the next year": "每年7月10日、次年1月10日前",
    "every 2 years from 2026 by 12-31": "自2026年起每2年12月31日前",
    "quarterly by last friday": "每季度最後一個周五前",
    "quarterly by month 1 day 10": "每季度第1個月10日前",
    "monthly by day 15 and last day": "每月15日、最後一日前",
    "monthly by working day 5": "每月第5個工作日前",
    "monthly by 2nd friday": "每月第2個周五前",
    "monthly in months 11 to 3 by day 28": "11月至次年3月每月28日前",
    "half-monthly from 2026-12-16 by last day": "自2026年12月16日起每半月最後一日前",
    "between 2026-11-01 and 12-15": "2026年11月1日至12月15日",
    "yearly between 11-01 and 03-31 of the next year": "每年11月1日至次年3月31日",
    "monthly between day 1 and day 5": "每月1日至5日",
    "quarterly between month 1 day 1 and month 1 day 10": "每季度第1個月1日至第1個月10日",
    "weekly between monday and wednesday": "每周一至周三",
    "daily by 16:00": "每日16時前",
    "every working day by 16:30": "每個工作日16時30分前",
    "weekly by friday at 16:00": "每周五16時前",
    "by 2026-12-31 at 12:00": "2026年12月31日12時前",
    "1 day at 12:00": "次日12時前",
    "2 working days at 12:00": "2個工作日內12時前",
    "3 working days before at 12:00": "提前3個工作日12時前",
    "as stated at 12:00": "以事件所載日期為準，12時前",
    "the same day": "當日內",
    "immediately": "立即",
    "5 working days, urgent: 2 working days": "5個工作日，緊急時2個工作日",
    "2 working days, at the latest 12-15": "2個工作日內，最遲12月15日",
    "15 days, at the latest 2026-12-20 at 12:00": "15日內，最遲2026年12月20日12時前",
    "5 working days or 7 days, whichever is later": "5個工作日或7日，以較晚者為準",
    "the same day at 18:00": "當日18時前",
    "1 day at close of business": "次日下班前",
    "weekly by friday at close of business": "每周五下班前",
    "daily by 08:00 and 17:00": "每日8時、17時前",
    "every working day by 09:00 and close of business": "每個工作日9時、下班前",
    "daily at 08:00 and 17:00 while open": "每日8時、17時各一次，直至結案",
    "every working day at close of business while open": "每個工作日下班各一次，直至結案",
    "weekly by tuesday and friday": "每周二、周五前",
    "weekly by monday of the next week": "每周次周周一前",
    "every 2 weeks from 2026-12-04 by friday": "自2026年12月4日起每2周周五前",
}


GOLDEN = (DATED, COUNTED, TIMED, SAME_DAY, BOUNDED, AT_ONCE, AS_WRITTEN, TURNS, URGENT)


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
MONTH_ENDS = st.integers(1, 12).map("{:02}-last day".format)
MANY = st.integers(2, 100)
SINCE = st.dates(date(1950, 1, 1), date(2500, 12, 31))
FROM = st.one_of(st.just(""), SINCE.map(" from {}".format))
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS = st.integers(0, 6)
NTH = st.one_of(
    st.integers(1, 15).map("working day {}".format),
    st.sampled_from(["last working day", "day 10", "last day"]),
    st.builds("{} {}".format, st.sampled_from(["1st", "2nd", "3rd", "4th", "last"]), st.sampled_from(WEEK)),
)


def joined(numbers):
    return " and ".join(WEEK[number] for number in sorted(numbers))


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
    st.builds("by {}-{}{}".format, st.integers(1950, 2500), MONTH_ENDS, ROLLS),
    st.builds(
        "{}{} by {}{}".format,
        st.one_of(st.sampled_from(["half-monthly", "monthly"]), MANY.map("every {} months".format)),
        st.builds(" from {} in months {} to {}".format, SINCE, st.integers(1, 12), st.integers(1, 12)),
        st.just("last day"),
        ROLLS,
    ),
    st.builds(
        "weekly{} by {}{}".format, FROM, st.lists(WEEKDAYS, min_size=1, unique=True).map(joined), ROLLS
    ),
    st.builds("every {} weeks from {} by {}".format, MANY, SINCE, st.sampled_from(WEEK)),
    st.builds("every {} years from {} by {}".format, MANY, SINCE, MONTH_ENDS),
    st.builds("{} by {}{}".format, st.sampled_from(["quarterly", "monthly"]), NTH, NEXT),
    st.builds("yearly by {:02}-{}".format, st.integers(1, 12), NTH.filter(lambda day: day != "day 10")),
    st.builds("quarterly by month {} {}".format, st.integers(1, 3), NTH),
)


@settings(max_examples=150, deadline=None)
@given(RULES, st.sampled_from(["zh-Hant", "zh-Hans"]))
def test_a_rule_that_was_translated_is_the_same_rule(text, language):
    said = rule_text(text, language)
    assert not said.isascii()
    assert replace(parse_rule(said), text="") == replace(parse_rule(text), text="")
    assert replace(parse_rule(rule_text(said, "en")), text="") == replace(parse_rule(text), text="")


@pytest.mark.parametrize("text", [text for table in GOLDEN for _, text, _ in rows(table)])
@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_what_is_said_of_a_rule_is_that_rule(text, language):
    rule = in_year(parse_rule(text), 2026)
    assert replace(parse_rule(rule_said(rule, language)), text="") == replace(rule, text="")


@settings(max_examples=150, deadline=None)
@given(RULES)
def test_what_is_said_in_the_same_language_is_the_same_rule(text):
    rule = parse_rule(text)
    assert replace(parse_rule(rule_said(rule, "en")), text="") == replace(rule, text="")


def test_the_year_of_a_plan_is_not_guessed():
    assert rule_text("今年5月13日前", "en") == "今年5月13日前"
