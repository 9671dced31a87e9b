"""A city as a workbook: out and in again it means the same, and what is the same stays to the letter."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config.city_book import book_bytes
from alertd.config.city_edit import CityEdit, edit_city
from alertd.config.city_read import CityBook, cell_name, read_city
from alertd.config.city_rows import rows_of
from alertd.config.files import read_contents
from alertd.config.register import load_register
from alertd.config.sources import read_texts
from alertd.config.workbooks import read_book
from alertd.core.model import Register
from alertd.messages.catalogue import to_simplified
from alertd.shipped import empty_files, shipped_files
from tests.support import damages

SHIPPED = read_texts(shipped_files() / "schedules")[0]
EMPTY = {
    **read_texts(empty_files("zh-Hant") / "schedules")[0],
    "schedules/policies.toml": SHIPPED["schedules/policies.toml"],
    "schedules/people.csv": "id,name,unit,positions,email\n",
}
FRESH = {"": "#:schema ../docs/schema/obligations.json\n"}
LANGUAGES = ["zh-Hant", "zh-Hans", "en"]


def exported(texts: Mapping[str, str], language: str = "zh-Hant") -> bytes:
    rows = rows_of(read_contents(texts), language, to_simplified)
    return book_bytes(("說明", ["一"]), rows, ("提醒辦法", {"yearly-report": "年度報告"}), len, "")


def read(folder: Path, data: bytes, texts: Mapping[str, str]) -> CityBook:
    (folder / "city.xlsx").write_bytes(data)
    book, faults = read_book(folder / "city.xlsx", "city.xlsx")
    assert faults == ()
    return read_city("city.xlsx", book, read_contents(texts), "schedules", to_simplified)


def imported(folder: Path, data: bytes, texts: Mapping[str, str]) -> CityEdit:
    book = read(folder, data, texts)
    assert book.faults == []
    return edit_city(texts, read_contents(texts), book, FRESH, "schedules")


def meaning(texts: Mapping[str, str]) -> Register:
    """All that the files say, but for where it stands."""
    loaded = load_register(texts)
    assert loaded.register is not None, loaded.faults
    duties = {name: replace(duty, file="", line=0) for name, duty in loaded.register.obligations.items()}
    gates = {name: replace(gate, file="", line=0) for name, gate in loaded.register.gates.items()}
    return replace(loaded.register, obligations=duties, gates=gates)


def edited(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook as somebody saved it after a change."""
    book, out = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def cell(sheet: Any, row: int, heading: str) -> Any:
    place = next(each.column for each in sheet[1] if each.value == heading)
    return sheet.cell(row, place)


def first_free(sheet: Any) -> int:
    return next(row for row in range(2, 1000) if not any(each.value for each in sheet[row]))


# ---------------------------------------------------------------- the same


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("texts", [SHIPPED, EMPTY], ids=["shipped", "empty"])
def test_out_and_in_again_changes_not_one_letter(
    tmp_path: Path, texts: dict[str, str], language: str
) -> None:
    edit = imported(tmp_path, exported(texts, language), texts)
    assert edit.changes == {}
    assert edit.only_adds


def test_blank_lines_and_line_ends_stay_as_they_were_typed(tmp_path: Path) -> None:
    texts = {
        **EMPTY,
        "schedules/directory.toml": (
            "\n\n# all\n[[unit]]\r\nid = 'a'\r\nname = '甲'\n\n\n[[unit]]\nid='b'\nname='乙'"
        ),
        "schedules/people.csv": "unit,id,name,positions\r\n甲,p,李娜,contact\r\n,,,\r\n乙,q,王強,contact",
    }
    assert imported(tmp_path, exported(texts), texts).changes == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_city_goes_into_an_empty_start_and_means_the_same(tmp_path: Path, language: str) -> None:
    rest = {name: SHIPPED[f"schedules/{name}"] for name in ("gates.toml", "roster.csv", "calendar.toml")}
    edit = imported(tmp_path, exported(SHIPPED, language), EMPTY)
    texts = EMPTY | {f"schedules/{name}": text for name, text in rest.items()} | edit.changes
    assert meaning(texts) == meaning(SHIPPED)
    assert "schedules/chapter-3.toml" in edit.changes
    assert imported(tmp_path, exported(texts), texts).changes == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_known_in_every_language_and_order(tmp_path: Path, language: str) -> None:
    def reverse(book: Any) -> None:
        for sheet in book.worksheets:
            rows = [list(reversed(row)) for row in sheet.iter_rows(values_only=True)]
            for row, values in enumerate(rows, 1):
                for column, value in enumerate(values, 1):
                    sheet.cell(row, column).value = value

    assert imported(tmp_path, edited(exported(SHIPPED, language), reverse), SHIPPED).changes == {}


NAMES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).filter(
    lambda text: bool(text.strip()) and text.isprintable()
)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(NAMES, min_size=1, max_size=4, unique_by=lambda text: " ".join(text.split())),
    NAMES,
    st.sampled_from([True, False]),
)
def test_any_name_and_note_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], note: str, choice: bool
) -> None:
    from alertd.config.toml_write import table

    units = "\n".join(
        table("unit", {"id": f"u{n}", "name": {"en": name}, "aliases": [f"x{n}", f"{name} {n}、{n}"]})
        for n, name in enumerate(names)
    )
    duty = {
        "id": "d",
        "title": note,
        "source": {"clause": note, "note": note},
        "owed_by": "unit:u0",
        "rule": "yearly by 12-30",
        "policy": "yearly-report",
        "choice": choice,
        "extension": {"times": 2},
    }
    texts = {**EMPTY, "schedules/directory.toml": units, "schedules/duties.toml": table("obligation", duty)}
    if load_register(texts).register is None:
        return  # a name that no file may hold
    edit = imported(tmp_path_factory.mktemp("city"), exported(texts), texts)
    assert edit.changes == {}


# ---------------------------------------------------------------- what changes


def test_one_cell_changes_one_line_and_every_remark_stays(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        cell(book["事項"], 3, "期限").value = "每年11月30日前"

    file = "schedules/chapter-1.toml"
    edit = imported(tmp_path, edited(exported(SHIPPED), change), SHIPPED)
    assert set(edit.changes) == {file}
    before, after = SHIPPED[file].splitlines(), edit.changes[file].splitlines()
    differ = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert differ == [('rule = "yearly by 12-31"', 'rule = "每年11月30日前"')]


def test_a_row_without_an_id_gets_one_and_keeps_it(tmp_path: Path) -> None:
    def add(book: Any) -> None:
        units, people = book["單位"], book["人員"]
        cell(units, first_free(units), "名稱").value = "教育局"
        row = first_free(people)
        for heading, text in {"姓名": "李娜", "單位": "教育局", "職務": "contact", "電話": "0571-1"}.items():
            cell(people, row, heading).value = text

    data = edited(exported(SHIPPED), add)
    texts = SHIPPED | imported(tmp_path, data, SHIPPED).changes
    found = meaning(texts)
    assert found.units["unit-01"].name == {"zh-Hant": "教育局"}
    assert found.people["person-001"].unit == "unit-01"
    assert imported(tmp_path, data, texts).changes == {}


def test_a_row_that_is_gone_is_gone_from_the_files_and_a_sheet_that_is_gone_leaves_them(
    tmp_path: Path,
) -> None:
    def remove(book: Any) -> None:
        del book["單位"]
        book["人員"].delete_rows(10)

    edit = imported(tmp_path, edited(exported(SHIPPED), remove), SHIPPED)
    assert [(told.kind, told.gone) for told in edit.told if told.gone] == [
        ("person", ("gu-xiaofeng.government-office",))
    ]
    assert set(edit.changes) == {"schedules/people.csv"}
    assert not edit.only_adds


def test_a_file_written_in_an_unusual_way_is_left_alone_or_named(tmp_path: Path) -> None:
    unusual = {**EMPTY, "schedules/directory.toml": 'unit = [{ id = "a", name = "甲" }]\n'}
    assert imported(tmp_path, exported(unusual), unusual).changes == {}

    def change(book: Any) -> None:
        cell(book["單位"], 2, "名稱").value = "乙"

    edit = imported(tmp_path, edited(exported(unusual), change), unusual)
    assert edit.unusual == ["schedules/directory.toml"]


def test_a_duty_moves_into_another_file_and_a_person_of_a_table_stays_in_it(tmp_path: Path) -> None:
    person = '[[person]]\nid = "p"\nname = "李娜"\nunit = "甲"\npositions = ["contact"]  # since 2025\n'
    texts = {**EMPTY, "schedules/directory.toml": f'[[unit]]\nid = "a"\nname = "甲"\n\n{person}'}

    def change(book: Any) -> None:
        cell(book["人員"], 2, "電話").value = "0571-1"

    edit = imported(tmp_path, edited(exported(texts), change), texts)
    assert edit.changes == {
        "schedules/directory.toml": texts["schedules/directory.toml"] + 'phone = "0571-1"\n'
    }

    def move(book: Any) -> None:
        cell(book["事項"], 2, "文件").value = "2027/chapter-1.toml"

    edit = imported(tmp_path, edited(exported(SHIPPED), move), SHIPPED)
    assert set(edit.changes) == {"schedules/chapter-1.toml", "schedules/2027/chapter-1.toml"}
    assert meaning(SHIPPED | edit.changes) == meaning(SHIPPED)


def test_who_supervises_is_said_in_the_sheet_of_units(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["單位"]
        for row in range(2, first_free(sheet)):
            role = cell(sheet, row, "職責")
            role.value = "督查室" if cell(sheet, row, "編號").value == "finance-bureau" else None

    texts = SHIPPED | imported(tmp_path, edited(exported(SHIPPED), change), SHIPPED).changes
    assert meaning(texts).supervisor == "finance-bureau"
    assert meaning(texts).duty_unit is None


# ---------------------------------------------------------------- what is wrong


def wrong(folder: Path, change: Callable[[Any], None]) -> list[str]:
    book = read(folder, edited(exported(SHIPPED), change), SHIPPED)
    return [f"{cell_name(fault)} {fault.code}" for fault in sorted(book.faults)]


def test_every_cell_that_is_wrong_is_named(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        people, duties, units = book["人員"], book["事項"], book["單位"]
        cell(people, 3, "休假起").value = "下月"
        cell(people, 4, "Telegram").value = "12a"
        cell(duties, 5, "其他").value = "extension"
        cell(duties, 6, "其他").value = "{ rule = 1 }"
        cell(duties, 7, "文件").value = "../evil.toml"
        cell(duties, 8, "文件").value = "people.toml"
        cell(duties, 9, "文件").value = "policies.toml"
        cell(duties, 10, "日期自定").value = "也許"
        cell(units, 3, "職責").value = "市長"
        units.cell(1, 20).value = "備註"

    assert wrong(tmp_path, change) == [
        "city.xlsx!事項!T5 sheet-more",
        "city.xlsx!事項!T6 sheet-more-twice",
        "city.xlsx!事項!S7 sheet-file",
        "city.xlsx!事項!S9 sheet-file",
        "city.xlsx!事項!O10 sheet-flag",
        "city.xlsx!人員!J3 csv-date",
        "city.xlsx!人員!F4 csv-number",
        "city.xlsx!單位!T1 csv-unknown-column",
        "city.xlsx!單位!F3 not-one-of",
    ]


def test_a_workbook_of_something_else_is_said(tmp_path: Path) -> None:
    (fault,) = read(tmp_path, damages.workbook(("party", "amount")), SHIPPED).faults
    assert fault.code == "sheet-none"
    data = edited(exported(SHIPPED), lambda book: book.create_sheet("Units").append(["Id", "Name"]))
    assert "sheet-twice" in [fault.code for fault in read(tmp_path, data, SHIPPED).faults]


@pytest.mark.parametrize("name", damages.WORKBOOKS)
def test_a_workbook_made_to_do_harm_is_a_fault_of_the_file(tmp_path: Path, name: str) -> None:
    damage, code = damages.WORKBOOKS[name]
    (tmp_path / "city.xlsx").write_bytes(
        damage(damages.workbook(("party", "amount", "on"), ("jd-0001", 8, 1)))
    )
    _, faults = read_book(tmp_path / "city.xlsx", "city.xlsx")
    assert [fault.code for fault in faults] == [code]


@pytest.mark.parametrize("seed", range(60))
def test_a_damage_by_chance_is_a_fault_or_says_what_it_says(tmp_path: Path, seed: int) -> None:
    parts = damages.parts_of(exported(EMPTY))
    name = sorted(parts)[seed % len(parts)]
    (tmp_path / "city.xlsx").write_bytes(
        damages.packed({**parts, name: damages.by_chance(parts[name], seed)})
    )
    book, faults = read_book(tmp_path / "city.xlsx", "city.xlsx")
    if not faults:
        read_city("city.xlsx", book, read_contents(EMPTY), "schedules", to_simplified)
