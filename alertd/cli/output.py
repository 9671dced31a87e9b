"""What commands print: JSON for machines, tables and lines for people. Logs and questions go to stderr."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alertd.cli.exits import USAGE, Said

if TYPE_CHECKING:
    from rich.console import Console

    from alertd.cli.context import Session


#: a last column narrower than this is not wrapped
_NARROWEST = 16
#: lines of a row, on average, from which on a table reads worse than what stands one below the other
_TALLEST = 3


def print_json(value: Any) -> None:
    """Plain JSON on stdout; instants must be text already (`rfc3339`)."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def rfc3339(at: datetime | None, zone: ZoneInfo) -> str | None:
    """An instant in the configured zone, with its offset; whole seconds are written without a fraction."""
    return None if at is None else at.astimezone(zone).isoformat()


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def console(error: bool = False) -> Console:
    """A rich console: colour and its width only on a terminal, NO_COLOR respected."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    if stream.isatty():
        return Console(file=stream, highlight=False)
    # What reads a pipe wants whole lines, so they are never cut to a width nobody sees.
    return Console(file=stream, highlight=False, width=100_000, no_color=True)


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], styles: Mapping[int, str] | None = None
) -> None:
    """Columns that line up, Chinese included; wrapped on a terminal, one line a row elsewhere.

    Where they do not fit, so that something would be broken in the middle or a row were very tall, each row
    stands by itself, behind its first cell. `styles` colours columns, on a terminal only.
    """
    from rich.table import Table
    from rich.text import Text

    cells, widths = [list(row) for row in rows], None
    if sys.stdout.isatty():
        widths = _widths(headings, cells, screen() - 2 * (len(headings) - 1))
        if widths is None or _is_tall(cells, widths):
            print("\n".join(_one_by_one(headings, cells)))
            return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        width = widths[place] if widths else None
        table.add_column(heading, overflow="fold", width=width, style=(styles or {}).get(place, ""))
    for row in cells:
        table.add_row(*(Text(cell) for cell in (_wrapped(row, widths) if widths else row)))
    out = console()
    if widths:
        out.print(table)
        return
    with out.capture() as captured:
        out.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def screen() -> int:
    """Display columns of the terminal."""
    return shutil.get_terminal_size().columns


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """The width of each column, together at most `room`: the widest give way, down to what is kept together.

    None where even that is too wide.
    """
    from alertd.messages.wrap import columns, longest_piece

    table = list(zip(*([*rows, headings]), strict=True))
    widths = [max(map(columns, column)) for column in table]
    least = [max(*map(longest_piece, column), *map(columns, column[-1].split()), 1) for column in table]
    while sum(widths) > room and (may := [at for at, width in enumerate(widths) if width > least[at]]):
        widths[max(may, key=widths.__getitem__)] -= 1
    return widths if sum(widths) <= room else None


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    from alertd.messages.wrap import wrap_text

    return [wrap_text(cell, width) for cell, width in zip(row, widths, strict=True)]


def _is_tall(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> bool:
    """Whether the rows take so many lines that nobody finds the next one."""
    lines = [max(cell.count("\n") + 1 for cell in _wrapped(row, widths)) for row in rows]
    return bool(lines) and sum(lines) > _TALLEST * len(lines)


def _one_by_one(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Each row behind its first cell: what the others hold, with their headings, as many in a line as fit."""
    from alertd.messages.wrap import columns, wrap_text

    for key, *rest in rows:
        line = key
        for heading, cell in zip(headings[1:], rest, strict=True):
            said = f"{heading} {cell}".replace("\n", " ") if cell else ""
            if not said or columns(f"{line}  {said}") <= screen():
                line = f"{line}  {said}".rstrip()
                continue
            if line.strip():
                yield line
            *above, line = ("  " + part for part in wrap_text(said, screen() - 2).split("\n"))
            if above:  # what takes lines of its own is not followed by something else
                yield from (*above, line)
                line = ""
        if line.strip():
            yield line


def fitted(lines: Iterable[str], error: bool = False) -> list[str]:
    """Lines as they are; on a terminal broken where it ends, and not in the middle of a word."""
    from alertd.messages.wrap import wrap_text

    stream = sys.stderr if error else sys.stdout
    return [wrap_text(line, screen()) for line in lines] if stream.isatty() else list(lines)


def confirmed(session: Session, question: str, yes: bool) -> bool:
    """Ask y/N on a terminal; `yes` answers for it. Raises Said (usage) where nobody could answer."""
    from alertd.cli.context import on_terminal

    if yes:
        return True
    if not on_terminal():
        raise Said("said.needs-yes", exit_code=USAGE)
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().casefold()
    return answer in ("y", "yes", "是", "好")


def aligned(rows: Iterable[Sequence[str]], indent: int = 0) -> list[str]:
    """Lines whose columns line up, a Chinese character counting two; on a terminal the last is wrapped."""
    from alertd.messages.wrap import columns, wrap_text

    table = [list(row) for row in rows]
    if not table:
        return []
    widths = [max(columns(cell) for cell in column) for column in list(zip(*table, strict=True))[:-1]]
    lines = []
    if sys.stdout.isatty() and screen() - indent - sum(width + 2 for width in widths) < _NARROWEST:
        for row in table:  # lined up they would leave no room for the last
            said = wrap_text("  ".join(cell for cell in row if cell), screen() - indent - 2)
            lines += (" " * indent + said.replace("\n", "\n" + " " * (indent + 2))).split("\n")
        return lines
    for row in table:
        cells = [cell + " " * (width - columns(cell)) for cell, width in zip(row[:-1], widths, strict=True)]
        before = " " * indent + "".join(f"{cell}  " for cell in cells)
        last = wrap_text(row[-1], screen() - columns(before)) if sys.stdout.isatty() else row[-1]
        lines += (before + last.replace("\n", "\n" + " " * columns(before))).rstrip().split("\n")
    return lines


def shell_text(words: Iterable[str]) -> str:
    """A command as somebody types it: Chinese needs no quotes in a shell, and reads better without."""
    return " ".join(word if word.isalnum() else shlex.quote(word) for word in words)


@contextmanager
def progress(session: Session, start: datetime, until: datetime) -> Iterator[Callable[[datetime], None]]:
    """A bar over the days, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda at: None
        return
    from rich.progress import Progress

    from alertd.cli.output import console

    with Progress(console=console(error=True), transient=True) as bar:
        task = bar.add_task(session.say("preview.running"), total=(until - start).total_seconds())
        yield lambda at: bar.update(task, completed=(at - start).total_seconds())


def print_bytes(content: bytes) -> None:
    """Bytes as they are, so that a redirected CSV keeps its byte order mark and line ends."""
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        sys.stdout.write(content.decode("utf-8-sig"))
    else:
        sys.stdout.flush()
        raw.write(content)
        raw.flush()
