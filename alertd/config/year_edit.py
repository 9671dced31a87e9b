"""Moving the duties of one plan year into the next: texts of files to texts of files, comments kept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from alertd.config.blocks import Block, Parts, header_line, joined, parts_of, read
from alertd.config.duty_shapes import ObligationsFile
from alertd.config.files import shape_of

_KIND = "obligation"
_TABLE = re.compile(r"\s*\[")
_YEAR_FOLDER = re.compile(r"\d{4}")
_VALUE = r"""(\s*{key}\s*=\s*)(?:"[^"\\]*"|'[^']*'|\d{{4}}-\d{{2}}-\d{{2}})(.*)$"""
_SCHEMA = re.compile(r"(#:schema\s+)(\.\./)")


@dataclass(slots=True)
class YearTurn:
    """What the files become. `changes` holds new texts by file, None for a file that goes.

    `goes_on` and `ends` are ids in the order of the files; `unusual` are files that were left alone because
    they are written so that they cannot be changed safely.
    """

    changes: dict[str, str | None] = field(default_factory=dict)
    goes_on: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    unusual: list[str] = field(default_factory=list)


def files_of_year(texts: Mapping[str, str], year: int) -> list[str]:
    """The files with duties in the folder of a year; where it has none, those in no year's folder."""
    own = [file for file in texts if holds_duties(file) and _folder(file) == str(year)]
    loose = [file for file in texts if holds_duties(file) and not _YEAR_FOLDER.fullmatch(_folder(file))]
    return sorted(own or loose)


def holds_duties(file: str) -> bool:
    return file.lower().endswith(".toml") and shape_of(file) is ObligationsFile


def _folder(file: str) -> str:
    """The folder right below schedules, "" for a file that lies there itself."""
    parts = PurePosixPath(file).parts
    return parts[1] if len(parts) > 2 else ""


def turn_year(texts: Mapping[str, str], old: int, new: int, ending: Collection[str] = ()) -> YearTurn:
    """The files of the plan of `old` as the plan of `new` takes over. Pure; the texts are without faults.

    A duty goes on, unless its `valid_to` lies in `old` or before, or its id is in `ending`. What goes on
    moves into the folder of the new year and takes its `plan`; what ends stays or moves into the folder of
    the old year, with `valid_to` at its end. Ids, rules and every other key stay.
    """
    turn = YearTurn()
    last = date(old, 12, 31)
    for file in files_of_year(texts, old):
        parts = _parts(texts[file])
        if parts is None:
            turn.unusual.append(file)
            continue
        going = [block for block in parts.blocks if not _ends(block.raw, last, ending)]
        staying = [block for block in parts.blocks if _ends(block.raw, last, ending)]
        moved = [_with_key(block, "plan", f'"{new}"') for block in going]
        kept = [block.text if "valid_to" in block.raw and block.raw["valid_to"] <= last
                else _with_key(block, "valid_to", last.isoformat()) for block in staying]  # fmt: skip
        if None in moved or None in kept:
            turn.unusual.append(file)
            continue
        turn.goes_on += [str(block.raw["id"]) for block in going]
        turn.ends += [str(block.raw["id"]) for block in staying]
        turn.changes[file] = None
        for year, found in ((old, kept), (new, moved)):
            if found:
                target = _target(file, year)
                turn.changes[target] = joined(_moved_header(parts.top, file, target), filter(None, found))
    return turn


def _ends(raw: Mapping[str, Any], last: date, ending: Collection[str]) -> bool:
    until = raw.get("valid_to")
    return raw.get("id") in ending or (isinstance(until, date) and until <= last)


def _target(file: str, year: int) -> str:
    """The same file in the folder of a year."""
    parts = PurePosixPath(file).parts
    inner = parts[2:] if _YEAR_FOLDER.fullmatch(_folder(file)) else parts[1:]
    return PurePosixPath(parts[0], str(year), *inner).as_posix()


def _moved_header(header: str, file: str, target: str) -> str:
    deeper = len(PurePosixPath(target).parts) - len(PurePosixPath(file).parts)
    return _SCHEMA.sub(rf"\g<1>{'../' * deeper}\g<2>", header, count=1)


def _parts(text: str) -> Parts | None:
    """The file in parts; None where it holds anything else than duties, or does not come apart cleanly."""
    parts = parts_of(text)
    if parts is None or read(parts.top) != {} or any(block.kind != _KIND for block in parts.blocks):
        return None
    return parts


def _with_key(block: Block, key: str, literal: str) -> str | None:
    """The duty with this key set; None where that is not safe."""
    lines = block.text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in block.text else "\n"
    top = header_line(lines)
    stop = next((n for n in range(top + 1, len(lines)) if _TABLE.match(lines[n])), len(lines))
    pattern = re.compile(_VALUE.format(key=key), re.DOTALL)
    place = next((n for n in range(top + 1, stop) if pattern.match(lines[n])), None)
    if place is not None:
        lines[place] = pattern.sub(rf"\g<1>{literal}\g<2>", lines[place])
    else:
        place = max(n for n in range(top, stop) if lines[n].strip() and not lines[n].startswith("#"))
        lines[place] = lines[place].rstrip("\r\n") + f"{end}{key} = {literal}{end}"
    changed = "".join(lines)
    wanted = {_KIND: [{**block.raw, **tomllib.loads(f"{key} = {literal}")}]}
    return changed if read(changed) == wanted else None
