"""Telephone numbers as people write them, and as the network does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.phones import e164


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "8613800138000",
        "008613800138000",
        "０１３８００１３８０００",
        "（＋86）13800138000",
    ],
)
def test_a_mobile_number_is_the_same_however_it_is_written(text):
    assert e164(text) == "+8613800138000"


@pytest.mark.parametrize(
    "text",
    ["", "0756-2121212", "1380013800", "138001380000", "12800138000", "+8602121212", "13800138000轉8",
     "+0123", "1.38E+10", "abc", "13800138000/13900139000", "++8613800138000", "13８00+138000"],
)  # fmt: skip
def test_what_takes_no_text_is_no_number(text):
    assert e164(text) == ""


def test_another_country_is_named_or_configured():
    assert e164("+853 6612 3456") == "+85366123456"
    assert e164("6612 3456", "853") == "+85366123456"
    assert e164("07700 900123", "44") == "+447700900123"
    assert e164("13800138000", "853") == "+85313800138000"


@given(st.text(max_size=30), st.sampled_from(["86", "853", "44"]))
def test_whatever_is_written_the_answer_is_one_and_stays_it(text, country):
    found = e164(text, country)
    assert found == "" or (
        found[0] == "+" and found[1:].isdigit() and found.isascii() and 8 <= len(found) <= 16
    )
    assert found == "" or e164(found, country) == found
