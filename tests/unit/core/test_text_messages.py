"""Text messages as the network counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.text_messages import ALONE, IN_PARTS, Alphabet, alphabet_of, counted, signed

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "alphabet", "length", "parts"),
    [
        ("", Alphabet.GSM7, 0, 1),
        ("a" * 160, Alphabet.GSM7, 160, 1),
        ("a" * 161, Alphabet.GSM7, 161, 2),
        ("a" * 306, Alphabet.GSM7, 306, 2),
        ("a" * 307, Alphabet.GSM7, 307, 3),
        ("€" * 80, Alphabet.GSM7, 160, 1),
        ("€" * 81, Alphabet.GSM7, 162, 2),
        ("€" * 153, Alphabet.GSM7, 306, 3),  # 76 of them in each part: none is torn at the 153rd septet
        ("a" * 152 + "€" + "a" * 7, Alphabet.GSM7, 161, 2),
        ("字" * 70, Alphabet.UCS2, 70, 1),
        ("字" * 71, Alphabet.UCS2, 71, 2),
        ("字" * 134, Alphabet.UCS2, 134, 2),
        ("字" * 135, Alphabet.UCS2, 135, 3),
        ("😀" * 35, Alphabet.UCS2, 70, 1),
        ("😀" * 67, Alphabet.UCS2, 134, 3),  # 33 of them in each part
        ("a" * 70 + "字", Alphabet.UCS2, 71, 2),
        ("`", Alphabet.UCS2, 1, 1),  # not in the default alphabet, though it is ASCII
    ],
)
def test_a_text_is_counted_as_the_network_counts_it(text, alphabet, length, parts):
    found = counted(text)
    assert (found.alphabet, found.length, found.parts) == (alphabet, length, parts)


def test_the_default_alphabet_has_127_characters_and_its_extension_ten():
    assert len(set(BASIC)) == 127  # and the escape, which is no character
    assert all(counted(each).length == 1 and alphabet_of(each) is Alphabet.GSM7 for each in BASIC)
    assert all(counted(each).length == 2 and alphabet_of(each) is Alphabet.GSM7 for each in EXTENDED)


@given(st.text(max_size=400))
def test_parts_hold_the_whole_and_none_is_needless(text):
    found = counted(text)
    alone, room = ALONE[found.alphabet], IN_PARTS[found.alphabet]
    assert (found.parts == 1) == (found.length <= alone)
    if found.parts > 1:
        assert found.length <= found.parts * room
        assert found.length > (found.parts - 1) * (room - 1)  # each may lose one unit to what is not torn


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_is_never_fewer_parts(text, more):
    assert counted(text + more).parts >= counted(text).parts


@given(st.text(alphabet=BASIC + EXTENDED, max_size=400))
def test_septets_are_those_of_the_alphabet(text):
    found = counted(text)
    assert found.alphabet is Alphabet.GSM7
    assert found.length == len(text) + sum(each in EXTENDED for each in text)


def test_a_signature_stands_before_the_text():
    assert signed("珠海市政府", "催辦") == "【珠海市政府】催辦"
    assert signed("", "催辦") == "催辦"
