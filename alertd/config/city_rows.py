"""Tables of the files to cells of a city's sheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from alertd.config.checking import Table
from alertd.config.city_sheets import (
    DAY,
    FILE,
    FLAG,
    LIST,
    MORE,
    NUMBER,
    ROLE,
    ROLES,
    SHEETS,
    YES,
    Column,
    SheetShape,
    taken,
    with_titles,
)
from alertd.config.files import Contents
from alertd.config.toml_write import literal

#: what parts several texts of one cell
SEPARATORS = re.compile("[;\uff1b、\n]")
Cell = str | date


@dataclass(frozen=True, slots=True)
class Rows:
    """One sheet: its headings, and the cells of each table below them."""

    sheet: SheetShape
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(slots=True)
class Writing:
    """In which language headings and words are written; `convert` makes simplified Chinese."""

    language: str
    convert: Callable[[str], str]
    roles: Mapping[str, list[str]] = field(default_factory=dict)  # unit as it is named there -> roles

    def word(self, words: tuple[str, str]) -> str:
        chinese, english = words
        if self.language == "en":
            return english
        return self.convert(chinese) if self.language == "zh-Hans" else chinese


def rows_of(contents: Contents, language: str, convert: Callable[[str], str]) -> tuple[Rows, ...]:
    """All sheets of what the files say. The tables must be without faults."""
    roles: dict[str, list[str]] = {}
    for top in contents.tops:
        for key in ROLES:
            if isinstance(top.raw.get(key), str):
                roles.setdefault(top.raw[key], []).append(key)
    writing = Writing(language, convert, roles)
    return tuple(_rows(sheet, contents.tables[sheet.kind], writing) for sheet in SHEETS)


def _rows(sheet: SheetShape, tables: Iterable[Table], writing: Writing) -> Rows:
    headings = tuple(column.heading(writing.language, writing.convert) for column in sheet.columns)
    rows = tuple(tuple(_cells(sheet, table, writing)) for table in tables)
    return Rows(sheet, sheet.title(writing.language, writing.convert), headings, rows)


def _cells(sheet: SheetShape, table: Table, writing: Writing) -> Iterator[Cell]:
    raw = with_titles(sheet, deepcopy(dict(table.raw)))
    rest: dict[str, Any] = {}
    for column in sheet.columns:
        if column.kind == MORE:
            yield literal(rest | raw) if rest or raw else ""
        elif column.kind == FILE:
            yield PurePosixPath(*PurePosixPath(table.origin.file).parts[1:]).as_posix()
        elif column.kind == ROLE:
            yield _separated([writing.word(ROLES[key]) for key in _roles_of(table, writing)])
        else:
            before = deepcopy(raw.get(column.path[0]))
            value = taken(raw, column.path)
            cell = _cell(column, value, writing)
            if cell is None:  # it would not come back as it is
                rest[column.path[0]] = before
                raw.pop(column.path[0], None)
            yield cell or ""


def _roles_of(table: Table, writing: Writing) -> list[str]:
    named = [*table.texts("id"), *table.texts("aliases")]
    name = table.raw.get("name")
    names = [text for _, text in named] + (list(name.values()) if isinstance(name, dict) else [name])
    return [key for text in names for key in writing.roles.get(text, ())]


def _cell(column: Column, value: Any, writing: Writing) -> Cell | None:
    """The cell of a value, "" for none; None where reading the cell would give something else."""
    if value is None or value == []:
        return ""
    if column.kind == DAY:
        return value if type(value) is date else None
    if column.kind == FLAG:
        return {True: writing.word(YES), False: ""}.get(value)
    if column.kind == NUMBER:
        return str(value)
    if column.kind == LIST:
        texts = [value] if isinstance(value, str) else value
        fit = isinstance(texts, list) and all(_fit(each) and not SEPARATORS.search(each) for each in texts)
        return _separated(texts) if fit else None
    return value if _fit(value) else None


def _fit(text: Any) -> bool:
    """Whether a text comes back from a cell as it is: line breaks and blanks at its ends do not."""
    return isinstance(text, str) and text.isprintable() and text == text.strip() != ""


def _separated(texts: Iterable[str]) -> str:
    return "; ".join(texts)
