"""A TOML file in parts: what stands above its tables, and each `[[table]]` with the remarks above it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_HEADER = re.compile(r"\s*\[\[\s*([A-Za-z_]+)\s*\]\]\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Block:
    """One table of a list of tables: its kind (`unit` for `[[unit]]`), its values, and its text."""

    kind: str
    raw: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """`top` is what stands above the first block: remarks, and keys of the file itself."""

    top: str
    blocks: tuple[Block, ...]


def parts_of(text: str) -> Parts | None:
    """The parts of a file; None where it does not come apart cleanly, so that it is left alone."""
    data = read(text)
    if data is None:
        return None
    lines = text.splitlines(keepends=True)
    starts = list(_starts(lines))
    pieces = [
        (kind, "".join(lines[start:stop]))
        for (start, kind), stop in zip(starts, [*(at for at, _ in starts[1:]), len(lines)], strict=False)
    ]
    blocks: list[Block] = []
    for kind, piece in pieces:
        alone = read(piece)
        if alone is None or set(alone) != {kind} or len(alone[kind]) != 1:
            return None
        blocks.append(Block(kind, alone[kind][0], piece))
    top = "".join(lines[: starts[0][0]]) if starts else text
    return Parts(top, tuple(blocks)) if _together(top, blocks) == data else None


def joined(top: str, texts: Iterable[str]) -> str:
    """A file of these parts, a blank line between them."""
    blocks = [text.strip("\r\n") for text in texts]
    end = "\r\n" if "\r\n" in top or any("\r\n" in block for block in blocks) else "\n"
    above = top.strip("\r\n")
    return (end * 2).join([*([above] if above else []), *blocks]) + end


def read(text: str) -> dict[str, Any] | None:
    """What the text says; None where it is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def header_line(lines: list[str]) -> int:
    """The place of the header in the lines of a block."""
    return next(number for number, line in enumerate(lines) if _HEADER.match(line.rstrip("\r\n")))


def _together(top: str, blocks: Collection[Block]) -> dict[str, Any] | None:
    data = read(top)
    for block in blocks if data is not None else ():
        assert data is not None
        data.setdefault(block.kind, []).append(block.raw)
    return data


def _starts(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Where each block begins, its header or the first of the remarks right above it, and its kind."""
    for number, line in enumerate(lines):
        found = _HEADER.match(line.rstrip("\r\n"))
        if found:
            while number and lines[number - 1].startswith("#") and not lines[number - 1].startswith("#:"):
                number -= 1
            yield number, found[1]
