"""The notices for 2013 to 2026 as a clerk copies them from pages: each variant has exactly the right days."""

from __future__ import annotations

import re
from datetime import date

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config.notice import Notice, read_notice
from tests.unit.config.notice_copies import FOOTER, VARIANTS, advised, right_days
from tests.unit.config.notices import ANNIVERSARY_2015, CHANGED_2019, LENGTHENED_2020, LINES, notice


def read(text: str) -> Notice:
    found, faults = read_notice("notice.txt", text)
    assert [fault.text() for fault in faults] == []
    assert found is not None
    return found


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("year", LINES)
def test_every_copy_of_a_notice_has_exactly_its_days(year, variant):
    found = read(VARIANTS[variant](notice(year, LINES[year])))
    off, work = right_days(year)
    assert set(found.off) == off
    assert set(found.work) == work
    assert (found.year, found.whole) == (year, True)


@pytest.mark.parametrize("year", LINES)
def test_the_days_written_here_are_those_of_another_calendar(year):
    off, work = right_days(year)
    assert all(chinese_calendar.is_workday(day) for day in work if day != date(2020, 2, 1))
    if year not in (2019, 2020):  # changed in the course of the year
        assert not any(chinese_calendar.is_workday(day) for day in off)


@pytest.mark.parametrize("total", ["共1天", "共3天"])
def test_a_total_may_count_the_weekend_that_a_day_off_stands_beside(total):
    text = notice(2018, LINES[2018]).replace("6月18日放假,与周末连休", f"6月18日放假,与周末连休,{total}")
    found = read(text)
    off, work = right_days(2018)
    assert (set(found.off), set(found.work)) == (off, work)


SPRING_2024 = "2月4日(星期日)、2月18日(星期日)上班。鼓励各单位安排职工在除夕(2月9日)休息"


@pytest.mark.parametrize(
    "written",
    [
        SPRING_2024.replace("。", ","),
        SPRING_2024.replace("。", ""),
        SPRING_2024.replace("鼓励各单位", "鼓励各单位结合带薪年休假等制度落实,"),
        SPRING_2024.replace("鼓励各单位", "有条件的单位可以"),
        SPRING_2024.replace("鼓励各单位", "建议"),
        "鼓励各单位安排职工在除夕(2月9日)休息,2月4日(星期日)、2月18日(星期日)上班",
        "建议2月9日休息;2月4日(星期日)、2月18日(星期日)上班",
        "可以错峰出行,2月4日(星期日)、2月18日(星期日)上班",
    ],
)
def test_advice_takes_no_order_beside_it_along(written):
    text = notice(2024, LINES[2024])
    found = read(text.replace(SPRING_2024, written))
    off, work = right_days(2024)
    assert (set(found.off), set(found.work)) == (off, work)


@pytest.mark.parametrize(
    "above",
    [
        "春节:2月15日至23日放假。元旦:1月1日至3日放假。全文如下:\n",
        "国务院办公厅关于2026年部分节假日安排的通知\n春节:2月15日至23日放假9天!2025年11月4日 来源:新华社\n",
        "2025年11月4日 09:35 来源:新华社\n",
    ],
)
def test_a_summary_above_the_notice_is_not_read_for_it(above):
    found = read(above + notice(2026, LINES[2026]))
    off, work = right_days(2026)
    assert (set(found.off), set(found.work)) == (off, work)


@pytest.mark.parametrize(
    "below",
    [
        "责任编辑:李四 2025年11月4日 10:00 放假",
        "2026年放假时间表 元旦1月1日至3日放假 1月4日上班 春节2月15日至23日放假",
        "2025年11月4日放假通知",
    ],
)
def test_what_follows_the_last_order_at_once_is_not_read_for_one(below):
    text = notice(2026, LINES[2026]).partition("节假日期间")[0].rstrip()
    found = read(text + below)
    off, work = right_days(2026)
    assert (set(found.off), set(found.work)) == (off, work)
    assert any(below.replace(" ", "").startswith(part.text) for part in found.left_out)


# ---------------------------------------------------------------- notices that change a year

CHANGES = {
    "2015": (
        ANNIVERSARY_2015,
        2015,
        {date(2015, 9, day): frozenset({"special"}) for day in (3, 4, 5)},
        {date(2015, 9, 6)},
    ),
    "2019": (
        CHANGED_2019,
        2019,
        {date(2019, 5, day): frozenset({"labour-day"}) for day in (1, 2, 3, 4)},
        {date(2019, 4, 28), date(2019, 5, 5)},
    ),
}
_UNWHOLE = [name for name in VARIANTS if name not in ("footer without signature", "no closing paragraph")]
_SKIP = (
    "title without the year",
    "title without the office",
    "signing day and a line with 放假",
    "advice",
    "advice first",
    "preamble",
    "preamble and footer",
)


@pytest.mark.parametrize("variant", [name for name in _UNWHOLE if name not in (*_SKIP, "all at once")])
@pytest.mark.parametrize("which", CHANGES)
def test_every_copy_of_a_notice_that_changes_a_year_has_exactly_its_days(which, variant):
    text, year, off, work = CHANGES[which]
    found = read(VARIANTS[variant](text))
    assert (found.year, found.whole) == (year, False)
    assert found.off == off
    assert set(found.work) == work


@pytest.mark.parametrize("variant", ["as published", "footer", "zero-width spaces", "traditional", "号"])
def test_every_copy_of_a_lengthened_holiday_has_its_last_day(variant):
    found = read(VARIANTS[variant](LENGTHENED_2020))
    assert found.lengthened == {"spring-festival": date(2020, 2, 2)}
    assert (found.off, found.work) == ({}, [])


# ---------------------------------------------------------------- what was left out


def test_advice_is_left_out_and_kept_to_be_shown_with_its_line():
    text = notice(2024, LINES[2024])
    left = [part for part in read(text).left_out if part.dated]
    assert [(part.line, part.text) for part in left] == [(6, "鼓励各单位安排职工在除夕(2月9日)休息")]


def test_what_a_page_puts_around_the_notice_is_kept_to_be_shown():
    text = notice(2026, LINES[2026])
    found = read("首页 放假\n" + text + FOOTER)
    kept = {part.text for part in found.left_out}
    assert "首页放假" in kept
    assert "2027年放假安排公布:元旦1月1日至3日放假,1月4日上班" in kept
    assert "关于我们|联系我们|放假值班电话" in kept


def test_no_line_with_a_date_is_lost():
    text = notice(2026, advised(LINES[2026])) + FOOTER
    found = read(text)
    read_or_kept = "".join(part.text for part in found.left_out)
    for line in text.split("\n"):
        if re.search(r"\d日", line) and not re.match("[一二三四五六七]、", line):
            assert line.replace(" ", "") in read_or_kept


# ---------------------------------------------------------------- refusals, each with its reason


def with_change(year: int, old: str, new: str) -> str:
    text = notice(year, LINES[year])
    assert old in text
    return text.replace(old, new)


UNBALANCED_2024 = (
    "notice.txt:1:1: as it was read, the notice gives 19 weekdays off and {work} weekend days worked,"
    " which leaves {left}; the law gives 11: "
)


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (
            with_change(2024, "2月4日(星期日)、2月18日(星期日)上班。鼓励", "鼓励"),
            [
                UNBALANCED_2024.format(work=6, left=13),
                "notice.txt:6:24: “鼓励各单位安排职工在除夕(2月9日)休息”",
            ],
        ),
        (
            with_change(2024, "2月10日至17日放假", "鼓励2月10日至17日放假"),
            [
                "notice.txt:1:1: 2024-02-10(春节)、2024-02-11(春节)、2024-02-12(春节): off by law",
                "notice.txt:6:6: “鼓励2月10日至17日放假调休”",
                "notice.txt:6:49: “鼓励各单位安排职工在除夕(2月9日)休息”",
            ],
        ),
        (
            with_change(2026, "共9天", "共8天"),
            ["notice.txt:6:43: “共8天” does not fit: 2026-02-15 to 2026-02-23 are 9 days"],
        ),
        (
            with_change(2026, "4月4日(周六)至6日(周一)放假,共3天", "4月3日(周五)至4日(周六)放假,共2天"),
            ["notice.txt:1:1: 2026-04-05(清明节): off by law"],
        ),
        (
            with_change(2026, "5月1日(周五)至5日(周二)放假调休,共5天", "5月1日(周五)放假,共1天"),
            ["notice.txt:1:1: 2026-05-02(劳动节): off by law"],
        ),
        (
            with_change(2026, "9月20日(周日)、", "9月21日(周一)、"),
            ["notice.txt:11:32: 2026-09-21 is a working day already, Monday to Friday"],
        ),
        (
            notice(2026, LINES[2026]) + "二、春节:2月16日至24日放假。\n",
            [],
        ),
        (
            notice(2026, LINES[2026]).partition("节假日期间")[0] + "二、春节:2月16日至24日放假。\n",
            ["notice.txt:12:6: 春节 stands here a second time, with other days"],
        ),
        (
            with_change(2026, "2月14日(周六)、2月28日(周六)", "2月14日(周六)、2月14日(周六)"),
            [
                "notice.txt:1:1: as it was read, the notice gives 19 weekdays off and 5 weekend days worked,"
                " which leaves 14; the law gives 13: "
            ],
        ),
        (
            with_change(2018, "6月18日放假,与周末连休", "6月18日放假,与周末连休,共4天"),
            ["notice.txt:9:21: “共4天” does not fit: 2018-06-18 to 2018-06-18 are 1 days"],
        ),
        (
            notice(2025, LINES[2025]) + notice(2026, LINES[2026]),
            ["notice.txt:15:1: another notice begins here, after that for 2025"],
        ),
        (
            with_change(2026, "1月4日(周日)上班", "1月4日(周日)值班"),
            ["notice.txt:5:30: “1月4日(周日)值班” holds a date, but it does not clearly say"],
        ),
        (
            with_change(2026, "部分节假日安排的通知", "工作安排的通知"),
            ["notice.txt:1:1: there is no title that names the year"],
        ),
        (
            notice(2060, LINES[2026]),
            ["notice.txt:1:1: the notice is for 2060; the statutory days are known for 2008 to 2050"],
        ),
        (
            CHANGED_2019.replace("、5月5日(星期日)", ""),
            [
                "notice.txt:1:1: as it was read, the notice gives 3 weekdays off and 1 weekend days worked,"
                " which leaves 2; the law gives 1: "
            ],
        ),
    ],
)
def test_what_cannot_be_the_notice_is_refused_with_its_reason(text, reasons):
    _, faults = read_notice("notice.txt", text)
    said = [fault.text() for fault in faults]
    assert len(said) == len(reasons), said
    for sentence, reason in zip(said, reasons, strict=True):
        assert sentence.startswith(reason), said


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(LINES)), st.data())
def test_of_a_mistyped_day_only_another_weekend_of_the_same_weekday_is_taken(year, data):
    text = notice(year, LINES[year])
    dates = list(re.finditer(r"(?:(?<=、)|(?<=。)|(?<=:))(\d+月)(\d+)(?=日)", text))
    found = data.draw(st.sampled_from(dates))
    other = data.draw(st.integers(1, 28).filter(lambda day: day != int(found[2])))
    result, _ = read_notice("notice.txt", text[: found.start(2)] + str(other) + text[found.end(2) :])
    if result is not None:
        off, work = right_days(year)
        assert set(result.off) == off
        (mistyped,), (right,) = set(result.work) - work, work - set(result.work)
        assert mistyped.weekday() == right.weekday()
