"""Where every key and value of a TOML document stands (TOML 1.0, https://toml.io/en/v1.0.0).

tomllib validates and gives values but keeps no positions; this scanner walks the same text and gives only
positions. It expects a document that tomllib accepts; on any other it stops early and never raises.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

#: the way to a value: keys, and numbers for the elements of arrays and arrays of tables
Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_JOIN = re.compile(r"(?:\\[ \t]*\n[ \t\n]*)*")
_ESCAPE_LENGTH = {"u": 6, "U": 10}


class _Stop(Exception):
    """The text is not TOML from here on."""


@dataclass(slots=True)
class Positions:
    """Offsets into the scanned text, counted in characters from 0.

    `keys` and `values` hold the first place of each path; `repeats` the later places of a key or table that
    TOML allows only once. A table's key is the place of its last header part, its value the header's bracket.
    """

    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)
    repeats: list[tuple[Path, int]] = field(default_factory=list)

    def nearest(self, path: Path) -> int:
        """The value at `path`, else its key, else the nearest known parent; 0 in an empty document."""
        while path:
            if path in self.values:
                return self.values[path]
            if path in self.keys:
                return self.keys[path]
            path = path[:-1]
        return 0


def scan(text: str) -> Positions:
    """Positions of everything in `text`, whose line ends are plain newlines."""
    scanner = _Scanner(text)
    with suppress(_Stop, RecursionError):
        scanner.document()
    return scanner.found


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, in characters."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=16)
def _line_starts(text: str) -> tuple[int, ...]:
    # Kept, because a file full of faults asks for many places of one text.
    return (0, *(found.end() for found in re.finditer("\n", text)))


def offset_inside(text: str, start: int, index: int) -> int:
    """The offset of character `index` of the string whose literal starts at `start`."""
    quote = text[start : start + 1]
    if quote not in ('"', "'"):
        return start
    long = text.startswith(quote * 3, start)
    at = start + (3 if long else 1)
    if long and text.startswith("\n", at):
        at += 1
    basic = quote == '"'
    for _ in range(index):
        at = _behind_joins(text, at) if long and basic else at
        at += _ESCAPE_LENGTH.get(text[at + 1 : at + 2], 2) if basic and text.startswith("\\", at) else 1
    return min(_behind_joins(text, at) if long and basic else at, len(text))


def _behind_joins(text: str, at: int) -> int:
    """A backslash before a line end swallows the blanks up to the next character."""
    match = _JOIN.match(text, at)
    return match.end() if match else at


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found = Positions()
        self._elements: dict[Path, int] = {}
        self._headers: set[Path] = set()

    def document(self) -> None:
        base: Path = ()
        self._skip(_BLANK_LINES)
        while self.at < len(self.text):
            before = self.at
            if self._peek("["):
                base = self._header()
            else:
                self._pair(base)
            self._skip(_BLANK_LINES)
            if self.at == before:
                raise _Stop

    def _header(self) -> Path:
        start = self.at
        element = self._peek("[[")
        self.at += 2 if element else 1
        parts = self._key()
        self._expect("]]" if element else "]")
        path: Path = ()
        for depth, (part, offset) in enumerate(parts):
            path += (part,)
            last = depth == len(parts) - 1
            self.found.keys.setdefault(path, offset)
            self.found.values.setdefault(path, start)
            if last and element:
                self._elements[path] = self._elements.get(path, -1) + 1
            elif last and path in self._headers:
                self.found.repeats.append((path, offset))
            elif last:
                self._headers.add(path)
            if path in self._elements:
                path += (self._elements[path],)
                self.found.values.setdefault(path, start)
        return path

    def _pair(self, base: Path) -> None:
        path = base
        parts = self._key()
        for part, offset in parts:
            path += (part,)
            if path in self.found.keys and part is parts[-1][0]:
                self.found.repeats.append((path, offset))
            self.found.keys.setdefault(path, offset)
        self._expect("=")
        self._skip(_BLANK)
        self._value(path)

    def _value(self, path: Path) -> None:
        self.found.values.setdefault(path, self.at)
        if self._peek('"') or self._peek("'"):
            self._string()
        elif self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline_table(path)
        else:
            self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self.at += 1
        self._skip(_BLANK_LINES)
        number = 0
        while not self._peek("]"):
            self._value((*path, number))
            self._next_item("]")
            number += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        self._skip(_BLANK_LINES)
        while not self._peek("}"):
            self._pair(path)
            self._next_item("}")
        self.at += 1

    def _next_item(self, end: str) -> None:
        self._skip(_BLANK_LINES)
        if self._peek(","):
            self.at += 1
            self._skip(_BLANK_LINES)
        elif not self._peek(end):
            raise _Stop

    def _key(self) -> list[tuple[str, int]]:
        parts = []
        while True:
            self._skip(_BLANK)
            start = self.at
            if self._peek('"') or self._peek("'"):
                self._string()
                parts.append((_unquoted(self.text[start : self.at]), start))
            elif match := _BARE_KEY.match(self.text, self.at):
                self.at = match.end()
                parts.append((match[0], start))
            else:
                raise _Stop
            self._skip(_BLANK)
            if not self._peek("."):
                return parts
            self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        long = self._peek(quote * 3)
        end = quote * 3 if long else quote
        at = self.at + len(end)
        while not self.text.startswith(end, at):
            if at >= len(self.text):
                raise _Stop
            at += 2 if quote == '"' and self.text[at] == "\\" else 1
        at += len(end)
        while long and self.text.startswith(quote, at) and at - self.at >= 6:
            # Up to two quotes may stand right before the closing three.
            at += 1
        self.at = at

    def _peek(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def _expect(self, token: str) -> None:
        self._skip(_BLANK)
        if not self._peek(token):
            raise _Stop
        self.at += len(token)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at


def _unquoted(literal: str) -> str:
    try:
        return str(tomllib.loads("k=" + literal)["k"])
    except (tomllib.TOMLDecodeError, RecursionError):
        raise _Stop from None
