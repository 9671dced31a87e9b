"""What is signed is known again; what was touched is not."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from alertd.core.signing import number_of, number_text, sign, signed

KEY, OLD, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
TEXTS = st.lists(st.text(max_size=20), max_size=4)


@given(TEXTS)
def test_what_is_signed_is_known_again_by_the_new_and_by_the_old_key(values: list[str]) -> None:
    assert signed([KEY, OLD], "link", values, sign(KEY, "link", values))
    assert signed([KEY, OLD], "link", values, sign(OLD, "link", values))
    assert not signed([KEY, OLD], "link", values, sign(OTHER, "link", values))
    assert not signed([], "link", values, sign(KEY, "link", values))


@given(TEXTS, TEXTS)
def test_a_sign_vouches_for_its_purpose_and_its_values_alone(values: list[str], others: list[str]) -> None:
    given_sign = sign(KEY, "link", values)
    assert signed([KEY], "link", others, given_sign) == (values == others)
    assert not signed([KEY], "reply", values, given_sign)


def test_where_one_value_ends_and_the_next_begins_is_signed_too() -> None:
    assert sign(KEY, "link", ["ab", "c"]) != sign(KEY, "link", ["a", "bc"])
    assert sign(KEY, "link", ["ab"]) != sign(KEY, "link", ["ab", ""])


def test_a_sign_survives_a_mail_server_that_writes_capitals() -> None:
    assert signed([KEY], "reply", ["1"], sign(KEY, "reply", ["1"]).upper())


@given(st.text(max_size=40))
def test_whatever_is_given_for_a_sign_is_an_answer_and_no_fault(given_sign: str) -> None:
    assert signed([KEY], "link", ["1"], given_sign) == (given_sign.lower() == sign(KEY, "link", ["1"]))


@given(st.integers(0, 2**64 - 1))
def test_a_number_is_written_in_small_letters_and_read_again(number: int) -> None:
    written = number_text(number)
    assert number_of(written) == number_of(written.upper()) == number
    assert written == written.lower()
    assert len(written) <= 13


@given(st.text(max_size=16))
def test_a_text_that_is_no_number_is_none_and_each_number_has_one_text(text: str) -> None:
    number = number_of(text)
    assert number is None or number_text(number) == text.lower()
