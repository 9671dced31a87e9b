"""A city's workbook to tables: every cell that is wrong is named by sheet and cell, `city.xlsx!人員!C7`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from alertd.config.checking import Table
from alertd.config.city_rows import SEPARATORS
from alertd.config.city_sheets import (
    DAY,
    FILE,
    FLAG,
    HELPERS,
    LIST,
    MORE,
    NUMBER,
    ROLE,
    ROLES,
    SHEETS,
    YES,
    Column,
    SheetShape,
    plain_titles,
    put,
)
from alertd.config.csv_tables import WrongCell, as_day, as_whole, unshortened
from alertd.config.duty_shapes import ObligationsFile
from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.files import Contents, shape_of
from alertd.config.toml_positions import Path
from alertd.config.workbooks import BookText, SheetText

_YES = frozenset({*YES, "y", "true", "1", "✓", "√"})
_NO = frozenset({"否", "no", "n", "false", "0"})
_FILE = re.compile(r"[^\W.][\w.-]*(?:/[^\W.][\w.-]*)*\.toml")


@dataclass(slots=True)
class SheetTable:
    """Origin (see checking) of the tables of one sheet: paths lead to rows, cells and columns."""

    file: str
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    damaged: set[str | int] = field(default_factory=set)
    whole: bool = True

    def excuses(self, path: Path) -> bool:
        return not self.whole or (bool(path) and path[0] in self.damaged)

    def value_fault(self, path: Path, code: str, args: Mapping[str, str], index: int | None = None) -> Fault:
        return Fault(self.file, *self._at(path), code, args)

    def key_fault(self, path: Path, code: str, args: Mapping[str, str]) -> Fault:
        return Fault(self.file, *self._at(path), code, args)

    def place(self, path: Path) -> str:
        return cell_name(self.value_fault(path, "", {}))

    def line(self, path: Path) -> int:
        return self._at(path)[0]

    def _at(self, path: Path) -> tuple[int, int]:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


@dataclass(slots=True)
class CityBook:
    """What a workbook says. `tables` has only the kinds whose sheet is there; that sheet is all of its kind.

    `files` is where a duty is to stand, by its id; `roles` is what the units sheet says of the whole. Sheets
    of another name that hold something are `unread`.
    """

    tables: dict[str, list[Table]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    roles: dict[str, Table] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def cell_name(fault: Fault) -> str:
    """Where a fault stands, as people find it: `city.xlsx!人員!C7`."""
    letters, column = "", fault.column
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{fault.file}!{letters}{fault.line}"


def read_city(
    file: str, book: BookText, known: Contents, folder: str, convert: Callable[[str], str]
) -> CityBook:
    """The tables of a workbook. Never raises; sheets of other names are left out.

    `known` is what the files say: a row without an id is the table of that name there, else it gets one.
    `folder` is the name of schedules/.
    """
    found = CityBook()
    for sheet in book.sheets:
        shape = next((each for each in SHEETS if each.called(sheet.title, convert)), None)
        helper = sheet.title in {name for words in HELPERS for name in (*words, convert(words[0]))}
        if shape is None:
            found.unread += [sheet.title] if sheet.rows and not helper else []
        elif shape.kind in found.tables:
            found.faults.append(Fault(f"{file}!{shown(sheet.title)}", 1, 1, "sheet-twice"))
        else:
            _Reading(f"{file}!{shown(sheet.title)}", shape, sheet, found, folder, convert).read(known)
    if not found.tables and not found.faults:
        titles = [f"{each.zh} {each.en}" for each in SHEETS]
        found.faults.append(Fault(file, 1, 1, "sheet-none", {"known": listed(titles)}))
    return found


class _Reading:
    """One sheet on its way to tables."""

    def __init__(
        self,
        file: str,
        shape: SheetShape,
        sheet: SheetText,
        found: CityBook,
        folder: str,
        convert: Callable[[str], str],
    ) -> None:
        self.shape, self.sheet, self.found, self.folder = shape, sheet, found, folder
        self.convert = convert
        self.table = SheetTable(file)
        self.tables: list[Table] = []
        self.headings: dict[Column, str] = {}  # as they are in this sheet

    def read(self, known: Contents) -> None:
        filled = [(number, row) for number, row in enumerate(self.sheet.rows, 1) if any(row)]
        self.found.tables[self.shape.kind] = self.tables
        columns = self._columns(*filled[0]) if filled else {}
        for number, (line, cells) in enumerate(filled[1:]):
            self._add(number, line, cells, columns)
        with_ids(self.shape, self.tables, known.tables[self.shape.kind])
        for number, (line, cells) in enumerate(filled[1:]):
            self._whereabouts(self.tables[number], line, cells, columns)

    def _columns(self, line: int, cells: Collection[str]) -> dict[int, Column]:
        columns: dict[int, Column] = {}
        for place, text in enumerate(cells):
            column = next((c for c in self.shape.columns if c.called(text, self.convert)), None)
            if text and column is None:
                names = [each.en if text.isascii() else each.zh for each in self.shape.columns]
                args = {"found": shown(text), "known": listed(names), **nearest(text, names)}
                self._fault(line, place + 1, "csv-unknown-column", args)
            elif column in columns.values():
                self._fault(line, place + 1, "csv-column-twice", {"found": shown(text)})
            elif column is not None:
                columns[place] = column
                self.headings[column] = text
                self.table.places.setdefault((), (line, place + 1))
        for column in self.shape.columns:
            titled = any(each.path[0] == column.path[0] for each in columns.values() if len(column.path) > 1)
            if column.required and column not in columns.values() and not titled:
                self._fault(line, 1, "csv-missing-column", {"key": f"{column.zh} / {column.en}"})
        return columns

    def _add(self, number: int, line: int, cells: Collection[str], columns: Mapping[int, Column]) -> None:
        raw: dict[str, Any] = {}
        places = self.table.places
        places[(number,)] = (line, 1)
        for place, text in enumerate(cells):
            column = columns.get(place)
            if column is None and text:
                args = {"found": shown(text), "count": str(len(columns))}
                self._fault(line, place + 1, "csv-extra-cell", args)
            elif column is not None:
                places.setdefault((number, column.path[0]), (line, place + 1))
                places[(number, *column.path)] = (line, place + 1)
                if text:
                    self._value(number, raw, column, text, (line, place + 1))
        self.tables.append(Table(self.table, (number,), plain_titles(raw)))

    def _value(
        self, number: int, raw: dict[str, Any], column: Column, text: str, at: tuple[int, int]
    ) -> None:
        try:
            if column.kind == MORE:
                self._more(number, raw, text, at)
            elif column.kind not in (ROLE, FILE):
                value = _read(column, text)
                if value is not None:
                    put(raw, column.path, value)
        except WrongCell as wrong:
            args = {"found": shown(text), "key": self.headings[column], **wrong.values}
            self._fault(*at, wrong.code, args)
            self.table.damaged.add(number)

    def _more(self, number: int, raw: dict[str, Any], text: str, at: tuple[int, int]) -> None:
        try:
            rest = tomllib.loads(f"more = {' '.join(text.splitlines())}")
        except (tomllib.TOMLDecodeError, RecursionError):
            raise WrongCell("sheet-more") from None
        if set(rest) != {"more"} or not isinstance(rest["more"], dict):
            raise WrongCell("sheet-more")
        for path, value in _leaves(rest["more"]):
            below: Any = raw
            for key in path[:-1]:
                below = below.get(key, {}) if isinstance(below, dict) else None
            if not isinstance(below, dict) or path[-1] in below:
                raise WrongCell("sheet-more-twice", {"key": ".".join(path)})
            self.table.places[(number, *path)] = at
            put(raw, path, value)

    def _whereabouts(
        self, table: Table, line: int, cells: Collection[str], columns: Mapping[int, Column]
    ) -> None:
        """What is no value of the table itself: the file of a duty, and what a unit is for all others."""
        for place, text in enumerate(cells):
            column = columns.get(place)
            if column is None or not text:
                continue
            if column.kind == FILE:
                self._file(table, text, (line, place + 1))
            elif column.kind == ROLE:
                for part in _parts(text):
                    self._role(table, part, (line, place + 1))

    def _file(self, table: Table, text: str, at: tuple[int, int]) -> None:
        named = text.replace("\\", "/")
        fits = _FILE.fullmatch(named) and shape_of(named) is ObligationsFile
        if not fits or len(PurePosixPath(named).name) > 100:
            self._fault(*at, "sheet-file", {"found": shown(text)})
        self.found.files[str(table.raw.get("id"))] = f"{self.folder}/{named}"

    def _role(self, table: Table, text: str, at: tuple[int, int]) -> None:
        names = {name.casefold(): key for key, words in ROLES.items() for name in self._said(words)}
        key = names.get(text.casefold())
        if key is None:
            known = [name for words in ROLES.values() for name in words]
            self._fault(*at, "not-one-of", {"found": shown(text), "known": listed(known)})
        elif key in self.found.roles:
            place = self.found.roles[key].origin.place(self.found.roles[key].path)
            self._fault(*at, "id-twice", {"id": text, "place": place})
        else:
            self.found.roles[key] = table

    def _said(self, words: tuple[str, str]) -> Iterator[str]:
        yield from (*words, self.convert(words[0]))

    def _fault(self, line: int, column: int, code: str, args: Mapping[str, str]) -> None:
        self.table.whole = False
        self.found.faults.append(Fault(self.table.file, line, column, code, args))


def _leaves(raw: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in raw.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


def _parts(text: str) -> list[str]:
    return [part.strip() for part in SEPARATORS.split(text) if part.strip()]


def _read(column: Column, text: str) -> Any:
    """The value of a cell that is not empty. Raises WrongCell."""
    if column.kind == LIST:
        return _parts(text)
    plain = " ".join(text.splitlines())
    if column.kind == DAY:
        return as_day(plain)
    if column.kind == NUMBER:
        return unshortened(as_whole)(plain)
    if column.kind == FLAG:
        if plain.casefold() in _YES | _NO:
            return True if plain.casefold() in _YES else None
        raise WrongCell("sheet-flag")
    return unshortened(str)(plain) if column.key in ("phone", "mobile") else plain


# ---------------------------------------------------------------- ids


def with_ids(shape: SheetShape, tables: list[Table], known: Collection[Table]) -> None:
    """Give each row without an id that of the table of the same name, else a new one."""
    names = {name: table.raw["id"] for table in known if "id" in table.raw for name in _names(table.raw)}
    taken = {table.raw.get("id") for table in (*tables, *known)}
    width, number = max(2, len(str(len(tables)))), 0
    for place, table in enumerate(tables):
        if "id" in table.raw:
            continue
        found = next((names[name] for name in _names(table.raw) if name in names), None)
        if found is None or any(other.raw.get("id") == found for other in tables):
            while (found := f"{shape.prefix}-{(number := number + 1):0{width}}") in taken:
                pass
        taken.add(found)
        tables[place] = Table(table.origin, table.path, {"id": found, **table.raw})


def _names(raw: Mapping[str, Any]) -> list[Any]:
    """What a table is known by besides its id; a person together with the unit."""
    name = raw.get("name", raw.get("title"))
    names = list(name.values()) if isinstance(name, dict) else [name]
    return [(text, raw.get("unit")) for text in names if isinstance(text, str)]
