"""Lines fit into 78 columns, nothing is lost, and no line begins with a comma."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alertd.messages.wrap import columns, wrap_text

TEXT = st.text(alphabet="法治時限 ，。（）「」abc123:/-", max_size=200)


def test_a_chinese_character_takes_two_columns():
    assert columns("時限24:00") == 9
    assert columns("（）") == 4


@given(TEXT)
@example("字" * 39 + "，" * 3)
def test_no_line_is_wider_than_the_page(text):
    # A closing sign may hang over where the line before it is all closing signs: there is no place to break.
    for line in wrap_text(text).split("\n"):
        assert columns(line) <= 78


@given(TEXT)
def test_nothing_but_spaces_is_lost(text):
    assert "".join(wrap_text(text).split()) == "".join(text.split())


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one():
    for shift in range(40):
        text = "字" * (20 + shift) + "，字（字）。" * 10
        for line in wrap_text(text).split("\n"):
            assert line[0] not in "，。）"
            assert line[-1] != "（"


def test_a_word_is_not_cut():
    text = "字" * 35 + " incident-information@fire/town"
    assert wrap_text(text) == "字" * 35 + "\nincident-information@fire/town"


@pytest.mark.parametrize("date", ["12月30日(星期三)", "2027年1月4日(星期一)", "Wed 30 Dec", "Mon 4 Jan 2027"])
def test_a_date_is_not_cut(date):
    for shift in range(16):
        lines = wrap_text("字" * shift + date + "下班前(17:30)", 24).split("\n")
        assert any(date in line for line in lines), lines


def test_a_word_wider_than_the_page_is_cut():
    assert [len(line) for line in wrap_text("x" * 100).split("\n")] == [78, 22]


def test_the_lines_that_follow_keep_the_indentation():
    lines = wrap_text("  " + "字" * 60).split("\n")
    assert [line[:2] for line in lines] == ["  ", "  "]
    assert columns(lines[0]) == 78
