"""How much of a message a messenger takes, counted in bytes and cut by whole lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.cards import Card, CardSize, cut, fitted, length, plain_card, size_of

SIZE = CardSize(title=128, text=512, plain=2048, gap=4)
LINES = st.lists(st.text(max_size=30), max_size=12)


def more(count: int) -> str:
    return f"+{count}"


def test_a_character_counts_as_many_bytes_as_it_has() -> None:
    assert [size_of(text) for text in ("a", "簽", "𠮷", "")] == [1, 3, 4, 0]


def test_what_fits_is_not_touched_and_what_does_not_ends_in_an_ellipsis() -> None:
    assert cut("簽收", 6) == "簽收"
    assert cut("簽收期限", 9) == "簽收…"
    assert cut("簽收期限", 11) == "簽收…"


@pytest.mark.parametrize("whole", ["👨\u200d👩\u200d👧", "e\u0301", "👍🏽"])
def test_nothing_that_people_see_as_one_is_taken_apart(whole: str) -> None:
    for most in range(4, size_of("ab" + whole + "cd")):
        assert cut("ab" + whole + "cd", most).removesuffix("…").removesuffix("c") in (
            "",
            "a",
            "ab",
            "ab" + whole,
        )


@given(st.text(), st.integers(3, 200))
def test_what_is_cut_is_never_longer_than_it_may_be(text: str, most: int) -> None:
    assert size_of(cut(text, most)) <= most


def test_whole_lines_are_left_out_and_counted() -> None:
    lines = ["甲" * 3, "乙" * 3, "丙" * 3]
    assert fitted(lines, 29, 1, more) == tuple(lines)
    assert fitted(lines, 28, 1, more) == (*lines[:2], "+1")
    assert fitted(lines, 21, 1, more) == (lines[0], "+2")
    assert fitted(lines, 10, 1, more) == ("甲…", "+2")


def test_the_end_of_a_line_counts_as_the_messenger_writes_it() -> None:
    assert fitted(["aaa", "bbb"], 10, 4, more) == ("aaa", "bbb")
    assert fitted(["aaa", "bbb"], 9, 4, more) == ("aaa", "+1")


@given(LINES, st.integers(12, 200), st.sampled_from([1, 4]))
def test_lines_are_never_longer_than_they_may_be_and_none_is_lost_unsaid(
    lines: list[str], most: int, gap: int
) -> None:
    shown = fitted(lines, most, gap, more)
    assert length(shown, gap) <= most
    if tuple(lines) != shown and len(lines) > 1:
        assert shown[-1].startswith("+")


def test_a_message_without_a_card_of_its_own_is_its_subject_and_its_words() -> None:
    assert plain_card("測試", "甲\n乙\n", SIZE) == Card("測試", ("甲", "乙"))
    assert plain_card("測試", "甲\n乙\n", SIZE).plain == "測試\n\n甲\n乙"
    assert plain_card("測試", " ", SIZE).plain == "測試"


def test_a_message_that_is_too_long_is_shortened_as_a_text() -> None:
    found = plain_card("題" * 300, "\n".join(["行" * 30] * 60), SIZE)
    assert size_of(found.plain) <= SIZE.plain
    assert found.lines[-1] == "…"
    assert found.lines[0] == "行" * 30
