"""What a case may be called."""

import pytest

from alertd.core.case_ids import as_case_id, near_case_id


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("fire-1", "fire-1"), (" Fire-9 ", "fire-9"), ("ｆｉｒｅ１", "fire1"), ("a" * 120, "a" * 120)],
)
def test_the_id_that_is_meant(typed: str, meant: str) -> None:
    assert as_case_id(typed) == meant


NO_IDS = ["Fire No 1! /x", "", " ", "火災", "a/b", "a" * 121, "-x", ".", "..", "x-", "a" * 119 + "- b"]


@pytest.mark.parametrize("typed", NO_IDS)
def test_what_is_no_id(typed: str) -> None:
    assert as_case_id(typed) == ""
    assert as_case_id(near_case_id(typed, "case-1")) != ""


def test_an_id_that_would_do_keeps_what_it_can() -> None:
    assert near_case_id("Fire No 1! /x", "case-1") == "fire-no-1-x"
    assert near_case_id("火災", "case-1") == "case-1"
