"""A city as an Excel workbook: a sheet that explains, and one for each kind of table."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from alertd.config.city_rows import Rows
from alertd.config.city_sheets import DAY, DUTIES

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: columns of a sheet, in digits: the narrowest, the widest before a text wraps, a filter's button
_NARROW, _WIDEST, _BUTTON = 8, 50, 4
#: rows below the last that are made ready for what people add
_READY = 200


def book_bytes(
    about: tuple[str, Sequence[str]],
    sheets: Sequence[Rows],
    policies: tuple[str, Mapping[str, str]],
    width: Callable[[str], int],
    keywords: str,
) -> bytes:
    """The workbook.

    `about` is the title and the lines of the sheet that explains, `policies` the title of another and the ids
    and titles of what a duty may choose. `width` counts display columns. It is filed under the `keywords`.
    """
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = about[0]
    for line in about[1]:
        _append(first, (line,))
    first.column_dimensions["A"].width = 100
    for cells in first.iter_rows():
        cells[0].alignment = _wrapped()
    for rows in sheets:
        sheet = book.create_sheet(rows.title)
        _fill(sheet, rows, width)
        if rows.sheet is DUTIES and policies[1]:
            _offer(sheet, rows, *policies)
    book.properties.keywords = keywords
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, rows: Rows, width: Callable[[str], int]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for row in (rows.headings, *rows.rows):
        _append(sheet, row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, (column, heading) in enumerate(zip(rows.sheet.columns, rows.headings, strict=True)):
        shape = "yyyy-mm-dd" if column.kind == DAY else "@"  # what looks like a number stays as it is typed
        widest = max((width(str(row[place])) for row in rows.rows), default=0)
        widest = max(widest, width(heading) + _BUTTON, _NARROW)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(widest, _WIDEST) + 2
        for line in range(2, len(rows.rows) + 2 + _READY):
            cell = sheet.cell(line, place + 1)
            cell.number_format = shape
            if widest > _WIDEST and line < len(rows.rows) + 2:
                cell.alignment = _wrapped()
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(rows.headings))}{max(len(rows.rows) + 1, 2)}"
    sheet.freeze_panes = "C2"


def _offer(sheet: Worksheet, rows: Rows, title: str, policies: Mapping[str, str]) -> None:
    """The policies to choose from, in a sheet of their own that a drop-down list reads."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    place = next(n for n, column in enumerate(rows.sheet.columns, 1) if column.key == "policy")
    assert sheet.parent is not None
    listed = sheet.parent.create_sheet(title)
    for row in policies.items():
        _append(listed, row)
    listed.column_dimensions["A"].width = listed.column_dimensions["B"].width = 30
    source = f"'{listed.title}'!$A$1:$A${len(policies)}"
    offered = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
    letter = get_column_letter(place)
    offered.add(f"{letter}2:{letter}{len(rows.rows) + 1 + _READY}")
    sheet.add_data_validation(offered)


def _append(sheet: Worksheet, row: Sequence[str | date]) -> None:
    sheet.append([cell if cell != "" else None for cell in row])
    for given, cell in zip(row, sheet[sheet.max_row], strict=False):
        if isinstance(given, str) and given:
            cell.data_type = "s"  # "=1+1" in a note is a text


def _wrapped() -> Any:
    from openpyxl.styles import Alignment

    return Alignment(wrap_text=True, vertical="top")
