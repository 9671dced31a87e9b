"""Values as TOML text, as somebody would type them (TOML 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

#: longest line written
_WIDTH = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def literal(value: Any) -> str:
    """A text, number, boolean, date, list or table on one line. Raises TypeError for anything else."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {literal(each)}" for key, each in value.items()) + " }"
    raise TypeError(f"no TOML value: {type(value).__name__}")


def assignment(key: str, value: Any) -> str:
    """`key = value`; a list too long for a line goes over several."""
    line = f"{_key(key)} = {literal(value)}"
    if len(line) <= _WIDTH or not isinstance(value, list | tuple) or not value:
        return line
    return f"{_key(key)} = [\n{_wrapped(map(literal, value))}]"


def table(kind: str, raw: Mapping[str, Any]) -> str:
    """`[[kind]]` with these keys; a table among them is written below its own header, unless it is short."""
    lines, below = [f"[[{kind}]]"], []
    for key, value in raw.items():
        if isinstance(value, Mapping) and _stands_below(key, value):
            below += ["", f"[{kind}.{_key(key)}]", *(assignment(*each) for each in value.items())]
        else:
            lines.append(assignment(key, value))
    return "\n".join([*lines, *below]) + "\n"


def _stands_below(key: str, value: Mapping[str, Any]) -> bool:
    return len(f"{key} = {literal(value)}") > _WIDTH or any(
        isinstance(each, Mapping | list | tuple) for each in value.values()
    )


def _wrapped(items: Iterable[str]) -> str:
    lines = ["  "]
    for item in items:
        if len(lines[-1]) + len(item) + 2 > _WIDTH and lines[-1].strip():
            lines[-1] = lines[-1].rstrip()
            lines.append("  ")
        lines[-1] += f"{item}, "
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    control = character < " " or character == "\x7f"
    return _ESCAPES.get(character, f"\\u{ord(character):04X}" if control else character)
