"""Whatever comes in, reading it raises nothing and ends soon: what is looked at is counted."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.evidence import LONGEST_NAME
from alertd.mailin import parts
from alertd.mailin.answers import LONGEST_WRITTEN
from alertd.mailin.decoding import text_of, unwrapped
from alertd.mailin.letter import Kind, Letter
from alertd.mailin.markup import lines_of
from alertd.mailin.quoting import written
from alertd.mailin.reading import LONGEST_SUBJECT, MOST_FILES, read

LETTERS = [path.read_bytes() for path in sorted((Path(__file__).parent / "letters").glob("*.eml"))]
_PIECES = (
    b"Content-Type: multipart/mixed; boundary=b\n",
    b"Content-Type: text/html; charset=",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Type: message/delivery-status\n",
    b"Content-Disposition: attachment; filename*=x''%\n",
    b"Subject: =?gb18030?B?!?=\n",
    b"From: MAILER-DAEMON@x.example\nReturn-Path: <>\n",
    b"--b\n",
    b"--b--\n",
    b"\n",
    b"\n\n",
    b"Action: failed\nStatus: 5.1.1\n",
    b"\xca\xd5\xb5\xbd",
    b"\x00\xff",
    b"<blockquote><!--",
    b"> ",
    "收到 #1".encode(),
)


def _bounded(found: Letter) -> None:
    assert isinstance(found.kind, Kind)
    assert len(found.text) <= LONGEST_WRITTEN
    assert len(found.subject) <= LONGEST_SUBJECT
    assert len(found.attached) <= MOST_FILES
    assert all(0 < len(file.name.encode()) <= LONGEST_NAME for file in found.attached)
    assert not any({"/", "\\"} & set(file.name) for file in found.attached)
    assert (found.bounce is not None) == (found.kind is Kind.BOUNCE)


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    _bounded(read(raw))


@given(st.lists(st.sampled_from(_PIECES), max_size=40))
def test_any_pieces_of_messages_are_a_letter(pieces: list[bytes]) -> None:
    _bounded(read(b"".join(pieces)))


@given(st.sampled_from(LETTERS), st.data())
def test_a_damaged_message_is_a_letter(raw: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw) - 1))
    how = data.draw(st.sampled_from(["cut", "change", "insert", "repeat"]))
    more = data.draw(st.binary(min_size=1, max_size=8))
    damaged = {
        "cut": raw[:at],
        "change": raw[:at] + more + raw[at + len(more) :],
        "insert": raw[:at] + more + raw[at:],
        "repeat": raw[:at] + raw[at // 2 :],
    }
    _bounded(read(damaged[how]))


@given(st.text(max_size=500))
def test_what_is_written_is_part_of_the_text(text: str) -> None:
    found = written(text)
    assert set(found.split("\n")) <= {line.strip() for line in text.split("\n")} | set(text.split("\n")) | {
        found.split("\n")[0],
        found.split("\n")[-1],
    }


@given(st.text(max_size=300))
def test_any_markup_is_lines(text: str) -> None:
    assert isinstance(lines_of(text), str)


@given(st.binary(max_size=300), st.sampled_from(["", "gb2312", "utf-7", "punycode", "zlib", "big5", "x\0y"]))
def test_any_bytes_are_text(raw: bytes, charset: str) -> None:
    assert isinstance(text_of(raw, charset), str)


@given(st.binary(max_size=300))
def test_base64_is_taken_off_as_it_was_put_on(raw: bytes) -> None:
    wrapped = base64.encodebytes(raw)
    assert unwrapped(wrapped, " Base64 ") == raw
    assert unwrapped(wrapped.rstrip(b"=\n"), "base64") == raw


_DEEP = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(5000)
)
_MANY = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 50_000
_BOMBS = {
    "deep": _DEEP,
    "many": _MANY,
    "headers": b"X: y\n" * 300_000 + b"\nreceived",
    "one-header": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nreceived",
    "addresses": b"To: " + b"a@b.example, " * 100_000 + b"\n\nreceived",
    "quotes": b'To: "' + b'\\"' * 100_000 + b"\n\nreceived",
    "parameters": b"Content-Type: text/plain" + b';a="b' * 100_000 + b"\n\nreceived",
    "comments": b"Content-Type: text/html\n\n" + b"<!--" * 200_000,
    "tags": b"Content-Type: text/html\n\n" + b"<a" * 400_000,
    "blockquotes": b"Content-Type: text/html\n\n" + b"<blockquote>" * 80_000,
    "declarations": b"Content-Type: text/html\n\n" + b"<![" * 200_000,
    "lines": b"Content-Type: text/plain\n\n" + b"\n" * 3_000_000 + b"received",
    "attributions": b"Content-Type: text/plain\n\n" + b"on 1\n" * 300_000,
    "rules": b"Content-Type: text/plain\n\n" + b"-" * 3_000_000,
    "from": b"Content-Type: text/plain\n\n" + b"From: x\n" * 300_000,
    "bounce": b"From: mailer-daemon@x.example\nReturn-Path: <>\nSubject: failure notice\n\n"
    + b"<a@b>:\n" * 300_000,
    "bounce-words": b"From: mailer-daemon@x.example\nReturn-Path: <>\n\n" + "用户".encode() * 500_000,
    "report": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 200_000,
    "report-folded": b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: x\n"
    + b" y\n" * 400_000,
    "blanks": b"Content-Type: text/html\n\n" + b" " * 3_000_000 + b"x",
}


@pytest.mark.parametrize("name", _BOMBS)
def test_a_message_made_to_take_long_does_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No time is measured: what runs without end fails by the time-out of the suite."""
    _bounded(read(_BOMBS[name]))


def test_parts_are_bounded_in_depth_and_number() -> None:
    deepest, many = parts.parse(_DEEP), parts.parse(_MANY)
    depth = 0
    while deepest.parts:
        depth, deepest = depth + 1, deepest.parts[0]
    assert depth == parts.DEEPEST
    assert len(many.parts) == parts.MOST_PARTS


def test_what_was_cut_off_is_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"Content-Type: text/plain\n\ndone\n"
    file = b"Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\n" + b"x" * 5000
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + text + b"--b\n" + file + b"\n--b--\n"
    whole = read(raw)
    assert (len(whole.attached), whole.left_out) == (1, 0)
    monkeypatch.setattr(parts, "LONGEST_MESSAGE", 2000)
    cut = read(raw)
    assert (cut.kind, len(cut.attached), cut.left_out) == (Kind.HANDED_IN, 0, 1)


def test_files_beyond_the_most_are_counted() -> None:
    file = b"--b\nContent-Type: image/png\nContent-Disposition: attachment\n\nx\n"
    found = read(b"Content-Type: multipart/mixed; boundary=b\n\n" + file * (MOST_FILES + 3) + b"--b--\n")
    assert (len(found.attached), found.left_out) == (MOST_FILES, 3)
