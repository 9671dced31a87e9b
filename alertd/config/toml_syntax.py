"""A TOML text to a document, with every syntax fault in one go.

tomllib stops at the first thing it does not understand. Here that is named with its fix, mended or left out
in a copy, and the rest is read: a document with lines left out is not `whole`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass

from alertd.config.documents import Document
from alertd.config.faults import Fault, shown
from alertd.config.toml_positions import line_and_column, scan
from alertd.config.toml_traps import Mended, mend

_MOST_ROUNDS = 30
#: characters of a file that is still worth mending; the ones admins write have a hundredth of it
_LARGEST_MENDED = 500_000
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_ASSIGNMENT = re.compile(r"[ \t]*[A-Za-z0-9_.\"'-]+[ \t]*=[ \t]*")
_COLON = re.compile(r"[ \t]*[A-Za-z0-9_-]+[ \t]*:")
_HEADER = re.compile(r"[ \t]*\[")
_DATE_LIKE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_TIME_LIKE = re.compile(r"\d{1,2}:\d{1,2}(?!\d|:)|\d:\d{2}:\d{2}")
_BARE_WORD = re.compile(r"(?:true|false|yes|no|on|off|none|null)\b", re.IGNORECASE)
_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


def read_document(file: str, text: str) -> tuple[Document | None, list[Fault]]:
    """The document, or as much of it as can be read, and its syntax faults. Never raises."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return Document(file, text, tomllib.loads(text), scan(text)), []
    except RecursionError:
        return None, [Fault(file, 1, 1, "nested-too-deep")]
    except ValueError:
        # Also what Python says of a number with thousands of digits.
        return _Reader(file, text).run()


@dataclass(frozen=True, slots=True)
class _Finding:
    """What is wrong at an offset; a finding that is not `single` leaves nothing sensible to read on."""

    offset: int
    code: str
    args: dict[str, str]
    single: bool = True


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.rounds = _MOST_ROUNDS if len(text) <= _LARGEST_MENDED else 1
        mended = mend(text) if self.rounds > 1 else Mended(text)
        self.text = mended.text
        self.faults: list[Fault] = []
        self.treated: set[int] = set()
        self.whole = True
        for trap in mended.traps:
            self._add(_Finding(trap.offset, trap.code, trap.args), text)
        self.readable = self._drop(mended.dropped)

    def run(self) -> tuple[Document | None, list[Fault]]:
        for _ in range(self.rounds if self.readable else 0):
            try:
                data = tomllib.loads(self.text)
                return Document(self.file, self.text, data, scan(self.text), self.whole), self.faults
            except RecursionError:
                self.faults.append(Fault(self.file, 1, 1, "nested-too-deep"))
                break
            except ValueError as error:
                if not self._treat(str(error)):
                    break
        # Whatever happens, a file that was not read has a fault.
        return None, self.faults or [Fault(self.file, 1, 1, "not-toml")]

    def _treat(self, message: str) -> bool:
        """Name what tomllib stopped at and leave its line out; False when reading on would only mislead."""
        place = _PLACE.search(message)
        sentence = message[: place.start()] if place else message
        known = place is not None and place[1] is not None
        offset = _offset(self.text, int(place[1]), int(place[2])) if place and known else len(self.text)
        findings = _repeats(self.text) if _says_repeated(sentence) else []
        findings = findings or [_diagnose(self.text, offset, sentence)]
        lines = {line_and_column(self.text, finding.offset)[0]: finding for finding in reversed(findings)}
        named = {fault.line for fault in self.faults}
        for line, finding in lines.items():
            if line not in named:
                self._add(finding, self.text)
        again = self.treated & lines.keys()
        self.treated |= lines.keys()
        return self._drop(lines) and not again and all(finding.single for finding in lines.values())

    def _drop(self, numbers: Collection[int]) -> bool:
        """Leave lines out; whether each held a whole statement."""
        if not numbers:
            return True
        lines = self.text.split("\n")
        dropped = [lines[number - 1] for number in numbers]
        for number in numbers:
            lines[number - 1] = " " * len(lines[number - 1])
        self.text = "\n".join(lines)
        self.whole = False
        # An inline table ends on its line (TOML 1.0); a list need not.
        return all(line.count("[") == line.count("]") and not _HEADER.match(line) for line in dropped)

    def _add(self, finding: _Finding, text: str) -> None:
        line, column = line_and_column(text, finding.offset)
        fault = Fault(self.file, line, column, finding.code, finding.args)
        if fault not in self.faults:
            self.faults.append(fault)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))


def _says_repeated(sentence: str) -> bool:
    return sentence.startswith(("Cannot", "Duplicate"))


def _repeats(text: str) -> list[_Finding]:
    positions = scan(text)
    found = []
    for path, offset in positions.repeats:
        key = next((part for part in reversed(path) if isinstance(part, str)), "")
        first = line_and_column(text, positions.keys.get(path, 0))[0]
        header = _HEADER.match(text, text.rfind("\n", 0, offset) + 1) is not None
        found.append(_Finding(offset, "key-twice", {"key": shown(key), "line": str(first)}, not header))
    return found


def _diagnose(text: str, offset: int, sentence: str) -> _Finding:
    """The most helpful name for what stopped tomllib at `offset`."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", start)
    line = text[start : len(text) if end < 0 else end]
    value = _ASSIGNMENT.match(line)
    value_start = start + value.end() if value else offset
    if found := _near(_DATE_LIKE, text, start, offset):
        return _Finding(found.start(), "bad-date", {"found": shown(found[0])})
    if found := _near(_TIME_LIKE, text, start, offset):
        return _Finding(found.start(), "bad-time", {"found": shown(found[0])})
    if sentence.startswith(("Unescaped", "Invalid hex", "Escaped")):
        return _Finding(max(text.rfind("\\", start, offset), start), "backslash", {})
    if sentence.startswith("Illegal character") and text[offset : offset + 1] not in ("\n", ""):
        return _Finding(offset, "control-character", {"found": f"U+{ord(text[offset]):04X}"})
    if offset >= len(text) and (opened := _open_long_string(text)) is not None:
        return _Finding(opened, "unterminated-long-string", {}, single=False)
    if sentence.startswith("Unclosed"):
        return _unclosed(text, offset, sentence)
    if value and (word := _BARE_WORD.match(text, value_start)):
        plain = _BOOLEANS.get(word[0].lower())
        args = {"found": word[0], **({"near": plain} if plain else {})}
        return _Finding(value_start, "bare-word", args)
    if sentence == "Invalid value" and text[offset : offset + 1].isalpha():
        return _Finding(offset, "unquoted-text", {})
    return _statement(text, start, offset, line, value_start if value else None)


def _statement(text: str, start: int, offset: int, line: str, value_start: int | None) -> _Finding:
    if value_start is not None and text[value_start : value_start + 1] in ("", "\n", "#"):
        return _Finding(value_start, "missing-value", {})
    if value_start is not None and text[value_start].isalpha():
        return _Finding(value_start, "unquoted-text", {})
    if _COLON.match(line):
        return _Finding(start + line.index(":"), "colon-for-equals", {})
    if _HEADER.match(line):
        return _Finding(start + line.index("["), "bad-header", {}, single=False)
    if value_start is None and "=" not in line:
        return _Finding(start + len(line) - len(line.lstrip()), "missing-equals", {})
    return _Finding(offset, "not-toml", {})


def _near(pattern: re.Pattern[str], text: str, start: int, offset: int) -> re.Match[str] | None:
    """A match on this line that the offset lies in or right behind."""
    end = text.find("\n", offset)
    for found in pattern.finditer(text, start, len(text) if end < 0 else end):
        if found.start() <= offset <= found.end():
            return found
    return None


def _open_long_string(text: str) -> int | None:
    """Where a string in three quotes begins that never ends."""
    at = 0
    for found in re.finditer(r"\"\"\"|'''|\"(?:[^\"\\\n]|\\.)*+\"?|'[^'\n]*+'?|#[^\n]*", text):
        if found.start() < at or found[0] not in ('"""', "'''"):
            continue
        end = text.find(found[0], found.end())
        if end < 0:
            return found.start()
        at = end + 3
    return None


def _unclosed(text: str, offset: int, sentence: str) -> _Finding:
    """A list or inline table that has no end, or two elements without a comma between them."""
    start = text.rfind("\n", 0, offset) + 1
    rest = text[start:]
    new_statement = _ASSIGNMENT.match(rest) or _HEADER.match(rest)
    opening, closing = ("[", "]") if "array" in sentence else ("{", "}")
    inline = opening == "{"
    ends_here = text[offset : offset + 1] in ("\n", "") or (new_statement and not text[start:offset].strip())
    if not ends_here:
        return _Finding(offset, "missing-comma", {"close": closing})
    opened = max(text.rfind(opening, 0, offset), 0)
    return _Finding(opened, "unclosed", {"open": opening, "close": closing}, single=inline)
