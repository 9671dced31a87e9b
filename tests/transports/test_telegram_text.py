"""Cutting a text into what Telegram takes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from alertd.transports.telegram_text import TEXT_LIMIT, split_text, utf16_length

ODD = st.text(st.sampled_from("督a😀𠮷\n \u0301\u200d👩🏽"), max_size=400)


def test_the_length_is_counted_in_utf16_units() -> None:
    assert utf16_length("督a😀𠮷") == 6


def test_a_text_that_fits_exactly_stays_whole() -> None:
    assert split_text("督" * TEXT_LIMIT) == ["督" * TEXT_LIMIT]


def test_one_character_more_makes_two_parts() -> None:
    assert split_text("督" * (TEXT_LIMIT + 1)) == ["督" * TEXT_LIMIT, "督"]


def test_characters_that_count_two_are_counted_so() -> None:
    assert split_text("😀" * 2049) == ["😀" * 2048, "😀"]


def test_a_part_ends_at_a_lines_end_where_it_can() -> None:
    assert split_text("aaaaaa\nbbbbbb", limit=10) == ["aaaaaa", "bbbbbb"]


def test_a_lines_end_far_from_the_limit_is_not_used() -> None:
    assert split_text("aa\nbbbbbbbbbb", limit=10) == ["aa\nbbbbbbb", "bbb"]


def test_a_mark_stays_with_its_letter() -> None:
    assert split_text("aaae\u0301", limit=4) == ["aaa", "e\u0301"]


def test_a_joined_emoji_stays_whole() -> None:
    family = "👩\u200d👦"
    assert split_text("aaaa" + family, limit=8) == ["aaaa", family]


def test_a_skin_tone_stays_with_its_hand() -> None:
    assert split_text("aaaa👋🏽", limit=7) == ["aaaa", "👋🏽"]


def test_blank_parts_are_left_out() -> None:
    assert split_text("aaaaa" + " " * 20, limit=5) == ["aaaaa"]


def test_an_empty_text_is_one_part() -> None:
    assert split_text("") == [""]


@given(ODD, st.integers(2, 40))
def test_no_part_is_too_long(text: str, limit: int) -> None:
    assert all(utf16_length(part) <= limit for part in split_text(text, limit))


@given(ODD, st.integers(2, 40))
def test_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    assert re.sub(r"\s", "", "".join(split_text(text, limit))) == re.sub(r"\s", "", text)
