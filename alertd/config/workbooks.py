"""Excel workbooks to text: the first sheet as CSV, a row a line so that faults name it; or all sheets.

What lies in a workbook is from outside and read by a library that believes it: it is looked at first, and
bounded. An office program writes neither a document type (entities that grow without end) nor more than
LARGEST_INSIDE; whatever else the library stumbles over is a fault of the file, never of the program.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from alertd.config.csv_tables import MOST_ROWS
from alertd.config.faults import Fault
from alertd.config.sources import LARGEST_FILE, WORKBOOK, bytes_of, decode

if TYPE_CHECKING:
    from openpyxl import Workbook

T = TypeVar("T")
#: bytes of everything inside a workbook together: it is packed, and a small file may hold any number of them
LARGEST_INSIDE = 50_000_000
#: lines of a sheet, blank ones counted
_MOST_LINES = 5 * MOST_ROWS
#: what files of older versions of Excel, and those kept by a password, begin with
_COMPOUND = b"\xd0\xcf\x11\xe0"
_DOCTYPE = (b"<!DOCTYPE", b"<!ENTITY")
#: what is believed to be a day that Excel counts: 2000 to 2099. Smaller numbers are slips
_DAYS = range(36526, 73051)


class _Wrong(Exception):
    """The workbook cannot be used; `code` is that of the fault."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.code = code
        self.args_ = args


def read_workbook(path: Path, file: str, dates: Collection[str] = ()) -> tuple[str, tuple[Fault, ...]]:
    """The first sheet of a workbook as CSV text, or what keeps it from being read. Never raises.

    `file` is the name used in faults; with faults the text is empty. A plain number in one of the columns
    `dates` is a day, as Excel counts them.
    """

    def first(book: Workbook) -> str:
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise _Wrong("workbook-damaged")
        return _csv(_rows(sheet), dates, book.epoch)

    text, faults = _read(path, file, first)
    return text or "", faults


@dataclass(frozen=True, slots=True)
class SheetText:
    """A sheet by its name: the texts of its rows as far as they hold anything; the first row is 1."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class BookText:
    """All sheets of a workbook, and the keywords it is filed under."""

    sheets: tuple[SheetText, ...] = ()
    keywords: str = ""


def read_book(path: Path, file: str) -> tuple[BookText, tuple[Fault, ...]]:
    """All sheets of a workbook, or what keeps it from being read. Never raises; see read_workbook."""

    def every(book: Workbook) -> BookText:
        if not book.worksheets:
            raise _Wrong("workbook-damaged")
        texts, size = [], 0
        for sheet in book.worksheets:
            rows: list[tuple[str, ...]] = []
            for number, row in enumerate(_rows(sheet)):
                if number >= _MOST_LINES:
                    raise _Wrong("too-many-rows", most=str(MOST_ROWS))
                cells = [_lines(value) for value in row]
                while cells and not cells[-1]:
                    cells.pop()
                size += len(row) + sum(map(len, cells))
                if size > LARGEST_FILE:
                    raise _Wrong("too-large-file", limit=str(LARGEST_FILE // 1_000_000))
                rows.append(tuple(cells))
            while rows and not rows[-1]:
                rows.pop()
            texts.append(SheetText(sheet.title, tuple(rows)))
        return BookText(tuple(texts), str(book.properties.keywords or ""))

    found, faults = _read(path, file, every)
    return found or BookText(), faults


def _read(path: Path, file: str, take: Callable[[Workbook], T]) -> tuple[T | None, tuple[Fault, ...]]:
    """What is taken from an opened workbook, None with faults."""
    data, faults = bytes_of(path, file)
    if faults:
        return None, faults
    try:
        return _opened(data, file, take), ()
    except _Wrong as wrong:
        return None, (Fault(file, 1, 1, wrong.code, wrong.args_),)
    except Exception:  # the library and the formats below it raise anything
        return None, (Fault(file, 1, 1, "workbook-damaged"),)


def _opened(data: bytes, file: str, take: Callable[[Workbook], T]) -> T:
    import openpyxl

    if not data.startswith(WORKBOOK):
        raise _Wrong(_other_kind(data, file))
    _look_inside(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are not read: drop-down lists, styles
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return take(book)
        finally:
            book.close()


def _rows(sheet: Any) -> Iterable[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what it says of its own size may be a slip, and is not needed
    rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
    return rows


def _other_kind(data: bytes, file: str) -> str:
    """What it is instead: the code of a fault."""
    if not data:
        return "workbook-empty"
    if data.startswith(_COMPOUND):
        return "workbook-old"
    text, _ = decode(data, f"{file}.csv")
    return "workbook-text" if text else "workbook-damaged"


def _look_inside(data: bytes) -> None:
    """Read every part once, as far as it says it is long: a bit that turned anywhere is found here."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
        if sum(part.file_size for part in listed) > LARGEST_INSIDE:
            raise _Wrong("workbook-large", limit=str(LARGEST_INSIDE // 1_000_000))
        for part in listed:
            if part.flag_bits & 1:
                raise _Wrong("workbook-old")
            plain = parts.read(part).replace(b"\0", b"")  # as it would stand in any encoding of 16 bits
            if part.filename.endswith((".xml", ".rels")) and any(mark in plain for mark in _DOCTYPE):
                raise _Wrong("workbook-damaged")


def _csv(rows: Iterable[tuple[Any, ...]], dates: Collection[str], epoch: datetime) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads: list[str] = []
    for number, row in enumerate(rows):
        if number >= _MOST_LINES:
            raise _Wrong("too-many-rows", most=str(MOST_ROWS))
        if out.tell() > LARGEST_FILE or _length(row) > LARGEST_FILE:
            raise _Wrong("too-large-file", limit=str(LARGEST_FILE // 1_000_000))
        row += (None,) * (len(heads) - len(row))  # so that what is missing has a place
        days = [head in dates for head in heads] + [False] * (len(row) - len(heads))
        writer.writerow([_cell(_day(v, epoch) if day else v) for v, day in zip(row, days, strict=False)])
        if not any(heads):
            heads = [_cell(value).casefold() for value in row]
    return out.getvalue()


def _length(row: tuple[Any, ...]) -> int:
    return sum(len(value) for value in row if isinstance(value, str))


def _day(value: Any, epoch: datetime) -> Any:
    """A day that Excel keeps as a number, where the cell is not formatted as a date."""
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, int | float) and not isinstance(value, bool) and value in _DAYS:
        return from_excel(value, epoch)
    return value


def _cell(value: Any) -> str:
    """What stands in a cell as people would type it; a line break in it is a space."""
    return " ".join(_lines(value).split())


def _lines(value: Any) -> str:
    """What stands in a cell as people would type it, with its line breaks."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
