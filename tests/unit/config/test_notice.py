"""Reading the State Council's holiday notices: every form of 2013 to 2026, and what is wrong in a paste."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config.notice import read_notice
from alertd.config.notice_years import unknown_year, years_with
from alertd.core.calendar import CalendarYear
from alertd.messages.catalogue import to_simplified
from tests.unit.config.notices import CHANGED_2019, COMING, LENGTHENED_2020, LINES, notice
from tests.unit.core.shipped_calendar import CALENDAR

TODAY = date(2026, 11, 22)


def entered(text: str, years: dict[int, CalendarYear]) -> dict[int, CalendarYear]:
    """The calendar with a notice in it, which must be without faults."""
    found, faults = read_notice("notice.txt", text)
    assert [fault.text() for fault in faults] == []
    assert found is not None
    return {**years, **years_with(found, years, TODAY)}


def all_entered() -> dict[int, CalendarYear]:
    """The calendar as a clerk makes it who enters every notice of 2013 to 2026 in the order they came."""
    years: dict[int, CalendarYear] = {}
    changes = {2019: CHANGED_2019, 2020: LENGTHENED_2020}
    for year, lines in LINES.items():
        years = entered(notice(year, lines), years)
        years = entered(changes[year], years) if year in changes else years
    return years


def weekdays_off(year: CalendarYear) -> dict[date, str]:
    return {day: name for day, name in year.off.items() if day.weekday() < 5}


@pytest.mark.parametrize("year", [year for year in LINES if year in CALENDAR.years])
def test_every_notice_gives_the_days_of_the_calendar(year):
    read, kept = all_entered()[year], CALENDAR.years[year]
    assert list(read.work) == list(kept.work)
    assert weekdays_off(read).keys() == weekdays_off(kept).keys()
    assert read.status == "official"
    assert not set(read.off) - set(kept.off)


def test_the_names_of_the_holidays_are_those_of_the_calendar():
    # Which day of a long holiday is Mid-Autumn is not in the notice; an estimate entered before knows it.
    estimate = {2025: CalendarYear(2025, "provisional", {date(2025, 10, 6): "mid-autumn"})}
    read = entered(notice(2025, LINES[2025]), estimate)[2025]
    assert read.off == CALENDAR.years[2025].off


def test_traditional_characters_and_full_width_signs_say_the_same():
    simplified = notice(2027, COMING)
    traditional = simplified.translate(
        str.maketrans("务关节劳动庆农历调国发电补与号现将", "務關節勞動慶農曆調國發電補與號現將")
    ).replace("周", "週")
    wide = traditional.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789():,"})
    assert to_simplified(traditional) != traditional
    years = [entered(text, {})[2027] for text in (simplified, traditional, wide)]
    assert years[0].off == years[1].off == years[2].off
    assert years[0].work == years[1].work == years[2].work
    assert "國務院" in years[1].source


def test_lines_broken_anywhere_and_blanks_do_not_matter():
    whole = notice(2026, LINES[2026])
    broken = "\n".join(whole[at : at + 17] for at in range(0, len(whole), 17)).replace("月", " 月 ")
    assert entered(broken, {}) == {2026: entered(whole, {})[2026]}


def test_the_source_is_the_title_with_its_number_and_address():
    text = notice(2026, LINES[2026]) + "https://www.gov.cn/zhengce/content/202511/content_7047090.htm\n"
    found, _ = read_notice("n", text)
    assert found is not None
    assert found.source == (
        "国务院办公厅关于2026年部分节假日安排的通知(国办发明电〔2025〕7号) "
        "https://www.gov.cn/zhengce/content/202511/content_7047090.htm"
    )


def test_advice_is_no_day_off():
    found, _ = read_notice("n", notice(2024, LINES[2024]))
    assert found is not None
    assert date(2024, 2, 9) not in found.off


def test_a_changed_holiday_leaves_the_others_alone():
    before = entered(notice(2019, LINES[2019]), {})
    after = entered(CHANGED_2019, before)[2019]
    assert {day for day, name in after.off.items() if name == "labour-day"} == {
        date(2019, 5, day) for day in range(1, 5)
    }
    assert {day: n for day, n in after.off.items() if n != "labour-day"} == {
        day: n for day, n in before[2019].off.items() if n != "labour-day"
    }
    assert set(after.work) - set(before[2019].work) == {date(2019, 4, 28), date(2019, 5, 5)}
    assert "2019年部分" in after.source
    assert "调整2019年" in after.source


def test_a_lengthened_holiday_takes_the_weekend_that_was_to_be_worked():
    before = entered(notice(2020, LINES[2020]), {})
    after = entered(LENGTHENED_2020, before)[2020]
    assert date(2020, 2, 1) in before[2020].work
    assert date(2020, 2, 1) not in after.work
    assert [day for day in after.off if day not in before[2020].off] == [
        date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)
    ]  # fmt: skip


def test_days_of_december_go_to_the_year_before_and_stay_when_that_is_entered_again():
    years = entered(notice(2018, LINES[2018]), {})
    years = entered(notice(2019, LINES[2019]), years)
    assert date(2018, 12, 29) in years[2018].work
    assert date(2018, 12, 31) in years[2018].off
    again = entered(notice(2018, LINES[2018]), years)
    assert again[2018].off == years[2018].off
    assert again[2018].work == years[2018].work


def test_a_change_to_a_year_that_is_not_kept_is_refused():
    found, _ = read_notice("n", CHANGED_2019)
    assert found is not None
    assert [fault.code for fault in unknown_year("n", found, {})] == ["notice-year-unknown"]
    assert unknown_year("n", found, CALENDAR.years) == ()
    with pytest.raises(KeyError):
        years_with(found, {}, TODAY)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("(周六)至6日", "(周五)至6日", "notice-wrong-weekday", 12),
        ("5月9日(周六)上班", "5月8日(周五)上班", "notice-work-on-weekday", 30),
        ("4月4日(周六)至6日(周一)放假,共3天", "4月4日(周六)至6日(周一)放假,共4天", "notice-wrong-total", 26),
        ("1月4日(周日)上班", "1月4日(周日)恢复", "notice-unreadable", 30),
        ("五、端午节:", "五、重阳节:", "notice-unknown-holiday", 3),
        ("6月19日(周五)至21日(周日)", "6月31日至7月2日", "notice-no-such-day", 10),
        ("6月19日(周五)至21日(周日)放假,共3天", "6月19日(周五)至1日放假", "notice-bad-range", 7),
    ],
)
def test_what_is_wrong_in_a_paste_is_named_at_its_place(old, new, code, column):
    text = notice(2026, LINES[2026])
    assert old in text
    changed = text.replace(old, new)
    found, faults = read_notice("notice.txt", changed)
    assert found is None
    line = changed[: changed.index(new)].count("\n") + 1
    assert code in [fault.code for fault in faults], faults
    fault = next(fault for fault in faults if fault.code == code)
    assert (fault.file, fault.line) == ("notice.txt", line)
    assert fault.column <= column + 3
    assert fault.text("zh-Hant")
    assert fault.text("en")


def with_change(old: str, new: str) -> str:
    text = notice(2026, LINES[2026])
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "notice-without-title"),
        ("一、元旦:1月1日放假。", "notice-without-title"),
        (notice(2026, ""), "notice-without-days"),
        (
            with_change("三、清明节:4月4日(周六)至6日(周一)放假,共3天。\n", ""),
            "notice-holiday-missing",
        ),
        (with_change("5月1日(周五)至5日(周二)放假调休,共5天", "5月4日放假"), "notice-day-missing"),
        (with_change("5月9日(周六)", "5月3日(周日)"), "notice-off-and-work"),
        (with_change("10月10日(周六)", "2027年10月9日(周六)"), "notice-other-year"),
        (CHANGED_2019.replace("劳动节", ""), "notice-without-holiday"),
    ],
)
def test_what_is_missing_is_named(text, code):
    found, faults = read_notice("n", text)
    assert found is None
    assert [fault.code for fault in faults] == [code]


_PARTS = [
    *[
        "国务院办公厅关于2027年部分节假日安排的通知",
        "如下",
        "一、",
        "元旦",
        "春节:",
        "放假",
        "上班",
        "至",
        "。",
    ],
    *["共3天", "、", "1月1日", "13月40日", "2月30日", "0000年", "9999年12月31日", "(周六)", "\n", "99999日"],
    "延长2020年春节假期至",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(_PARTS), max_size=25).map("".join)))
def test_no_text_makes_the_reader_fail(text):
    for whole in (text, _PARTS[0] + text):
        found, faults = read_notice("n", whole)
        assert (found is None) == bool(faults)
        if found is not None and found.whole:
            assert years_with(found, {}, TODAY)[found.year].status == "official"
        for fault in faults:
            assert fault.text("zh-Hant")
