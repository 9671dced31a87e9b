"""Days, limits and time left as people write them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.timing import Duration, TimeUnit
from alertd.messages.dates import (
    counted_text,
    day_text,
    due_short_text,
    due_text,
    duration_text,
    instant_text,
    limit_text,
    occurrence_text,
    remaining_text,
)
from tests.unit.messages.views import ZONE, at

DAY = date(2026, 12, 30)
CLOCK = {"last_day": DAY, "office_due": at(2026, 12, 30, 17, 30), "by_the_hour": False, "zone": ZONE}


def due(language: str = "zh-Hant", **change: object) -> str:
    given_ = {**CLOCK, "due": at(2026, 12, 31), "reference": date(2026, 1, 1), **change}
    return due_text(language=language, **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hant", "12月30日(星期三)下班前(17:30);法定至24時"),
        ("zh-Hans", "12月30日(星期三)下班前(17:30);法定至24时"),
        ("en", "Wed 30 Dec, close of business (17:30); legal limit 24:00"),
    ],
)
def test_a_due_day_tells_office_closing_and_the_legal_limit(language, text):
    assert due(language) == text


def test_where_the_last_day_is_a_day_of_rest_both_days_are_named():
    text = due(
        last_day=date(2027, 1, 30),
        office_due=at(2027, 1, 29, 17, 30),
        due=at(2027, 1, 31),
        reference=date(2027, 1, 4),
    )
    assert text == "1月29日(星期五)下班前(17:30);法定至1月30日(星期六)24時"


def test_an_hour_clock_is_due_at_its_minute():
    text = due(due=at(2026, 10, 1, 7, 10), last_day=None, office_due=None, by_the_hour=True)
    assert text == "10月1日(星期四)07:10"


def test_the_year_is_told_where_it_is_another_one():
    assert day_text(DAY, "zh-Hant", date(2026, 1, 1)) == "12月30日(星期三)"
    assert day_text(DAY, "zh-Hant", date(2027, 1, 1)) == "2026年12月30日(星期三)"
    assert day_text(DAY, "en", date(2027, 1, 1)) == "Wed 30 Dec 2026"
    assert day_text(DAY, "en") == "Wed 30 Dec 2026"


def test_an_instant_is_shown_in_the_zone_of_the_reader():
    utc = datetime(2026, 9, 30, 18, 10, tzinfo=UTC)
    assert instant_text(utc, ZONE, "zh-Hant", DAY) == "10月1日(星期四)02:10"
    assert instant_text(utc, ZONE, "en", DAY) == "Thu 1 Oct 02:10"
    assert instant_text(utc, ZoneInfo("UTC"), "en", DAY) == "Wed 30 Sep 18:10"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["zh-Hant", "zh-Hans", "en"]))
def test_midnight_is_never_shown_as_the_next_days_nought_hours(day, language):
    midnight = datetime.combine(day + timedelta(days=1), time(0), ZONE)
    texts = [
        limit_text(midnight, ZONE, language, day),
        due(language, due=midnight, last_day=day, office_due=None, reference=day),
        due(language, due=midnight, last_day=None, office_due=None, reference=day),
    ]
    for text in texts:
        assert "00:00" not in text
        assert "24" in text
        assert day_text(day, language, day) in text


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (at(2026, 12, 25, 8, 30), "12月30日下班前"),
        (at(2026, 12, 29, 8, 30), "明日下班前"),
        (at(2026, 12, 30, 8, 30), "今日下班前"),
        (at(2026, 12, 30, 17, 30), "今日下班前"),
        (at(2026, 12, 30, 18, 0), "今日24時屆滿"),
    ],
)
def test_a_subject_asks_for_office_closing_and_then_for_the_legal_limit(now, text):
    given_ = {**CLOCK, "due": at(2026, 12, 31)}
    assert due_short_text(language="zh-Hant", now=now, **given_) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "office", "text", "short"),
    [
        ("zh-Hant", at(2026, 12, 30, 16, 0), "12月30日(星期三)16:00前", "今日16:00前"),
        ("en", at(2026, 12, 30, 16, 0), "Wed 30 Dec 16:00", "by 16:00 today"),
        (
            "zh-Hant",
            at(2026, 12, 29, 17, 30),
            "12月29日(星期二)下班前(17:30);規定至12月30日(星期三)16:00",
            "今日16:00前",
        ),
    ],
)
def test_a_time_of_day_that_a_rule_names_is_the_limit(language, office, text, short):
    clock = {"due": at(2026, 12, 30, 16, 0), "last_day": DAY, "office_due": office}
    assert due(language, reference=DAY, **clock) == text
    now = at(2026, 12, 30, 10, 0)
    more = {"by_the_hour": False, "zone": ZONE, "language": language, "now": now}
    assert due_short_text(**clock, **more) == short


def test_what_is_late_by_hours_on_its_last_day_is_not_said_to_end_today():
    clock = {"due": at(2026, 12, 30, 16, 0), "zone": ZONE, "language": "en", "last_day": DAY}
    assert remaining_text(at(2026, 12, 30, 16, 0), **clock) == "ends today"  # type: ignore[arg-type]
    assert remaining_text(at(2026, 12, 30, 17, 0), **clock) == "1 h overdue"  # type: ignore[arg-type]


def test_a_subject_tells_the_minute_of_an_hour_clock():
    hours = {"last_day": None, "office_due": None, "by_the_hour": True, "zone": ZONE}
    now = at(2026, 10, 1, 2, 0)
    short = due_short_text(due=at(2026, 10, 1, 7, 10), language="zh-Hant", now=now, **hours)  # type: ignore[arg-type]
    midnight = due_short_text(due=at(2026, 10, 2), language="zh-Hant", now=now, **hours)  # type: ignore[arg-type]
    assert (short, midnight) == ("今日07:10屆滿", "今日24時屆滿")


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (at(2026, 12, 25, 23, 59), "還有5天"),
        (at(2026, 12, 30, 8, 30), "今日屆滿"),
        (at(2026, 12, 30, 23, 59), "今日屆滿"),
        (at(2026, 12, 31), "已逾期1天"),
        (at(2027, 1, 4, 8, 30), "已逾期5天"),
    ],
)
def test_days_left_are_counted_by_the_calendar(now, text):
    assert remaining_text(now, at(2026, 12, 31), zone=ZONE, language="zh-Hant", last_day=DAY) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (-150, "還有2小時30分"),
        (-120, "還有2小時"),
        (-45, "還有45分鐘"),
        (0, "時限已屆滿"),
        (40, "已超時限40分鐘"),
        (60, "已超時限1小時"),
        (1505, "已超時限25小時5分"),
    ],
)
def test_hours_left_are_counted_to_the_minute(minutes, text):
    limit = at(2026, 10, 1, 7, 10)
    now = limit + timedelta(minutes=minutes)
    assert remaining_text(now, limit, zone=ZONE, language="zh-Hant") == text


def test_the_last_seconds_are_not_called_over():
    limit = at(2026, 10, 1, 7, 10)
    assert remaining_text(limit - timedelta(seconds=9), limit, zone=ZONE, language="en") == "1 min left"
    assert remaining_text(limit + timedelta(seconds=9), limit, zone=ZONE, language="en") == "time is up"


@given(st.integers(60, 10**6))
def test_nobody_is_promised_time_that_is_not_there(seconds):
    limit = at(2026, 10, 1, 7, 10)
    text = remaining_text(limit - timedelta(seconds=seconds), limit, zone=ZONE, language="en")
    promised = re.fullmatch(r"(?:(\d+) h ?)?(?:(\d+) min )?left", text)
    assert promised is not None, text
    hours, minutes = (int(n or 0) for n in promised.groups())
    assert 0 <= seconds - hours * 3600 - minutes * 60 < 60


@pytest.mark.parametrize(
    ("unit", "amount", "chinese", "english"),
    [
        (TimeUnit.MINUTE, 30, "30分鐘", "30 minutes"),
        (TimeUnit.HOUR, 1, "1小時", "1 hour"),
        (TimeUnit.DAY, 30, "30日", "30 days"),
        (TimeUnit.WORKING_DAY, 5, "5個工作日", "5 working days"),
        (TimeUnit.WEEK, 2, "2週", "2 weeks"),
        (TimeUnit.MONTH, 3, "3個月", "3 months"),
        (TimeUnit.YEAR, 1, "1年", "1 year"),
    ],
)
def test_a_length_of_time_has_its_unit(unit, amount, chinese, english):
    duration = Duration(amount, unit)
    assert (duration_text(duration, "zh-Hant"), duration_text(duration, "en")) == (chinese, english)


def test_an_event_is_read_back_before_it_counts():
    start, end = at(2026, 10, 1, 2, 10), at(2026, 10, 1, 7, 10)
    text = counted_text(start, "5小時", end, zone=ZONE, language="zh-Hant", reference=DAY)
    assert text == "10月1日(星期四)02:10起算,5小時,07:10屆滿"


def test_a_reading_back_that_ends_on_another_day_names_it():
    start, end = at(2026, 9, 28, 10, 0), at(2026, 10, 11)
    text = counted_text(start, "5個工作日", end, zone=ZONE, language="zh-Hant", reference=DAY)
    assert text == "9月28日(星期一)10:00起算,5個工作日,10月10日(星期六)24時屆滿"


@pytest.mark.parametrize(
    ("label", "chinese", "english"),
    [
        ("2026", "2026年度", "2026"),
        ("2026-q4", "2026年第4季度", "2026, quarter 4"),
        ("2026-12", "2026年12月", "Dec 2026"),
        ("fire-1001", "", ""),
    ],
)
def test_a_period_is_named_and_a_case_is_not(label, chinese, english):
    assert (occurrence_text(label, "zh-Hant"), occurrence_text(label, "en")) == (chinese, english)
