"""Sheets people import, as CSV text: a CSV file as it is, of an Excel workbook its first sheet.

One row of the workbook is one line, so that a fault names the row people see.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alertd.cli.context import Session
from alertd.cli.faults import Said, fault_lines


def sheet_text(file: Path, session: Session) -> str:
    """The text of a file; raises Said where it cannot be read."""
    if file.suffix.lower() == ".xlsx":
        return _workbook(session.cwd / file, file.name, session)
    from alertd.config.sources import read_source

    text, unreadable = read_source(session.cwd / file, file.name)
    if unreadable:
        raise Said("progress.unreadable", lines="\n".join(fault_lines(unreadable, session)))
    return text


def _workbook(path: Path, name: str, session: Session) -> str:
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
        for row in book.worksheets[0].iter_rows(values_only=True):
            writer.writerow([_cell(value) for value in row])
    finally:
        book.close()
    return out.getvalue()


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
