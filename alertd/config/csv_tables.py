"""people.csv and roster.csv: rows to plain tables, each cell with its place (RFC 4180 quoting)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.toml_positions import Path, line_and_column
from alertd.config.values import Digits, Shape
from alertd.core.text import LONGEST_LINE, UnfitText, fit

#: rows of a sheet that hold anything: the largest province has fewer officers of one kind
MOST_ROWS = 20_000
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
_LONGEST_NUMBER = 19  # a Telegram chat id has at most 52 significant bits (Bot API, Chat)
_WHOLE = re.compile(r"-?\d+")
_LIST_SEPARATOR = re.compile("[;\uff1b\u3001]")
#: what a row of names is separated by when the file was not saved as plain comma-separated CSV
_WIDE_COMMA = "\uff0c"
_OTHER_SEPARATORS = {";": ";", "\t": "TAB", _WIDE_COMMA: _WIDE_COMMA, "\uff1b": "\uff1b"}


@dataclass(frozen=True, slots=True)
class Columns:
    """What one kind of CSV file holds: how a cell of each column is read, in the order they are named.

    A reader is called with a cell that is not empty and raises WrongCell where it cannot be what it should.
    """

    readers: Mapping[str, Callable[[str], Any]]
    required: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.readers)


@cache
def columns_of(shape: type[Shape]) -> Columns:
    """The columns of the file whose rows have this shape: one for each field."""
    fields = shape.model_fields
    required = tuple(name for name, field in fields.items() if field.is_required())
    return Columns({name: _reader(field) for name, field in fields.items()}, required)


def _reader(about: FieldInfo) -> Callable[[str], Any]:
    """How a cell is read, by the type of its field. What it returns may raise WrongCell."""
    kinds = {about.annotation, *get_args(about.annotation)}
    read: Callable[[str], Any] = str
    if date in kinds:
        read = as_day
    elif int in kinds:
        read = as_whole
    elif get_origin(about.annotation) is list:
        read = _as_parts
    return unshortened(read) if any(isinstance(each, Digits) for each in about.metadata) else read


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    offset: int


@dataclass(slots=True)
class CsvTable:
    """The rows of one CSV file as plain values; paths are (row, column name[, element])."""

    file: str
    text: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    whole: bool = True
    places: dict[Path, int] = field(default_factory=dict)
    damaged: set[str | int] = field(default_factory=set)  # rows of which a cell could not be read

    def excuses(self, path: Path) -> bool:
        """See checking.Origin."""
        return not self.whole or path[0] in self.damaged

    def value_fault(self, path: Path, code: str, args: Mapping[str, str], index: int | None = None) -> Fault:
        return self.fault_at(self._offset(path), code, args)

    def key_fault(self, path: Path, code: str, args: Mapping[str, str]) -> Fault:
        return self.fault_at(self._offset(path), code, args)

    def fault_at(self, offset: int, code: str, args: Mapping[str, str]) -> Fault:
        line, column = line_and_column(self.text, offset)
        return Fault(self.file, line, column, code, args)

    def place(self, path: Path) -> str:
        return f"{self.file}:{self.line(path)}"

    def line(self, path: Path) -> int:
        return line_and_column(self.text, self._offset(path))[0]

    def _offset(self, path: Path) -> int:
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, 0)


def read_table(file: str, text: str, columns: Columns) -> tuple[CsvTable, list[Fault]]:
    """The rows of a CSV text and its faults; a table that could not be read is not `whole`. Never raises."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    table = CsvTable(file, plain)
    records, faults = _records(table)
    if not records and not faults:
        faults.append(table.fault_at(0, "csv-empty", {"known": listed(columns.required)}))
    header = _header(table, records[0], columns, faults) if records else None
    if header is None or faults:
        table.whole = False
    if header is not None:
        for cells in records[1:]:
            _add_row(table, header, cells, columns, faults)
    return table, faults


def _records(table: CsvTable) -> tuple[list[list[Cell]], list[Fault]]:
    """All records that hold anything; blank lines and lines of separators only are Excel's leftovers."""
    text, at = table.text, 0
    records: list[list[Cell]] = []
    while at < len(text):
        cells: list[Cell] = []
        while True:
            start = at
            if text.startswith('"', at):
                value, at, closed = _quoted(text, at)
                if not closed:
                    return records, [table.fault_at(start, "csv-quote", {})]
            else:
                value, at = _unquoted(text, at)
            cells.append(Cell(value.strip(), start))
            if text.startswith(",", at):
                at += 1
                continue
            at += 1
            break
        if any(cell.text for cell in cells):
            records.append(cells)
            if len(records) > MOST_ROWS + 1:  # the names of the columns are one
                return [], [table.fault_at(cells[0].offset, "too-many-rows", {"most": str(MOST_ROWS)})]
    return records, []


def _unquoted(text: str, at: int) -> tuple[str, int]:
    start = at
    while at < len(text) and text[at] not in ",\n":
        at += 1
    return text[start:at], at


def _quoted(text: str, at: int) -> tuple[str, int, bool]:
    at += 1
    parts: list[str] = []
    while (end := text.find('"', at)) >= 0:
        parts.append(text[at:end])
        if not text.startswith('"', end + 1):
            rest, at = _unquoted(text, end + 1)
            return "".join(parts) + rest, at, True
        parts.append('"')
        at = end + 2
    return "", len(text), False


def _header(
    table: CsvTable, cells: list[Cell], columns: Columns, faults: list[Fault]
) -> list[str | None] | None:
    """The column name of each cell of the first row; None for a column without a name."""
    first = table.text[cells[0].offset :].split("\n", 1)[0]
    if len(cells) == 1:
        for separator, name in _OTHER_SEPARATORS.items():
            if separator in first:
                offset = cells[0].offset + first.index(separator)
                faults.append(table.fault_at(offset, "csv-separator", {"found": name}))
                return None
    names: list[str | None] = []
    for cell in cells:
        name = cell.text.casefold()
        if name and name not in columns.readers:
            args = {"found": shown(cell.text), "known": listed(columns.names), **nearest(name, columns.names)}
            faults.append(table.fault_at(cell.offset, "csv-unknown-column", args))
        elif name in names:
            faults.append(table.fault_at(cell.offset, "csv-column-twice", {"found": name}))
        names.append(name if name in columns.readers and name not in names else None)
    faults += [
        table.fault_at(cells[0].offset, "csv-missing-column", {"key": name})
        for name in columns.required
        if name not in names
    ]
    return names


def _add_row(
    table: CsvTable, header: list[str | None], cells: list[Cell], columns: Columns, faults: list[Fault]
) -> None:
    number = len(table.rows)
    row: dict[str, Any] = {}
    table.rows.append(row)
    table.places[(number,)] = cells[0].offset
    wide = cells[0].text.find(_WIDE_COMMA) if len(cells) == 1 < len(header) else -1
    if wide >= 0:  # a whole row typed with an input method on
        args = {"found": _WIDE_COMMA, "plain": ","}
        faults.append(table.fault_at(cells[0].offset + wide, "wrong-sign", args))
        table.damaged.add(number)
        return
    for index, cell in enumerate(cells):
        if index >= len(header):
            if cell.text:
                args = {"found": shown(cell.text), "count": str(len(header))}
                faults.append(table.fault_at(cell.offset, "csv-extra-cell", args))
            continue
        name = header[index]
        if name is None:
            continue
        table.places[(number, name)] = cell.offset
        if cell.text:
            _add_value(table, (number, name), cell, columns, faults)


def _add_value(
    table: CsvTable, path: tuple[int, str], cell: Cell, columns: Columns, faults: list[Fault]
) -> None:
    name = path[1]
    try:
        table.rows[path[0]][name] = columns.readers[name](cell.text)
    except WrongCell as unreadable:
        args = {"found": shown(cell.text), "key": name, **unreadable.values}
        faults.append(table.fault_at(cell.offset, unreadable.code, args))
        table.damaged.add(path[0])


class WrongCell(Exception):
    """A cell that does not hold what its column should; `code` and `values` are those of the fault."""

    def __init__(self, code: str, values: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = values or {}


def as_text(most: int) -> Callable[[str], str]:
    """A reader of texts of at most `most` characters."""

    def read(text: str) -> str:
        try:
            return fit(text, most)
        except UnfitText as unfit:
            raise WrongCell(unfit.code, unfit.values) from None

    return read


as_line = as_text(LONGEST_LINE)


def unshortened(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader that objects to a number Excel has shortened ("8.6E+12")."""

    def check(text: str) -> Any:
        if _SCIENTIFIC.fullmatch(text):
            raise WrongCell("csv-shortened-number")
        return read(text)

    return check


def _as_parts(text: str) -> list[str]:
    return [part.strip() for part in _LIST_SEPARATOR.split(text) if part.strip()]


def as_whole(text: str) -> int:
    """A whole number, such as that of a chat. Raises WrongCell."""
    if not _WHOLE.fullmatch(text) or len(text) >= _LONGEST_NUMBER:
        raise WrongCell("csv-number")
    return int(text)


def as_day(text: str) -> date:
    """A day as Excel shows one: 2026-12-01, 2026/12/1, 2026年12月1日. Raises WrongCell."""
    match = _DATE.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise WrongCell("csv-date")
