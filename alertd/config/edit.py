"""Changing the one value of config.toml that a command changes; everything else stays as it was typed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_MODE = re.compile(r"""(\s*mode\s*=\s*)(?:"[^"]*"|'[^']*')(.*)$""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` is the changed file, None where that is not safe; `line` (from 1) is where to do it by hand."""

    text: str | None
    line: int


def with_mode(text: str, mode: str) -> Edit:
    """config.toml with `[sending] mode` set to `mode`. Comments, order and line ends stay."""
    lines = text.splitlines(keepends=True)
    end = "\r\n" if text.endswith("\r\n") else "\n"
    table, place, header = "", None, None
    for number, line in enumerate(lines):
        found = _TABLE.match(line)
        if found:
            table = found[1].strip("\"'")
            header = number if table == "sending" else header
        elif table == "sending" and _MODE.match(line):
            place = number
    if place is not None:
        lines[place] = _MODE.sub(rf'\g<1>"{mode}"\g<2>', lines[place])
    elif header is not None:
        lines[header] = lines[header].rstrip("\r\n") + f'{end}mode = "{mode}"{end}'
    else:
        lines.append(f'{end}[sending]{end}mode = "{mode}"{end}')
    at = next((n for n in (place, header) if n is not None), max(len(lines) - 1, 0))
    changed = "".join(lines)
    return Edit(changed if _means(text, changed, mode) else None, at + 1)


def _means(before: str, after: str, mode: str) -> bool:
    """Whether the change says what was meant and nothing else: files are written in many ways."""
    wanted: dict[str, Any] = tomllib.loads(before)
    sending = wanted.setdefault("sending", {})
    if not isinstance(sending, dict):
        return False
    sending["mode"] = mode
    try:
        return tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        return False
