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
#: a column whose words have to be broken is left this wide
_BROKEN = 8


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

    `styles` colours columns, on a terminal only.
    """
    from rich.table import Table
    from rich.text import Text

    from alertd.messages.wrap import wrap_text

    table, cells = Table(box=None, pad_edge=False, header_style="bold"), [list(row) for row in rows]
    widths = _widths(headings, cells, screen() - 2 * (len(headings) - 1)) if sys.stdout.isatty() else None
    for place, heading in enumerate(headings):
        width = widths[place] if widths else None
        table.add_column(heading, overflow="fold", width=width, style=(styles or {}).get(place, ""))
    for row in cells:
        if widths:
            row = [wrap_text(cell, width) for cell, width in zip(row, widths, strict=True)]
        table.add_row(*(Text(cell) for cell in row))
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


def _widths(headings: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """The width of each column, together at most `room`: the widest give way, down to what is kept together.

    Where even that is too wide, the longest words are broken, those of one column after the other.
    """
    from alertd.messages.wrap import columns, longest_piece

    table = list(zip(*([*rows, headings]), strict=True))
    widths = [max(map(columns, column)) for column in table]
    least = [max(*map(longest_piece, column), *map(columns, column[-1].split()), 1) for column in table]
    while sum(widths) > room and (may := [at for at, width in enumerate(widths) if width > least[at]]):
        widths[max(may, key=widths.__getitem__)] -= 1
    for at in sorted(range(len(widths)), key=least.__getitem__, reverse=True):
        over = sum(widths) - room
        widths[at] -= min(max(over, 0), max(widths[at] - _BROKEN, 0))
    return widths


def fitted(lines: Iterable[str]) -> list[str]:
    """Lines as they are; on a terminal broken where it ends, and not in the middle of a word."""
    from alertd.messages.wrap import wrap_text

    return [wrap_text(line, screen()) for line in lines] if sys.stdout.isatty() else list(lines)


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
    for row in table:
        cells = [cell + " " * (width - columns(cell)) for cell, width in zip(row[:-1], widths, strict=True)]
        before = " " * indent + "".join(f"{cell}  " for cell in cells)
        room = screen() - columns(before) if sys.stdout.isatty() else 0
        last = wrap_text(row[-1], room) if room >= _NARROWEST else row[-1]
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
