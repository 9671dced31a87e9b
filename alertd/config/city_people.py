"""Rows of people.csv that stay, change, go and come; a row that stays does so to the letter."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from alertd.config.checking import Table
from alertd.config.csv_tables import CsvTable, columns_of, read_table
from alertd.config.shapes import ROWS

_COLUMNS = columns_of(ROWS["person"])
#: a row and its text, None where it is to be written
_Line = tuple[Mapping[str, Any], str | None]


def people_with(file: str, text: str, wanted: Callable[[Table], Mapping[str, Any] | None]) -> str:
    """The file with what is `wanted` of each row: the row itself, other values, or None for one that goes."""
    sheet, lines = _read(file, text)
    rows: list[_Line] = []
    for raw, line in lines:
        new = wanted(Table(sheet, (len(rows),), raw))
        if new is not None:
            rows.append((new, line if new is raw else None))
    same = len(rows) == len(lines) and all(line is not None for _, line in rows)
    return text if same else _written(text, sheet, rows)


def people_added(file: str, text: str, new: Sequence[Mapping[str, Any]]) -> str:
    """The file with more rows at its end."""
    sheet, lines = _read(file, text)
    return _written(text, sheet, [*lines, *((raw, None) for raw in new)])


def _read(file: str, text: str) -> tuple[CsvTable, list[tuple[Mapping[str, Any], str]]]:
    sheet = read_table(file, text, _COLUMNS)[0]
    starts = [sheet.places[(number,)] for number in range(len(sheet.rows))]
    stops = [*starts[1:], len(sheet.text)]
    texts = [sheet.text[start:stop].rstrip("\n") + "\n" for start, stop in zip(starts, stops, strict=False)]
    return sheet, list(zip(sheet.rows, texts, strict=True))


def _written(before: str, sheet: CsvTable, rows: Iterable[_Line]) -> str:
    """The names of the columns and the rows; with every column where one is needed that the file has not."""
    rows = list(rows)
    first = sheet.places.get((0,), len(sheet.text))
    head = sheet.text[:first].rstrip("\n") + "\n"
    names = [name.strip().casefold() for name in next(csv.reader(io.StringIO(head)), [])]
    if any(key not in names for raw, line in rows if line is None for key in raw):
        names, head = list(_COLUMNS.names), ",".join(_COLUMNS.names) + "\n"
        rows = [(raw, None) for raw, _ in rows]
    text = head + "".join(line or _row(names, raw) for raw, line in rows)
    return text.replace("\n", "\r\n" if "\r\n" in before else "\n")


def _row(names: Sequence[str], raw: Mapping[str, Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([_text(raw.get(name)) for name in names])
    return out.getvalue()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value)
