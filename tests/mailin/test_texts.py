"""What a text message that comes back says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.mailin.letter import Kind
from alertd.mailin.texts import text_answer


@pytest.mark.parametrize(
    ("text", "kind", "numbers", "every", "rest"),
    [
        ("1", Kind.RECEIVED, (), False, ""),
        (" １ ", Kind.RECEIVED, (), False, ""),
        ("1。", Kind.RECEIVED, (), False, ""),
        ("回1", Kind.RECEIVED, (), False, ""),
        ("回复1", Kind.RECEIVED, (), False, ""),
        ("1簽收", Kind.RECEIVED, (), False, ""),
        ("1 收到", Kind.RECEIVED, (), False, ""),
        ("收到", Kind.RECEIVED, (), False, ""),
        ("签收", Kind.RECEIVED, (), False, ""),
        ("1234", Kind.RECEIVED, (1234,), False, ""),
        ("1 1234", Kind.RECEIVED, (1234,), False, ""),
        ("1，1234、1235", Kind.RECEIVED, (1234, 1235), False, ""),
        ("1 編號1234", Kind.RECEIVED, (1234,), False, ""),
        ("1 全部", Kind.RECEIVED, (), True, ""),
        ("2", Kind.HANDED_IN, (), False, ""),
        ("２ １２３４", Kind.HANDED_IN, (1234,), False, ""),
        ("2已報", Kind.HANDED_IN, (), False, ""),
        ("2已报 1234，死亡0人", Kind.HANDED_IN, (1234,), False, "死亡0人"),
        ("2 #1234 死亡0人", Kind.HANDED_IN, (1234,), False, "死亡0人"),
        ("已報 #1234", Kind.HANDED_IN, (1234,), False, ""),
        ("reply 2 handed in", Kind.HANDED_IN, (), False, ""),
        ("2點再報", Kind.UNCLEAR, (), False, "2點再報"),
        ("2 点再报", Kind.UNCLEAR, (), False, "2 点再报"),
        ("1月底前報", Kind.UNCLEAR, (), False, "1月底前報"),
        ("2 12月底報", Kind.UNCLEAR, (), False, "2 12月底報"),
        ("2 1234嗎？", Kind.UNCLEAR, (), False, "2 1234嗎？"),
        ("1已報", Kind.UNCLEAR, (), False, "1已報"),
        ("3", Kind.UNCLEAR, (), False, "3"),
        ("12", Kind.UNCLEAR, (), False, "12"),
        ("你是谁", Kind.UNCLEAR, (), False, "你是谁"),
        ("TD", Kind.UNCLEAR, (), False, "TD"),
        ("", Kind.UNCLEAR, (), False, ""),
    ],
)
def test_a_text_is_what_its_first_digit_and_numbers_say(text, kind, numbers, every, rest):
    found = text_answer(text)
    assert (found.kind, found.numbers, found.all, found.rest) == (kind, numbers, every, rest)


@given(st.text(max_size=200))
def test_whatever_is_written_nothing_is_raised(text):
    found = text_answer(text)
    assert found.kind in (Kind.RECEIVED, Kind.HANDED_IN, Kind.UNCLEAR)
