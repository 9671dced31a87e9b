"""What stands in the documents: links, headings, tables, and the blocks that are marked to be run or loaded.

A comment before a block says what a test does with it: `<!-- tested -->` (shell, every line exits with 0),
`<!-- tested: exit N -->`, `<!-- tested: FILE -->` (TOML, loads as that file; `, added` to what is shipped),
`<!-- faulty: FILE -->` (TOML, gives the faults in the next block).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `mark` is the comment above it, "" without one."""

    kind: str
    mark: str
    text: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.splitlines() if line.strip() and not line.startswith("#")]


def documents() -> list[Path]:
    """Every page people read."""
    return [*sorted(TOP.glob("*.md")), *sorted((TOP / "docs").rglob("*.md")), TOP / "systemd/README.md"]


def name_of(document: Path) -> str:
    return document.relative_to(TOP).as_posix()


def blocks(document: Path) -> list[Block]:
    found = _BLOCK.finditer(document.read_text("utf-8"))
    return [Block(match["kind"], match["mark"] or "", match["text"]) for match in found]


def without_blocks(document: Path) -> str:
    return _BLOCK.sub("", document.read_text("utf-8"))


def links(document: Path) -> Iterator[str]:
    """Targets of links outside of blocks."""
    return (match[1] for match in _LINK.finditer(without_blocks(document)))


def headings(document: Path) -> list[str]:
    return [line.lstrip("# ") for line in without_blocks(document).splitlines() if line.startswith("#")]


def anchors(document: Path) -> set[str]:
    """The anchors GitHub makes of headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings(document)}


def table(document: Path, first: str) -> list[list[str]]:
    """The rows of the table whose header begins with these cells ("rule | start"), without its head."""
    lines = document.read_text("utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"| {first}"))
    rows = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
