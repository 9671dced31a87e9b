"""A bulletin as a file: CSV that Excel opens, an Excel workbook, HTML that prints on A4, JSON."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from alertd.messages.bulletin import (
    BulletinDocument,
    BulletinTable,
    Cell,
    Points,
    Share,
    document_of,
    rounded,
)
from alertd.messages.bulletin_facts import BulletinView
from alertd.messages.bulletin_json import json_bytes
from alertd.messages.dates import clock_text, day_text
from alertd.messages.wrap import columns

FORMATS = ("csv", "xlsx", "html", "json")
#: a text that begins so is a formula to a spreadsheet, whoever typed it
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: columns of a workbook, in digits: the narrowest, the widest before a text wraps, a filter's button
_NARROW, _WIDEST, _BUTTON = 8, 60, 4
#: the classes of a number on the page; noughts step back, so that the others are seen
_NUMBER = ("number", "number nought")


def csv_bytes(document: BulletinDocument) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes Chinese for something else; lines end CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([document.title])
    writer.writerows([line] for line in document.lines)
    for table in document.tables:
        writer.writerows([[], [table.caption]])
        writer.writerows([[table.intro]] if table.intro else [])
        writer.writerow(table.heads)
        rows = table.rows or ((document.none,),)
        writer.writerows([_plain(cell, document) for cell in row] for row in rows)
    writer.writerows([[], *([note] for note in document.notes)])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell, document: BulletinDocument) -> str:
    if cell is None:
        return document.not_applicable
    if isinstance(cell, Share):
        return percent(cell)
    if isinstance(cell, Points):
        return _signed(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, str):
        return _harmless(cell)
    return str(cell)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _signed(points: float) -> str:
    return f"{points:+.1f}" if points else "0.0"


def percent(share: float) -> str:
    """One decimal, rounded half up; what falls short of the whole never reads 100 %."""
    return f"{rounded(share):.1%}"


def html_bytes(document: BulletinDocument) -> bytes:
    """One page without anything fetched; `@page` sets it on A4."""
    return _template().render(document=document, tables=page_tables(document)).encode()


def page_tables(document: BulletinDocument) -> list[tuple[BulletinTable, list[Any], list[Any]]]:
    """Each section with its columns (class, width in millimetres, heading) and its rows of (class, text)."""
    return [(table, _columns(table), _page_rows(table, document)) for table in document.tables]


def _columns(table: BulletinTable) -> list[tuple[str, int, str]]:
    """Each column's class, width and heading."""
    numbers = [any(_is_number(row[place]) for row in table.rows) for place in range(len(table.heads))]
    return [
        ("number" if number else "", table.wide.get(place, 0), head)
        for place, (number, head) in enumerate(zip(numbers, table.heads, strict=True))
    ]


def _page_rows(table: BulletinTable, document: BulletinDocument) -> list[list[tuple[str, str]]]:
    """Each cell's class and text, ready, since a template is slow where an annex is long."""
    plain = ["" if at in table.wide else "plain" for at in range(len(table.heads))]
    return [
        [
            (
                _NUMBER[cell == 0 and not isinstance(cell, Share)] if _is_number(cell) else css,
                shown(cell, document),
            )
            for css, cell in zip(plain, row, strict=True)
        ]
        for row in table.rows
    ]


@lru_cache(maxsize=1)
def _template() -> Template:
    source = resources.files("alertd.messages").joinpath("templates", "bulletin.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)


def shown(cell: Cell, document: BulletinDocument) -> str:
    """A cell as people read it."""
    if cell is None or isinstance(cell, Share):
        return document.not_applicable if cell is None else percent(cell)
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        said = day_text(day, document.language, document.as_of.date(), short=True)
        return f"{said} {clock_text(cell)}" if isinstance(cell, datetime) else said
    return _signed(cell) if isinstance(cell, Points) else str(cell)


def _is_number(cell: Cell) -> bool:
    return cell is None or isinstance(cell, (int, float))


def xlsx_bytes(document: BulletinDocument) -> bytes:
    """One sheet for each section; numbers and dates are numbers and dates."""
    import openpyxl
    from openpyxl.writer.excel import ExcelWriter

    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for number, table in enumerate(document.tables):
        sheet = book.create_sheet(_sheet_name(table.caption))
        if number == 0:
            for line in (document.title, *document.lines, *document.notes):
                _append(sheet, (line,), document)
        if table.intro:
            _append(sheet, (table.intro,), document)
        _fill(sheet, table, document)
    # Written in UTC without a zone, which is all the format has; so equal figures are an equal file.
    book.properties.created = book.properties.modified = document.as_of.astimezone(UTC).replace(tzinfo=None)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        ExcelWriter(book, archive).save()  # `Workbook.save` would note the minute of now
    return _undated(packed)


def _undated(packed: io.BytesIO) -> bytes:
    """The same archive without the minute each member was packed: equal figures are equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as given, zipfile.ZipFile(out, "w") as written:
        for member in given.infolist():
            plain = zipfile.ZipInfo(member.filename)
            plain.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(plain, given.read(member))
    return out.getvalue()


def _sheet_name(caption: str) -> str:
    return "".join(character for character in caption if character not in "[]:*?/\\")[:31]


def _fill(sheet: Any, table: BulletinTable, document: BulletinDocument) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    _append(sheet, table.heads, document)
    head = sheet.max_row
    for row in table.rows or ((document.none,),):
        _append(sheet, row, document)
    for cell in sheet[head]:
        cell.font = Font(bold=True)
    for column, cells in enumerate(sheet.iter_cols(min_row=head, max_col=len(table.heads)), start=1):
        width = max(columns(_plain(given, document)) for given in _column(table, column - 1, document))
        width = max(width, columns(table.heads[column - 1]) + _BUTTON, _NARROW)
        sheet.column_dimensions[get_column_letter(column)].width = min(width, _WIDEST) + 2
        for cell in cells:
            cell.alignment = Alignment(wrap_text=width > _WIDEST, vertical="top")
    last = sheet.max_row - (1 if table.total and table.rows else 0)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(table.heads))}{last}"
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.page_setup.paperSize, sheet.page_setup.orientation = sheet.PAPERSIZE_A4, "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _column(table: BulletinTable, place: int, document: BulletinDocument) -> Iterator[Cell]:
    """The cells of a column below its heading."""
    rows: tuple[tuple[Cell, ...], ...] = table.rows or ((document.none,),)
    return (row[place] if place < len(row) else "" for row in rows)


def _append(sheet: Any, row: tuple[Cell, ...], document: BulletinDocument) -> None:
    sheet.append([_native(cell, document) for cell in row])
    for given, cell in zip(row, sheet[sheet.max_row], strict=False):
        if isinstance(given, str):
            cell.data_type = "s"  # "=1+1" in a reason is a text
        elif isinstance(given, Share):
            cell.number_format = "0.0%"
        elif isinstance(given, Points):
            cell.number_format = "+0.0;-0.0;0.0"
        elif isinstance(given, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm"
        elif isinstance(given, date):
            cell.number_format = "yyyy-mm-dd"


def _native(cell: Cell, document: BulletinDocument) -> Any:
    if cell is None:
        return document.not_applicable
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    return rounded(cell) if isinstance(cell, Share) else cell


def write(view: BulletinView, language: str, shape: str) -> bytes:
    """The bulletin in one of `FORMATS`."""
    if shape == "json":
        return json_bytes(view, language)
    document = document_of(view, language, brief=shape == "html")
    return {"csv": csv_bytes, "xlsx": xlsx_bytes, "html": html_bytes}[shape](document)
