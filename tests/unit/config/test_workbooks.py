"""A workbook is read whole or not at all: whatever is wrong with it is a fault of the file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from alertd.config import workbooks
from alertd.config.sources import LARGEST_FILE
from alertd.config.workbooks import read_workbook
from tests.support import damages

ROWS = (("party", "amount", "on"), ("jd-0001", 8, date(2026, 9, 1)), ("jd-0002", 7.5, "2026-09-02"))
WHOLE = damages.workbook(*ROWS)
TEXT = "party,amount,on\njd-0001,8,2026-09-01\njd-0002,7.5,2026-09-02\n"
SEEDS = 400


def read(folder: Path, data: bytes) -> tuple[str, list[str]]:
    path = folder / "hours.xlsx"
    path.write_bytes(data)
    text, faults = read_workbook(path, "hours.xlsx", ("on",))
    return text, [fault.code for fault in faults]


def test_a_whole_workbook_is_its_first_sheet(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == (TEXT, [])


@pytest.mark.parametrize("name", damages.WORKBOOKS)
def test_what_is_wrong_is_said(tmp_path: Path, name: str) -> None:
    damage, code = damages.WORKBOOKS[name]
    assert read(tmp_path, damage(WHOLE)) == ("", [code])


def test_a_damage_by_chance_is_a_fault_or_does_no_harm(tmp_path: Path) -> None:
    found = [read(tmp_path, damages.by_chance(WHOLE, seed)) for seed in range(SEEDS)]
    wrong = {seed: (text, codes) for seed, (text, codes) in enumerate(found) if not codes and text != TEXT}
    assert wrong == {}
    assert sum(bool(codes) for _, codes in found) > SEEDS * 0.8


def test_a_workbook_that_was_cut_is_a_fault_wherever_it_was_cut(tmp_path: Path) -> None:
    for cut in damages.every_cut(WHOLE, 37):
        text, codes = read(tmp_path, cut)
        assert text == ""
        assert len(codes) == 1


def test_an_element_turned_within_its_part_is_a_fault_or_text(tmp_path: Path) -> None:
    """The parts themselves are spoilt before they are packed: their sums are right, what they say is not."""
    parts = damages.parts_of(WHOLE)
    for seed in range(SEEDS):
        name = sorted(parts)[seed % len(parts)]
        text, codes = read(tmp_path, damages.packed({**parts, name: damages.by_chance(parts[name], seed)}))
        assert not (text and codes)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    for path in (tmp_path / "none.xlsx", tmp_path / "pipe.xlsx", tmp_path / "folder.xlsx", Path("/dev/zero")):
        _, (fault,) = read_workbook(path, "hours.xlsx")
        assert fault.code == "unreadable"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE + bytes(LARGEST_FILE)) == ("", ["too-large-file"])


def test_what_is_missing_at_the_end_of_a_row_has_its_place(tmp_path: Path) -> None:
    text, _ = read(tmp_path, damages.workbook(("party", "amount", "on"), ("jd-0001",)))
    assert text == "party,amount,on\njd-0001,,\n"


def test_a_size_that_a_sheet_is_wrong_about_does_not_matter(tmp_path: Path) -> None:
    data = damages.in_sheet(b'<dimension ref="A1:C3"', b'<dimension ref="A1:XFD1048576"')(WHOLE)
    assert read(tmp_path, data) == (TEXT, [])


def test_no_part_is_unpacked_beyond_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LARGEST_INSIDE", 100)
    assert read(tmp_path, WHOLE)[1] == ["workbook-large"]
