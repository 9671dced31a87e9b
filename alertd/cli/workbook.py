"""Sheets people import, as CSV text: a CSV file as it is, of an Excel workbook its first sheet."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
    from alertd.config.sources import read_source
    from alertd.config.workbooks import read_workbook

    path = session.cwd / file
    if _is_workbook(file.name):
        text, unreadable = read_workbook(path, file.name, dates)
    else:
        text, unreadable = read_source(path, file.name)
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
