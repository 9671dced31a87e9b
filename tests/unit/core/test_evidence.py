"""What a file that proves a hand-in is called here, whatever its sender calls it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.evidence import BYTES, KINDS, LONGEST_NAME, file_name, kind_of, megabytes
from alertd.core.text import one_line


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("報告.pdf", "報告.pdf"),
        (r"C:\Users\陳\桌面\報告 終稿.pdf", "報告 終稿.pdf"),
        ("../../etc/passwd", "passwd"),
        ("/etc/", "file"),
        ("", "file"),
        ("...", "file"),
        (".bashrc", "bashrc"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ('a"b<c>d|e?f*.pdf', "a_b_c_d_e_f_.pdf"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("\ud800.pdf", "pdf"),
        ("a.tar.gz", "a.tar.gz"),
        ("name. ", "name"),
    ],
)
def test_a_name_is_one_that_every_file_system_takes(said: str, kept: str) -> None:
    assert file_name(said) == kept


def test_a_long_name_keeps_its_end() -> None:
    kept = file_name("水" * 500 + ".pdf")
    assert kept.endswith("水.pdf")
    assert len(kept.encode()) <= LONGEST_NAME


@given(st.text(alphabet=st.characters(), max_size=400))
def test_no_name_leaves_its_folder_or_the_bounds(said: str) -> None:
    kept = file_name(said)
    assert kept == file_name(kept)
    assert 0 < len(kept.encode()) <= LONGEST_NAME
    assert not set(kept) & set('/\\"<>:|?*\r\n\0')
    assert not kept.startswith(".")
    assert kept == one_line(kept, 500)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.js", "a.xhtml", "a.exe", "a", "a.pdf.html", ""])
def test_what_a_browser_may_run_is_a_row_of_bytes(name: str) -> None:
    assert kind_of(name) == BYTES


def test_no_kind_that_is_known_runs_in_a_browser() -> None:
    assert not [kind for kind in KINDS.values() if "html" in kind or kind.endswith("xml") or "script" in kind]
    assert kind_of("X.PDF") == "application/pdf"


@pytest.mark.parametrize(("size", "said"), [(1, "0.1 MB"), (2**20, "1 MB"), (5 * 2**20 + 2**19, "5.5 MB")])
def test_a_size_is_said_in_megabytes(size: int, said: str) -> None:
    assert megabytes(size) == said
