"""Sheets people import, as CSV text: a CSV file as it is, of an Excel workbook its first sheet.

One row of the workbook is one line, so that a fault names the row people see.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.exits import Said
from alertd.cli.faults import fault_lines
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.config.faults import Fault

#: what is believed to be a day that Excel counts: 2000 to 2099. Smaller numbers are slips
_DAYS = range(36526, 73051)


def sheet_text(file: Path, session: Session, dates: Collection[str] = ()) -> str:
    """The text of a file; raises Said where it cannot be read.

    A plain number in one of the columns `dates` of a workbook is a day, as Excel counts them.
    """
    if _is_workbook(file.name):
        return _workbook(session.cwd / file, file.name, session, dates)
    from alertd.config.sources import read_source

    text, unreadable = read_source(session.cwd / file, file.name)
    if unreadable:
        raise Said("progress.unreadable", lines="\n".join(fault_lines(unreadable, session)))
    return text


def sheet_lines(faults: Sequence[Fault], text: str, session: Session) -> list[str]:
    """The faults of a sheet in words, one a line."""
    return [line_of(fault, text, fault.sentence(session.language, to_simplified)) for fault in faults]


def line_of(fault: Fault, text: str, sentence: str) -> str:
    """A fault in the text of a sheet, where its reader looks for it: `hours.csv:3:9`, or `hours.xlsx:B3`."""
    if not _is_workbook(fault.file):
        return f"{fault.file}:{fault.line}:{fault.column}: {sentence}"
    from openpyxl.utils import get_column_letter

    before = text.split("\n")[fault.line - 1][: fault.column - 1]
    cell = get_column_letter(len(next(csv.reader([before + "."]))))
    return f"{fault.file}:{cell}{fault.line}: {sentence}"


def _is_workbook(name: str) -> bool:
    return name.lower().endswith(".xlsx")


def _workbook(path: Path, name: str, session: Session, dates: Collection[str]) -> str:
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        line = session.say("progress.no-workbook", file=name)
        raise Said("progress.unreadable", lines=line) from None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    try:
        heads: list[str] = []
        for row in book.worksheets[0].iter_rows(values_only=True):
            days = [head in dates for head in heads] + [False] * (len(row) - len(heads))
            writer.writerow(
                [_cell(_day(v, book.epoch) if day else v) for v, day in zip(row, days, strict=False)]
            )
            if not any(heads):
                heads = [_cell(value).casefold() for value in row]
    finally:
        book.close()
    return out.getvalue()


def _day(value: Any, epoch: datetime) -> Any:
    """A day that Excel keeps as a number, where the cell is not formatted as a date."""
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, int | float) and not isinstance(value, bool) and value in _DAYS:
        return from_excel(value, epoch)
    return value


def _cell(value: Any) -> str:
    """What stands in a cell as people would type it; a line break in it is a space."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return " ".join(str(value).split())
