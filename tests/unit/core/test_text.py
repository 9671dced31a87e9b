"""Text from outside is one line, bounded, and holds nothing that only confuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.text import one_line, unbroken, unfit


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


@given(st.text(st.characters(exclude_categories=()), max_size=200), st.integers(5, 40))
def test_whatever_comes_can_be_stored_and_is_one_line(text: str, most: int) -> None:
    line = one_line(text, most)
    line.encode("utf-8")
    assert len(line) <= most
    assert len(line.splitlines()) <= 1
    assert one_line(line, most) == line


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("王\u3000小明", None),
        ("a b", None),
        ("می\u200cخواهم", None),
        ("two\nlines", 3),
        ("\u202eturned", 0),
        ("tab\t", 3),
        ("half \ud83d", 5),
        ("", None),
    ],
)
def test_what_may_not_stand_in_one_line_is_placed(text: str, at: int | None) -> None:
    assert unfit(text) == at


@pytest.mark.parametrize("broken", ["two\nlines", "two \r\n lines", "two\u2028lines", "two\tlines"])
def test_a_break_within_a_text_is_one_blank(broken: str) -> None:
    assert unbroken(broken) == "two lines"
