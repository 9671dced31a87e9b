"""The store of one process with its faults: commits at which it crashes, a database that is away or full."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event

from alertd.store.database import Store
from tests.simulation.loop import PROCESS, Crashed, Process


@dataclass(slots=True)
class Disk:
    """What befalls the stores of one process.

    `at_commit` may say of its n-th commit that it crashes "before" or "after", or that the answer is "lost".
    """

    process: Process
    away: bool = False
    full: bool = False
    commits: int = 0
    at_commit: Callable[[int], str] = lambda commit: ""
    on_commit: Callable[[bool], None] = lambda wakes: None
    #: what the clock of a database server says
    utc: Callable[[], datetime] = lambda: datetime.now(UTC)
    stores: list[SimulatedStore] = field(default_factory=list)
    #: bytes of the write-ahead log that a power cut leaves
    durable: int = 0

    def close(self) -> None:
        for store in self.stores:
            store.close()
        self.stores.clear()


class SimulatedStore(Store):
    """A real store; whoever opens it is the process it belongs to."""

    def __init__(self, url: str) -> None:
        process = PROCESS.get()
        self.disk: Disk | None = process.disk if process is not None else None
        self._writes = self._wakes = False
        self._durable = True
        super().__init__(url)
        if self.disk is not None:
            self.disk.stores.append(self)
            self._wrap(self.disk)

    def instant(self, tx: Connection) -> datetime | None:
        return None if self.embedded or self.disk is None else self.disk.utc()

    def _wrap(self, disk: Disk) -> None:
        dialect = self.engine.dialect
        commit, execute, many = dialect.do_commit, dialect.do_execute, dialect.do_executemany

        def do_commit(connection: Any) -> None:
            commit(connection)
            if self._writes:
                self._committed(disk)

        def do_execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            self._check(disk, statement)
            execute(cursor, statement, parameters, context)

        def do_executemany(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            self._check(disk, statement)
            many(cursor, statement, parameters, context)

        event.listen(self.engine, "commit", lambda connection: self._before_commit(disk, connection))
        for name, instead in (
            ("do_commit", do_commit),
            ("do_execute", do_execute),
            ("do_executemany", do_executemany),
        ):
            setattr(dialect, name, instead)

    def _before_commit(self, disk: Disk, connection: Connection) -> None:
        options = connection.get_execution_options()
        self._writes = bool(options.get("alertd_writes", False))
        self._durable = bool(options.get("alertd_durable", True))
        if self._writes:
            disk.commits += 1
            if disk.at_commit(disk.commits) == "before":
                self._crash(disk, "before")

    def _committed(self, disk: Disk) -> None:
        if self._durable and self.path is not None:
            wal = Path(f"{self.path}-wal")
            disk.durable = wal.stat().st_size if wal.exists() else 0
        wakes, self._wakes = self._wakes or self.embedded, False
        disk.on_commit(wakes)
        planned = disk.at_commit(disk.commits)
        if planned == "after":
            self._crash(disk, "after")
        if planned == "lost":
            raise self._fault("disk I/O error", "server closed the connection unexpectedly")

    def _check(self, disk: Disk, statement: str) -> None:
        if disk.away:
            raise self._fault("disk I/O error", "server closed the connection unexpectedly")
        word = statement.lstrip()[:6].upper()
        if disk.full and word in ("INSERT", "UPDATE", "DELETE"):
            raise self._fault("database or disk is full", "could not extend file: No space left on device")
        self._wakes = self._wakes or word == "NOTIFY"

    def _fault(self, sqlite: str, postgres: str) -> Exception:
        if self.embedded:
            return sqlite3.OperationalError(sqlite)
        import psycopg

        return psycopg.OperationalError(postgres)

    def _crash(self, disk: Disk, when: str) -> None:
        disk.process.on_crash(f"{when} {_site()}")
        raise Crashed


def _site() -> str:
    """What committed: the function whose transaction it was."""
    frame: Any = sys._getframe()
    while frame is not None:
        work = frame.f_locals.get("work") if frame.f_code.co_name == "transact" else None
        if work is not None:
            code = work.__code__
            return f"{code.co_filename.rpartition('/alertd/')[2]}:{code.co_firstlineno} {work.__name__}"
        frame = frame.f_back
    return "a transaction of its own"


def keep_files(path: Path, durable: int | None = None) -> list[tuple[Path, bytes]]:
    """The database as the crash leaves it, before anybody closes it and tidies up.

    After a power cut (`durable` given) only so many bytes of the log are on the disk.
    """
    kept = []
    for name in (path, Path(f"{path}-wal")):
        if name.exists():
            data = name.read_bytes()
            kept.append((name, data if durable is None or name == path else data[:durable]))
    return kept


def put_back(path: Path, kept: Iterable[tuple[Path, bytes]]) -> None:
    for name in (Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)
    for name, data in kept:
        name.write_bytes(data)
