"""Text from outside is one line, bounded, and holds nothing that only confuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.text import UnfitText, fit, one_line

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ("550 no\r\nsuch user", "550 no such user"),
        ("a\0b", "a b"),
        ("cut \ud83d here", "cut here"),
        ("\u202egnp.exe", "gnp.exe"),
        ("one\u2028two\u2029three\u0085four", "one two three four"),
        ("  王\u3000小明  ", "王 小明"),
        ("王\u3000\u3000小明", "王 小明"),
        ("two  blanks", "two blanks"),
        ("e\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_what_only_confuses_is_taken_out(found: str, kept: str) -> None:
    assert one_line(found, 50) == kept


def test_what_is_too_long_ends_with_a_mark() -> None:
    assert one_line("x" * 100_000, 10) == "xxxxxxxxx…"


def test_what_just_fits_is_whole() -> None:
    assert one_line("0123456789", 10) == "0123456789"


@given(ANYTHING, st.integers(5, 40))
def test_whatever_comes_can_be_stored_and_is_one_line(text: str, most: int) -> None:
    line = one_line(text, most)
    line.encode("utf-8")
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert one_line(line, most) == line


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("王\u3000小明", "王\u3000小明"),
        ("a b", "a b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "é"),
        ("\U000323af", "\U000323af"),  # of Unicode 15, newer than some Pythons
        ("\ue863", "\ue863"),  # where GB18030 keeps some names
        ("", ""),
        *(
            (broken, "two lines")
            for broken in ("two\nlines", "two \r\n lines", "two\u2028lines", "two\tlines")
        ),
    ],
)
def test_what_people_write_stands_as_it_is_but_for_its_breaks(text: str, kept: str) -> None:
    assert fit(text, 50) == kept


@pytest.mark.parametrize(
    ("text", "at", "code"),
    [
        ("\u202eturned", 0, "U+202E"),
        ("two\nlines \u2066turned", 10, "U+2066"),
        ("bell\a", 4, "U+0007"),
        ("escape \x1b[31m", 7, "U+001B"),
        ("nothing\u200b", 7, "U+200B"),
        ("half \ud83d", 5, "U+D83D"),
        ("no character \uffff", 13, "U+FFFF"),
    ],
)
def test_what_may_not_stand_in_a_line_is_placed(text: str, at: int, code: str) -> None:
    with pytest.raises(UnfitText) as refused:
        fit(text, 50)
    assert (refused.value.code, refused.value.at, refused.value.values) == ("unfit-text", at, {"code": code})


@pytest.mark.parametrize("count", [11, 100_000])
def test_what_is_too_long_says_how_long_it_is(count: int) -> None:
    with pytest.raises(UnfitText) as refused:
        fit("x" * count, 10)
    assert (refused.value.code, refused.value.at) == ("long-text", 10)
    assert refused.value.values == {"count": str(count), "most": "10"}


def test_what_is_too_long_is_counted_as_it_would_be_kept() -> None:
    assert fit("e\u0301" * 10, 10) == "é" * 10


@given(ANYTHING, st.integers(5, 40))
def test_what_people_write_can_be_stored_or_is_refused(text: str, most: int) -> None:
    try:
        line = fit(text, most)
    except UnfitText:
        return
    line.encode("utf-8")
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert fit(line, most) == line
