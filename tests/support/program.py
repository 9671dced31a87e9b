"""The command line on a copy of the shipped files, at a time that stands still."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from alertd.cli.app import run
from alertd.clock import SettableClock


@dataclass
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Program:
    """`alertd` as somebody calls it in `folder`. Not on a terminal, unless `answer` is given.

    `given` is what another program hands over on standard input.
    """

    folder: Path
    clock: SettableClock
    environ: dict[str, str] = field(default_factory=dict)
    answer: str | None = None
    given: bytes = b""

    def __call__(self, *argv: object) -> Ran:
        """Run one command; stdout and stderr are what it printed."""
        out, err, stdin = _Stream(self.answer), _Stream(self.answer), _Stream(self.answer, self.given)
        structlog.reset_defaults()  # what another test configured is none of this process
        before = sys.stdout, sys.stderr, sys.stdin
        sys.stdout, sys.stderr, sys.stdin = out, err, stdin
        try:
            code = run([str(word) for word in argv], self.environ, self.folder, self.clock)
        finally:
            sys.stdout, sys.stderr, sys.stdin = before
        return Ran(code, out.getvalue(), err.getvalue())

    def at(self, text: str) -> None:
        """Set the clock to an instant with an offset."""
        self.clock.set(datetime.fromisoformat(text))

    def write(self, file: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding)
        return path

    def replace(self, file: str, old: str, new: str) -> None:
        """Change a file as an admin does; what is to be changed must be there."""
        text = (self.folder / file).read_text("utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        self.write(file, text.replace(old, new))

    def spoil(self, table: str, column: str, key: str | None, value: str = "2026-13-99") -> None:
        """Write into one row (or, without a key, into all) what its column cannot hold, past the program."""
        with closing(sqlite3.connect(self.folder / "var" / "alertd.db")) as store, store:
            where = "" if key is None else " where id = ?"
            store.execute(f"update {table} set {column} = ?{where}", (value, *([] if key is None else [key])))

    def row(self, name: str) -> dict[str, Any]:
        """One deadline of `list --json`."""
        return next(row for row in self("list", "--json").json if row["id"] == name)


class _Stream(io.TextIOWrapper):
    """A stream that is a terminal where somebody answers."""

    def __init__(self, answer: str | None, given: bytes = b"") -> None:
        super().__init__(
            io.BytesIO((answer or "").encode() or given), "utf-8", newline="", write_through=True
        )
        self._terminal = answer is not None

    def isatty(self) -> bool:
        return self._terminal

    def getvalue(self) -> str:
        """All that was written to it."""
        whole = self.buffer
        assert isinstance(whole, io.BytesIO)
        return whole.getvalue().decode()
