"""The store of one process with its faults: commits at which it crashes, a database that is away or full."""

from __future__ import annotations

import inspect
import random
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, event

from alertd.store.database import Store
from tests.simulation.loop import PROCESS, Crashed, Process
from tests.simulation.server import Database
from tests.simulation.strands import CURRENT

#: how often another transaction comes between two statements, and for how long it may at the most
OVERLAP, LONGEST_OVERLAP = 0.15, 0.03


#: the place of a commit in the program, whether it notifies other nodes, and whether what was decided changes
OnCommit = Callable[[str, bool, bool], None]
_WATCHED = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b.*?\b(?:deadlines|deliveries|nodes)\b", re.DOTALL)


@dataclass(slots=True)
class Disk:
    """What befalls the stores of one process.

    `at_commit` may say of a commit, by its place in the program, that it crashes "before" or "after", or that
    the answer is "lost"; `at_statement` of its n-th statement that it is a "crash", or that its session is
    "cut".
    """

    process: Process
    away: bool = False
    full: bool = False
    statements: int = 0
    at_commit: Callable[[str], str] = lambda site: ""
    at_statement: Callable[[int], str] = lambda statement: ""
    on_commit: OnCommit = lambda site, wakes, changes: None
    #: what the clock of a database server says
    utc: Callable[[], datetime] = lambda: datetime.now(UTC)
    stores: list[SimulatedStore] = field(default_factory=list)
    #: bytes of the write-ahead log that a power cut leaves
    durable: int = 0
    #: the server, where there is one, and what overlaps there; seconds that it keeps each statement waiting
    database: Database | None = None
    chance: random.Random = field(default_factory=random.Random)
    slow: float = 0.0
    sessions: list[psycopg.Connection[Any]] = field(default_factory=list)

    def close(self) -> None:
        for store in self.stores:
            store.close()
        self.stores.clear()

    def cut(self) -> None:
        """End every session of this process, as the server or the network does."""
        if self.database is not None:
            self.database.cut(self.sessions)
            self.sessions.clear()


class SimulatedStore(Store):
    """A real store; whoever opens it is the process it belongs to."""

    def __init__(self, url: str) -> None:
        process = PROCESS.get()
        self.disk: Disk | None = process.disk if process is not None else None
        self._writes, self._durable, self._planned = False, True, ""
        #: sessions whose transaction notifies others, and in which the witness is interested
        self._wakes: set[Any] = set()
        self._changes: set[Any] = set()
        super().__init__(url)
        if self.disk is not None:
            self.disk.stores.append(self)
            self._wrap(self.disk)

    def instant(self, tx: Connection) -> datetime | None:
        return None if self.embedded or self.disk is None else self.disk.utc()

    def _wrap(self, disk: Disk) -> None:
        dialect = self.engine.dialect
        commit, rollback = dialect.do_commit, dialect.do_rollback
        execute, many = dialect.do_execute, dialect.do_executemany

        def do_commit(connection: Any) -> None:
            session = getattr(connection, "driver_connection", connection)
            writes, planned = self._writes, self._planned
            self._pause(disk, session)
            commit(connection)
            self._settle(disk)
            if writes:
                self._committed(disk, session, planned)

        def do_rollback(connection: Any) -> None:
            rollback(connection)
            self._settle(disk)

        def do_execute(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            self._check(disk, cursor, statement)
            execute(cursor, statement, parameters, context)

        def do_executemany(cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
            self._check(disk, cursor, statement)
            many(cursor, statement, parameters, context)

        event.listen(self.engine, "commit", lambda connection: self._before_commit(disk, connection))
        for instead in (do_commit, do_rollback, do_execute, do_executemany):
            setattr(dialect, instead.__name__, instead)
        if not self.embedded:
            event.listen(self.engine, "do_connect", lambda *_: self._refuse(disk))
            event.listen(self.engine, "connect", lambda session, _: disk.sessions.append(session))

    def _before_commit(self, disk: Disk, connection: Connection) -> None:
        options = connection.get_execution_options()
        self._writes = bool(options.get("alertd_writes", False))
        self._durable = bool(options.get("alertd_durable", True))
        self._planned = disk.at_commit(_site()) if self._writes else ""
        if self._planned == "before":
            self._crash(disk, f"before {_site()}")

    def _committed(self, disk: Disk, session: Any, planned: str) -> None:
        if self._durable and self.path is not None:
            wal = Path(f"{self.path}-wal")
            disk.durable = wal.stat().st_size if wal.exists() else 0
        site = _site()
        disk.on_commit(site, self.embedded or session in self._wakes, session in self._changes)
        self._wakes.discard(session)
        self._changes.discard(session)
        if planned == "after":
            self._crash(disk, f"after {site}")
        if planned == "lost" and disk.database is not None:
            disk.database.cut([session])
            session.execute("SELECT 1")  # the driver's own answer to a session that has ended
        elif planned == "lost":
            raise sqlite3.OperationalError("disk I/O error")

    def _refuse(self, disk: Disk) -> None:
        if disk.away:
            raise psycopg.OperationalError("connection failed: Connection refused")

    def _check(self, disk: Disk, cursor: Any, statement: str) -> None:
        if disk.away and self.embedded:
            raise sqlite3.OperationalError("disk I/O error")
        word = statement.lstrip()[:6].upper()
        if disk.full and word in ("INSERT", "UPDATE", "DELETE"):
            if self.embedded:
                raise sqlite3.OperationalError("database or disk is full")
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        if _WATCHED.match(statement):
            self._changes.add(cursor.connection)
        if disk.database is None:
            return
        if word == "NOTIFY":
            self._wakes.add(cursor.connection)
        self._pause(disk, cursor.connection)
        disk.statements += 1
        planned = disk.at_statement(disk.statements)
        if planned == "crash":
            self._crash(disk, f"at a statement of {_site()}")
        if planned == "cut":
            disk.database.cut([cursor.connection])

    def _pause(self, disk: Disk, session: Any) -> None:
        """Let others come between: for a moment now and then, and for as long as the server is slow."""
        strand = CURRENT.get()
        if strand is None or disk.database is None:
            return
        if disk.slow:
            strand.stop(disk.slow)
        if disk.chance.random() < OVERLAP:
            disk.database.watch_idle(strand, session)
            strand.stop(disk.chance.random() * LONGEST_OVERLAP)

    def _settle(self, disk: Disk) -> None:
        if disk.database is not None:
            disk.database.settle()

    def _crash(self, disk: Disk, where: str) -> None:
        disk.process.on_crash(where)
        raise Crashed


def _site() -> str:
    """What commits: the function whose transaction it is, or the one that opened it."""
    frame: Any = sys._getframe()
    code = None
    while frame is not None:
        work = frame.f_locals.get("work") if frame.f_code.co_name == "transact" else None
        if work is not None:
            code = inspect.unwrap(getattr(work, "func", work)).__code__
            break
        name = frame.f_code.co_filename
        if code is None and "/alertd/" in name and not name.endswith("store/database.py"):
            code = frame.f_code
        frame = frame.f_back
    if code is None:
        return "?"
    _, inside, path = code.co_filename.rpartition("/alertd/")
    return f"{path}:{code.co_firstlineno} {code.co_qualname}" if inside else code.co_qualname


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
