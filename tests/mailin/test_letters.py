"""Messages as real programs write them: what each of them is. The files of `letters` are such messages."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alertd.mailin.letter import Kind
from alertd.mailin.reading import read

LETTERS = Path(__file__).parent / "letters"
EXPECTED = tomllib.loads((LETTERS / "expected.toml").read_text("utf-8"))


def test_every_message_has_an_expectation() -> None:
    assert {path.stem for path in LETTERS.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_message_is_what_it_is(name: str) -> None:
    found, expected = read((LETTERS / f"{name}.eml").read_bytes()), EXPECTED[name]
    assert found.kind == expected["kind"]
    assert found.text == expected.get("text", "")
    assert list(found.numbers) == expected.get("numbers", [])
    assert [file.name for file in found.attached] == expected.get("files", [])
    bounce = found.bounce
    told = (bounce.lasting, bounce.dead, bounce.status) if bounce else (None, None, None)
    assert told == tuple(expected.get(key) for key in ("lasting", "dead", "status"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_message_with_other_line_ends_is_the_same(name: str) -> None:
    raw = (LETTERS / f"{name}.eml").read_bytes()
    plain, other = read(raw), read(raw.replace(b"\n", b"\r\n"))
    assert (other.kind, other.text, other.numbers, other.sender) == (
        plain.kind,
        plain.text,
        plain.numbers,
        plain.sender,
    )
    assert [file.name for file in other.attached] == [file.name for file in plain.attached]


def test_it_says_who_wrote_it_to_whom_and_when_it_arrived() -> None:
    found = read((LETTERS / "gmail-web-zh.eml").read_bytes())
    assert found.sender == "wang@gmail.example"
    assert found.recipients == ("alertd+reply-1a2b3c4d5e6f7-abcdefghijklmnopqrstuvwxyz@gov.example.cn",)
    assert found.arrived == datetime(2026, 9, 30, 18, 31, 7, tzinfo=UTC)
    assert found.subject == "Re: 【紧急】国庆值班:事故快报 10月1日07:10前"


def test_a_subject_of_raw_gbk_is_read() -> None:
    assert read((LETTERS / "charset-not-said.eml").read_bytes()).subject == "回复：事故快报"


def test_a_message_without_an_id_is_known_again_by_what_is_in_it() -> None:
    one, other = b"From: a@b.example\n\nreceived\n", b"From: a@b.example\n\ndone\n"
    assert read(one).name == read(one).name != read(other).name


def test_a_message_is_known_again_by_its_id_over_another_way() -> None:
    one = (
        b"Received: by x; Thu, 1 Oct 2026 02:31:07 +0800\nFrom: a@b.example\nMessage-ID: <1@b>\n\nreceived\n"
    )
    other = b"From: A@B.example\nMessage-ID: <1@b>\n\nreceived\n"
    assert read(one).name == read(other).name


@pytest.mark.parametrize(
    "sender",
    ["", "From: a@b.example, c@d.example\n", "From: a@b.example\nFrom: c@d.example\n", "From: nobody\n"],
)
def test_who_is_not_one_address_is_nobody(sender: str) -> None:
    assert read(f"{sender}To: x@y.example\n\nreceived\n".encode()).sender == ""


def test_nothing_at_all_is_an_answer_that_is_none() -> None:
    assert read(b"").kind is Kind.UNCLEAR
