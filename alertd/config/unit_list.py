"""Names of units as people have them, a pasted list or a sheet, to units with ids.

An id must be ASCII and stay for ever, and nobody knows one for a bureau whose name is Chinese: it is taken
from a column, else from the English name, else it is a number, `unit-01`. Nobody needs to type it, since a
unit is called by its name wherever a file names one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from alertd.config.faults import Fault, nearest, shown
from alertd.config.values import LONGEST_ID, is_id
from alertd.core.text import LONGEST_LINE, UnfitText, fit

#: how the first row of a sheet may call a column, in the order they are named
_HEADS = {
    "name": ("name", "unit", "名稱", "名称", "單位", "单位", "單位名稱", "单位名称"),
    "id": ("id", "編號", "编号", "代號", "代号"),
    "alias": ("alias", "aliases", "short", "簡稱", "简称", "別名", "别名"),
    "en": ("en", "english", "英文", "英文名", "英文名稱", "英文名称"),
}
_COLUMN = {head: column for column, heads in _HEADS.items() for head in heads}
#: what numbers the lines of a list: "1. ", "2、", "(3)", "④"
_NUMBERED = re.compile(
    "\\s*(?:[(\uff08]\\s*\\d{1,3}\\s*[)\uff09]|\\d{1,3}\\s*[.、\uff0e)\uff09](?!\\d)|[①-⑳])\\s*"
)
_SEVERAL = re.compile("[、;\uff1b\uff0c]")


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit of the list; `en` is its English name where the list has one."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    en: str = ""


@dataclass(slots=True)
class _Row:
    line: int
    name: str
    id: str = ""
    aliases: tuple[str, ...] = ()
    en: str = ""
    columns: dict[str, int] = field(default_factory=dict)

    def fault(self, file: str, column: str, code: str, args: dict[str, str]) -> Fault:
        return Fault(file, self.line, self.columns.get(column, 1), code, args)


def read_units(file: str, text: str) -> tuple[tuple[ListedUnit, ...], tuple[Fault, ...]]:
    """The units of a list or a CSV text, or all that is wrong with it. Never raises.

    `file` is the name used in faults; with faults there are no units.
    """
    faults: list[Fault] = []
    rows = list(_rows(file, text.removeprefix("\ufeff"), faults))
    if not rows and not faults:
        faults.append(Fault(file, 1, 1, "unit-list-empty"))
    faults += _unfit(file, rows) or _twice(file, rows)
    if faults:
        return (), tuple(sorted(faults))
    return tuple(_with_ids(rows)), ()


def _rows(file: str, text: str, faults: list[Fault]) -> Iterator[_Row]:
    separator = "\t" if "\t" in text else ","
    heads: dict[int, str] | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        if not any(cells):
            continue
        if heads is None:
            heads = _heads(cells)
            if heads:
                continue
        if heads:
            yield _of_sheet(number, line, cells, heads, separator)
        elif len([cell for cell in cells if cell]) > 1:
            args = {"found": shown(line), **_near_heads(cells)}
            faults.append(Fault(file, number, 1, "unit-list-no-heads", args))
            return
        else:
            name = _NUMBERED.sub("", next(filter(None, cells)), count=1)
            yield from (_Row(number, part.strip()) for part in _SEVERAL.split(name) if part.strip())


def _heads(cells: list[str]) -> dict[int, str]:
    """The column of each place of a first row that names them; nothing where it is a unit already."""
    found = {
        place: _COLUMN[cell.casefold()] for place, cell in enumerate(cells) if cell.casefold() in _COLUMN
    }
    return found if "name" in found.values() else {}


def _near_heads(cells: list[str]) -> dict[str, str]:
    return next((near for cell in cells if cell and (near := nearest(cell, _COLUMN))), {})


def _of_sheet(number: int, line: str, cells: list[str], heads: dict[int, str], separator: str) -> _Row:
    row, offset = _Row(number, ""), 1
    for place, cell in enumerate(cells):
        column = heads.get(place)
        if column is not None:
            row.columns[column] = offset
        if column == "alias":
            row.aliases = tuple(part.strip() for part in _SEVERAL.split(cell) if part.strip())
        elif column is not None:
            setattr(row, column, cell)
        following = line.find(separator, offset - 1 + len(cell))
        offset = following + 2 if following >= 0 else len(line) + 1
    return row


def _unfit(file: str, rows: list[_Row]) -> list[Fault]:
    """What may stand in no file: no name, a name that is too long, an id that is none."""
    faults: list[Fault] = []
    for row in rows:
        if not row.name:
            faults.append(row.fault(file, "name", "empty-text", {}))
        for column, text in (("name", row.name), ("en", row.en), *(("alias", each) for each in row.aliases)):
            try:
                fit(text, LONGEST_LINE)
            except UnfitText as unfit:
                faults.append(row.fault(file, column, unfit.code, dict(unfit.values)))
        if row.id and not is_id(row.id):
            faults.append(row.fault(file, "id", "bad-id", {"found": shown(row.id)}))
        elif len(row.id) > LONGEST_ID:
            args = {"found": shown(row.id), "count": str(len(row.id)), "most": str(LONGEST_ID)}
            faults.append(row.fault(file, "id", "long-id", args))
    return faults


def _twice(file: str, rows: list[_Row]) -> list[Fault]:
    """A unit answers to its names, so each of them belongs to one."""
    lines: dict[str, tuple[int, _Row]] = {}
    faults: list[Fault] = []
    for number, row in enumerate(rows):
        for column, name in (
            ("id", row.id),
            ("name", row.name),
            ("en", row.en),
            *(("alias", each) for each in row.aliases),
        ):
            first, other = lines.setdefault(name, (number, row))
            if name and first != number:
                args = {"found": shown(name), "line": str(other.line)}
                faults.append(row.fault(file, column, "unit-list-twice", args))
    return faults


def _with_ids(rows: list[_Row]) -> Iterator[ListedUnit]:
    taken = {row.id for row in rows} | {name for row in rows for name in (row.name, row.en, *row.aliases)}
    width = max(2, len(str(len(rows))))
    for number, row in enumerate(rows, 1):
        name = row.id or _slug(row.en or row.name)
        if not row.id and (not name or name in taken):
            name = f"unit-{number:0{width}}"
            while name in taken:  # somebody gave this number to another
                number += len(rows)
                name = f"unit-{number:0{width}}"
        taken.add(name)
        yield ListedUnit(name, row.name, row.aliases, row.en)


def _slug(name: str) -> str:
    """An English name as an id, `finance-bureau`; "" for a name that is not ASCII, or without letters."""
    slug = re.sub("[^a-z0-9]+", "-", name.casefold().replace("'", "")).strip("-")[:LONGEST_ID].strip("-")
    return slug if name.isascii() and re.search("[a-z]", slug) else ""
