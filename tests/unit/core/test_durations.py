"""Lengths of time and repeats, as typed by people with and without an input method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.durations import parse_duration, parse_repeat
from alertd.core.model import Repeat
from alertd.core.text_error import ENGLISH, EXPECTED, TextError
from alertd.core.timing import Duration, TimeUnit

SPELLINGS = {
    TimeUnit.MINUTE: ["m", "min", "minutes", "分鐘", "分钟"],
    TimeUnit.HOUR: ["h", "hour", "hours", "小時", "個小時", "小时"],
    TimeUnit.DAY: ["d", "day", "days", "calendar days", "日", "天", "個自然日"],
    TimeUnit.WORKING_DAY: ["wd", "working day", "working days", "workdays", "工作日", "個工作日"],
    TimeUnit.WEEK: ["w", "week", "weeks", "週", "周", "個星期"],
    TimeUnit.MONTH: ["month", "months", "個月", "个月"],
    TimeUnit.YEAR: ["y", "year", "years", "年"],
}
NUMERALS = {2: ["2", "二", "兩", "两", "２"], 10: ["十", "１０"], 15: ["十五"], 20: ["二十"], 99: ["九十九"]}
ALL = [(unit, word) for unit, words in SPELLINGS.items() for word in words]


@pytest.mark.parametrize(("unit", "word"), ALL)
def test_every_spelling_of_a_unit_is_read(unit, word):
    assert parse_duration(f"3{word}") == parse_duration(f" 3  {word.upper()} ") == Duration(3, unit)


@pytest.mark.parametrize(("number", "text"), [(n, t) for n, texts in NUMERALS.items() for t in texts])
def test_numbers_are_read_in_chinese_and_full_width(number, text):
    assert parse_duration(f"{text}個工作日") == Duration(number, TimeUnit.WORKING_DAY)


@given(st.integers(1, 100), st.sampled_from(ALL), st.sampled_from(["", " ", "　"]))
def test_what_is_written_is_what_is_read(amount, spelling, space):
    unit, word = spelling
    wide = str(amount).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    expected = Duration(amount, unit)
    assert parse_duration(f"{amount}{space}{word}") == parse_duration(f"{wide}{space}{word}") == expected


@pytest.mark.parametrize(
    ("text", "code", "position", "hint"),
    [
        ("", "empty", 0, ""),
        ("5", "end-too-soon", 1, ""),
        ("days", "unexpected", 0, ""),
        ("5 dayz", "unexpected", 2, "5 day"),
        ("5 workng days", "unexpected", 2, "5 working days"),
        ("1.5 hours", "unexpected", 1, ""),
        ("5 days 3 hours", "unexpected", 7, ""),
        ("-5 days", "unexpected", 0, ""),
        ("0 days", "zero", 0, ""),
        ("99999999999999999999999999 days", "too-large", 0, ""),
        ("101 years", "too-large", 0, ""),
        ("3月", "month-name", 0, "3個月"),
        ("٣ days", "unexpected", 0, ""),
    ],
)
def test_a_bad_duration_says_what_where_and_what_would_be_right(text, code, position, hint):
    with pytest.raises(TextError) as caught:
        parse_duration(text)
    error = caught.value
    assert (error.code, error.position, error.hint) == (code, position, hint)
    assert error.message in str(error)
    assert "{" not in str(error)


def test_errors_say_what_was_found_and_what_was_expected():
    with pytest.raises(TextError) as caught:
        parse_duration("5 dais")
    assert str(caught.value) == (
        '"dais" does not fit here, expected a unit: minutes, hours, days, working days, weeks, months or'
        ' years; did you mean "5 days"?'
    )
    assert caught.value.values == {"found": "dais", "expected": "unit"}
    assert caught.value.values["expected"] in EXPECTED
    assert caught.value.code in ENGLISH


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_within_its_bounds(text):
    error = failure(text)
    assert error is None or (0 <= error.position <= len(text) and str(error))


def failure(text):
    try:
        parse_duration(text)
    except TextError as error:
        return error
    return None


@pytest.mark.parametrize(
    "text",
    [
        "every 10 minutes until acknowledged, at most 6",
        "every 10m until acknowledged, at most 6",
        "Every 10 min until acknowledged at most 6 times",
        "每10分鐘直至簽收，至多6次",
        "每十分钟，直到签收，最多六次",
    ],
)
def test_a_repeat_has_an_interval_and_a_cap(text):
    assert parse_repeat(text) == Repeat(Duration(10, TimeUnit.MINUTE), 6)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("every 10m until acknowledged", "cap-missing", 28),
        ("every 10m", "end-too-soon", 9),
        ("10m until acknowledged, at most 6", "unexpected", 0),
        ("every 10m until acknowledged, at most 0", "zero", 38),
        ("every 10m until acknowledged, at most 6 and more", "unexpected", 40),
    ],
)
def test_a_repeat_without_a_cap_is_refused(text, code, position):
    with pytest.raises(TextError) as caught:
        parse_repeat(text)
    assert (caught.value.code, caught.value.position) == (code, position)
