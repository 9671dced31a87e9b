"""Traces in words: every code of the core has its sentence, and a clerk can count again from them."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest

import alertd.core
from alertd.core.calendar import CalendarYear, WorkCalendar
from alertd.core.limits import limits_after
from alertd.core.rules import parse_rule
from alertd.core.timing import OfficeHours, TraceLine
from alertd.messages.catalogue import Catalogue
from alertd.messages.trace import TraceText, trace_text
from tests.unit.messages.views import LANGUAGES, ZONE, at

OFF = {date(2026, 10, day): "national-day" for day in range(1, 8)}
YEAR = CalendarYear(2026, "official", OFF, {date(2026, 10, 10): "national-day"})
CALENDAR = WorkCalendar(ZONE, {2026: YEAR}, "c1")

RULES = {
    "5 hours": at(2026, 10, 1, 2, 10),
    "5 to 15 working days": at(2026, 9, 28, 10, 0),
    "at least 30 days": at(2026, 5, 1),
    "1 month": at(2026, 1, 31, 9, 0),
    "2 months": at(2026, 3, 5, 9, 0),
    "5 working days before": at(2026, 10, 12, 9, 0),
    "3 hours before": at(2026, 10, 12, 9, 0),
    "yearly by 01-30 of the next year roll forward": at(2026, 2, 1),
    "yearly by 10-04 roll back": at(2026, 2, 1),
    "yearly by 10-02": at(2026, 2, 1),
    "every 12 hours while open": at(2026, 10, 1, 2, 10),
    "every 2 working days while open": at(2026, 9, 28, 10, 0),
    "while the case is open": at(2026, 9, 28, 10, 0),
}


def said(rule: str, language: str = "zh-Hant") -> list[TraceText]:
    limits = limits_after(parse_rule(rule), RULES[rule], CALENDAR, OfficeHours())
    return [trace_text(line, ZONE, language, date(2026, 1, 1)) for line in limits.trace]


def test_a_clerk_can_count_five_working_days_again():
    assert [" ".join(line) for line in said("5 to 15 working days")] == [
        "9月28日(星期一)10:00 起算 當日不計入，自次日起算（民法典第201條）",
        "9月29日(星期二) 計算 自此日起計15個工作日，工作日曆版本c1",
        "10月1日(星期四)至10月7日(星期三) 不計 國慶節放假，7天",
        "10月10日(星期六) 計入 國慶節調休，照常上班",
        "10月11日(星期日) 不計 週末，1天",
        "10月17日(星期六)至10月18日(星期日) 不計 週末，2天",
        "10月10日(星期六)24時 最早 滿5個工作日，至10月10日(星期六)24時",
        "10月23日(星期五) 最後一日 滿15個工作日之日",
        "10月23日(星期五)24時 屆滿 最後一日24時屆滿（民法典第203條）",
        "10月23日(星期五)17:30 下班前 最後一日下班",
    ]


def test_an_hour_clock_says_that_nights_count():
    assert [line.why for line in said("5 hours", "en")] == [
        "hours run from this moment, nights and holidays included (Civil Code art. 201)",
        "5 hours after the start",
        "hours do not end with office hours",
    ]


def test_a_year_without_official_notice_is_marked():
    last = said("yearly by 01-30 of the next year roll forward")[-1]
    assert last.what == "暫定"
    assert last.why == "2027年放假安排尚未正式公佈，按預估日曆計算，公佈後重新計算"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES)
def test_no_line_is_left_as_a_code(rule, language):
    for line in said(rule, language):
        assert "-" not in re.sub(r"[Mm]ake-up", "", line.what + line.why)
        assert not re.search(r"\d{4}-\d\d|[{}]", " ".join(line))


def test_every_code_the_core_writes_has_its_sentence():
    words = Catalogue("zh-Hant")
    written: set[tuple[str, str]] = set()
    for path in Path(alertd.core.__file__).parent.glob("*.py"):
        source = path.read_text("utf-8")
        written |= set(re.findall(r'TraceLine\(\s*[^"]*?,\s*"([a-z-]+)",\s*"([a-z-]+)"', source))
    assert len(written) > 12
    whats, whys = zip(*written, strict=True)
    more = (
        ["skip", "work", "roll"],
        ["weekend", "holiday", "make-up", "nth-day", "corresponding-day", "month-end"],
    )
    missing = [code for code in (*whats, *more[0]) if f"trace.what.{code}" not in words]
    missing += [code for code in (*whys, *more[1]) if f"trace.why.{code}" not in words]
    assert missing == []


def test_an_unknown_code_is_shown_as_it_is():
    line = TraceLine(datetime(2026, 1, 1, tzinfo=ZONE), "leap", "blue-moon", {"day": "2026-01-02"})
    assert trace_text(line, ZONE, "en", date(2026, 1, 1)) == ("Thu 1 Jan 00:00", "leap", "blue-moon")


def test_every_holiday_of_the_shipped_calendar_has_its_name():
    source = (Path(__file__).parents[3] / "schedules" / "calendar.toml").read_text("utf-8")
    codes = set(re.findall(r'name\s*=\s*"([^"]+)"', source))
    words = Catalogue("zh-Hant")
    assert codes
    assert [code for code in codes if f"holiday.{code}" not in words] == []
