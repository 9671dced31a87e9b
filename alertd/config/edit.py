"""Changing single values of a TOML file that a command changes; everything else stays as it was typed."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
#: a key with a value that stands on its line whole, and what follows it
_VALUE = r"""(\s*{key}\s*=\s*)("[^"]*"|'[^']*'|\[[^\]#]*\]|[^\s#"'\[{{]+)(.*)$"""


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` is the changed file, None where that is not safe; `line` (from 1) is where to do it by hand."""

    text: str | None
    line: int


def with_value(text: str, table: str, key: str, literal: str) -> Edit:
    """A file with `key` of `[table]` set to what `literal` is in TOML. Comments, order and line ends stay.

    An empty `table` is the top of the file, before any table.
    """
    lines = text.splitlines(keepends=True)
    end = "\r\n" if text.endswith("\r\n") else "\n"
    pattern = re.compile(_VALUE.format(key=re.escape(key)), re.DOTALL)
    inside, place, header = "", None, None
    for number, line in enumerate(lines):
        found = _TABLE.match(line)
        if found:
            inside = found[1].strip("\"'")
            header = number if inside == table else header
        elif inside == table and pattern.match(line):
            place = number
    if place is not None:
        lines[place] = pattern.sub(lambda found: found[1] + literal + found[3], lines[place])
    elif header is not None:
        lines[header] = lines[header].rstrip("\r\n") + f"{end}{key} = {literal}{end}"
    elif table:
        lines.append(f"{end}[{table}]{end}{key} = {literal}{end}")
    else:
        lines.insert(_end_of_top(lines), f"{key} = {literal}{end}")
    at = next((n for n in (place, header) if n is not None), max(len(lines) - 1, 0) if table else 0)
    changed = "".join(lines)
    return Edit(changed if _means(text, changed, table, key, literal) else None, at + 1)


def without_key(text: str, key: str) -> Edit:
    """A file without a key that stands above its tables."""
    lines = text.splitlines(keepends=True)
    pattern = re.compile(_VALUE.format(key=re.escape(key)), re.DOTALL)
    top = _end_of_top(lines)
    place = next((number for number, line in enumerate(lines[:top]) if pattern.match(line)), None)
    if place is None:
        return Edit(None, 1)
    changed = "".join([*lines[:place], *lines[place + 1 :]])
    return Edit(changed if _means(text, changed, "", key, None) else None, place + 1)


def _end_of_top(lines: list[str]) -> int:
    """Behind the last line that says something before the first table."""
    stop = next((n for n, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    return max((n + 1 for n, line in enumerate(lines[:stop]) if line.strip()), default=0)


def with_mode(text: str, mode: str) -> Edit:
    """config.toml with `[sending] mode` set to `mode`."""
    return with_value(text, "sending", "mode", f'"{mode}"')


def _means(before: str, after: str, table: str, key: str, literal: str | None) -> bool:
    """Whether the change says what was meant and nothing else: files are written in many ways."""
    wanted: dict[str, Any] = deepcopy(tomllib.loads(before))
    target = wanted.setdefault(table, {}) if table else wanted
    if not isinstance(target, dict):
        return False
    if literal is None:
        target.pop(key, None)
    else:
        target[key] = tomllib.loads(f"value = {literal}")["value"]
    try:
        return tomllib.loads(after) == wanted
    except tomllib.TOMLDecodeError:
        return False
