"""Lines of at most so many display columns, where a Chinese character takes two.

Chinese may be broken between any two characters, except that no line begins with a closing sign or ends with
an opening one (GB/T 15834-2011, 5.1); a date, or a word of Latin letters or digits, is broken only where it
is longer than a line, and the address of a page never.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WIDTH = 78

_NOT_FIRST = frozenset("，。、；：？！）】」』》”’)];:,.!?%…")
_NOT_LAST = frozenset("（【「『《“‘([")
#: 12月30日(星期三), 2027年1月4日; Wed 30 Dec, Mon 4 Jan 2027
_DATE = (
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:\(星期.\))?"
    r"|[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2}(?![A-Za-z])(?: \d{4}(?!\d))?"
)
#: what an address has in it (RFC 3986 section 3); one that is cut opens something else
_ADDRESS = "://"
_PIECES = re.compile(rf"{_DATE}|\s+|[!-~]+?(?=\d{{1,2}}月\d)|[!-~]+|.", re.DOTALL)


class _Widths(dict[str, int]):
    """Columns by character, looked up once for each that ever occurs."""

    def __missing__(self, character: str) -> int:
        width = self[character] = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        return width


_WIDTHS = _Widths()


def columns(text: str) -> int:
    """Display columns of one line."""
    return len(text) if text.isascii() else sum(map(_WIDTHS.__getitem__, text))


def longest_piece(text: str) -> int:
    """Display columns of the longest part of a text that is kept together."""
    return max(map(columns, _PIECES.findall(text)), default=0)


@lru_cache(maxsize=4096)
def _wrapped(line: str, width: int) -> str:
    return line if columns(line) <= width else _wrap_line(line, width)


def wrap_text(text: str, width: int = WIDTH) -> str:
    """Wrap each line; the lines that follow keep its indentation."""
    return "\n".join(line if len(line) * 2 <= width else _wrapped(line, width) for line in text.split("\n"))


def _wrap_line(line: str, width: int) -> str:
    body = line.lstrip(" ")
    indent = line[: len(line) - len(body)]
    room = max(width - len(indent), 4)
    lines: list[list[str]] = [[]]
    used = 0
    for piece in _pieces(body, room):
        size = columns(piece)
        if used + size > room and lines[-1]:
            carried = _carried(lines[-1], piece)
            lines.append(carried)
            used = sum(map(columns, carried))
        if piece.isspace() and not lines[-1]:
            continue
        lines[-1].append(piece)
        used += size
    return "\n".join(indent + "".join(pieces).rstrip() for pieces in lines)


def _pieces(body: str, room: int) -> list[str]:
    """What is kept together; an ASCII word wider than a line is cut, but an address, which must be whole."""
    pieces: list[str] = []
    for piece in _PIECES.findall(body):
        if columns(piece) <= room or _ADDRESS in piece:
            pieces.append(piece)
        else:
            step = room if piece.isascii() else max(room // 2, 1)
            pieces += [piece[at : at + step] for at in range(0, len(piece), step)]
    return pieces


def _carried(line: list[str], coming: str) -> list[str]:
    """Takes off the end of a full line what must not be parted from what comes."""
    carried: list[str] = []
    first = coming
    while len(line) > 1 and len(carried) < 4 and (first[0] in _NOT_FIRST or line[-1][-1] in _NOT_LAST):
        first = line.pop()
        carried.insert(0, first)
    return carried
