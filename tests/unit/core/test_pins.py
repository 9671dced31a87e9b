"""PINs: which are fit, and that what is kept of one is no help to whoever reads it."""

from __future__ import annotations

import pytest

from alertd.core.pins import OF_NOBODY, SALT, is_fit, is_same, kept_of


@pytest.mark.parametrize("pin", ["204681", "999998", "918273645546", "135790", "100000"])
def test_six_to_twelve_digits_are_fit(pin: str) -> None:
    assert is_fit(pin)


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "12345",
        "1" * 13,
        "111111",
        "123456",
        "654321",
        "890123",
        "20468a",
        "２０４６８１",
        " 204681",
        "-20468",
    ],
)
def test_what_is_tried_first_or_is_no_number_is_not(pin: str) -> None:
    assert not is_fit(pin)


def test_only_the_same_pin_is_the_same() -> None:
    kept = kept_of("204681", b"a" * SALT)
    assert is_same("204681", kept)
    assert not is_same("204682", kept)
    assert not is_same("", kept)


def test_what_is_kept_is_another_text_each_time_and_has_no_pin_in_it() -> None:
    first, second = kept_of("204681", b"a" * SALT), kept_of("204681", b"b" * SALT)
    assert first != second
    assert "204681" not in first


@pytest.mark.parametrize(
    "kept",
    [
        "",
        OF_NOBODY,
        "plain$204681",
        "scrypt$14$8$5$AAAA",
        "scrypt$x$8$5$AAAA$AAAA",
        "scrypt$30$8$5$AAAA$AAAA",
    ],
)
def test_what_cannot_be_read_is_nobodys_pin(kept: str) -> None:
    assert not is_same("204681", kept)
    assert not is_same("", kept)
