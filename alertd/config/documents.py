"""One text with the means to point into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alertd.config.faults import Fault
from alertd.config.toml_positions import Path, Positions, line_and_column, offset_inside


@dataclass(slots=True)
class Document:
    """A parsed TOML file. `whole` is false when lines had to be left out to read the rest of it."""

    file: str
    text: str
    data: dict[str, Any]
    positions: Positions
    whole: bool = True

    def value_fault(self, path: Path, code: str, args: Mapping[str, str], index: int | None = None) -> Fault:
        """A fault at the value; `index` is the character of a string value it is about."""
        offset = self.positions.nearest(path)
        if index is not None and path in self.positions.values:
            offset = offset_inside(self.text, offset, index)
        return self.fault_at(offset, code, args)

    def key_fault(self, path: Path, code: str, args: Mapping[str, str]) -> Fault:
        """A fault at the key, or at the table's header."""
        offset = self.positions.keys.get(path, self.positions.nearest(path))
        return self.fault_at(offset, code, args)

    def excuses(self, path: Path) -> bool:
        """See checking.Origin."""
        return not self.whole

    def fault_at(self, offset: int, code: str, args: Mapping[str, str]) -> Fault:
        line, column = line_and_column(self.text, offset)
        return Fault(self.file, line, column, code, args)

    def place(self, path: Path) -> str:
        """`file:line` of a value or table, to name the other place in a sentence."""
        return f"{self.file}:{self.line(path)}"

    def line(self, path: Path) -> int:
        """The line of a value or of a table's header, from 1."""
        return line_and_column(self.text, self.positions.nearest(path))[0]
