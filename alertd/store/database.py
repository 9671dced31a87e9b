"""Engine set-up: the one place, beside the column types, that knows which database this is.

Everything else speaks through `Store.read()` and `Store.write()`. A write is one transaction that takes the
write lock at once (`BEGIN IMMEDIATE` on SQLite), because a read that turns into a write there fails without
waiting. `Store` is synchronous; the daemon calls it on one thread of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    ArgumentError,
)
from sqlalchemy.pool import QueuePool, StaticPool

from alertd.store.errors import (
    StoreAddress,
    StoreError,
    StoreFull,
    StoreInUse,
    StoreVanished,
)
from alertd.store.place import Place, require_same
from alertd.store.plainly import Collision, speaking_plainly
from alertd.store.types import Unreadable

T = TypeVar("T")

#: how long a writer waits for another one, in milliseconds
BUSY_TIMEOUT_MS = 5000
#: how long it pauses, in seconds, where SQLite itself does not wait
_BUSY_PAUSE = 0.02
#: a transaction that collided with another node's is made again this often
COLLISIONS = 5
#: channel name for LISTEN/NOTIFY on PostgreSQL
WAKE_CHANNEL = "alertd_wake"
#: key of the advisory lock under which one PostgreSQL node makes or upgrades the tables
SETUP_LOCK = 2_020_110_930
#: how this side notices within half a minute that the server is gone: libpq's parameters, in seconds, the
#: last in milliseconds (https://www.postgresql.org/docs/current/libpq-connect.html)
_REACH = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
#: how the server notices that a node is gone (power cut, network), and gives its rows back to the others
_IDLE_IN_TRANSACTION = "SET idle_in_transaction_session_timeout = '60s'"

#: what a crash of the server may take back: https://www.postgresql.org/docs/current/wal-async-commit.html
_MAY_BE_LOST = text("SET LOCAL synchronous_commit TO off")


class Store:
    """One database. Threads may share it; each `read` or `write` uses its own connection."""

    def __init__(self, url: str) -> None:
        """`url` is a SQLAlchemy URL: `sqlite:///PATH`, `sqlite://` (in memory) or `postgresql://…`.

        Raises StoreAddress for what is none.
        """
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError):
            raise StoreAddress(
                "the address of the store cannot be read; expected postgresql://USER@HOST:PORT/NAME"
            ) from None  # what was raised quotes the address, and with it a password
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.embedded = self.url.get_backend_name() == "sqlite"
        self._lock: IO[str] | None = None
        #: where the files are that a daemon writes; which store a new connection must lead to
        self.place: Place | None = None
        self.identity = ""
        self.engine = self._make_engine()

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None for PostgreSQL and memory."""
        if self.embedded and self.url.database:
            return Path(self.url.database)
        return None

    def make_file(self) -> bool:
        """Make the SQLite file and its folder; False when the file was there. Raises StoreFull.

        SQLite would give it 0644 whatever the umask; the clerks' group must be able to write.
        """
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o660))
        except FileExistsError:
            return False
        except OSError as fault:
            said = fault.strerror or "not allowed"
            raise StoreFull(
                f"{self.path} cannot be made ({said}); free space on the disk, "
                "or give the alertd user the right to write there",
                path=str(self.path),
                said=said,
            ) from fault
        return True

    def _make_engine(self) -> Engine:
        if not self.embedded:
            engine = create_engine(
                self.url, pool_pre_ping=True, pool_size=4, connect_args=_REACH, hide_parameters=True
            )
            event.listen(engine, "connect", self._configure_postgres)
            return engine
        pool = QueuePool if self.path is not None else StaticPool
        engine = create_engine(
            self.url,
            poolclass=pool,
            hide_parameters=True,  # what a statement was given may be somebody's message
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        )
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "handle_error", _no_text)
        return engine

    def _configure_postgres(self, connection: Any, _record: Any) -> None:
        connection.execute(_IDLE_IN_TRANSACTION)
        connection.commit()
        if self.identity:
            require_same(connection, self.identity, self.url.render_as_string(hide_password=True))

    def _require_place(self) -> None:
        """Raises StoreVanished where this daemon would write what nobody ever reads.

        A log that was removed is closed, which brings what is in it into the file; the next one is new.
        """
        if self.place is None:
            return
        self.place.check()
        if self.place.log_lost():
            self.engine.dispose()
            raise StoreVanished(f"the log of {self.path} was removed", "log", str(self.path))

    @contextlib.contextmanager
    def _in_place(self) -> Iterator[None]:
        """Within it the drivers' exceptions become ours. Raises StoreVanished before anything else.

        Of a file that is moved away meanwhile SQLite says that it may only be read, or that the disk fails.
        """
        self._require_place()
        try:
            with speaking_plainly(self):
                yield
        except StoreError:
            self._require_place()
            raise

    @contextlib.contextmanager
    def read(self, still: bool = False) -> Iterator[Connection]:
        """A connection in a read transaction. Raises StoreError.

        `still`: one picture for all that is asked, whatever others write meanwhile; on SQLite it always is.
        """
        with self._in_place(), self.engine.connect() as connection:
            if still and not self.embedded:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def write(self, wake: bool = True, durable: bool = True, last_try: bool = False) -> Iterator[Connection]:
        """A connection in a write transaction, committed at the end, rolled back on any exception.

        `wake` starts a round on every node; a heartbeat, which changes nothing that is due, does without.
        What is not `durable` is whole and seen by everybody at once, but a power cut may take it back: a
        lease, which a power cut ends anyway. `last_try` says that it is not made again after a collision.
        Raises StoreVanished also where the file was moved away before the commit: nobody may read it there.
        """
        with self._in_place(), self.engine.connect() as connection:
            connection = connection.execution_options(
                alertd_writes=True, alertd_durable=durable, alertd_last_try=last_try
            )
            with connection.begin():
                if not durable and not self.embedded:
                    connection.execute(_MAY_BE_LOST)
                yield connection
                if wake and not self.embedded:
                    connection.execute(text(f"NOTIFY {WAKE_CHANNEL}"))
            if self.place is not None:  # else it may be in a file that was moved away before the commit
                self.place.check()

    def transact(self, work: Callable[[Connection], T], wake: bool = True) -> T:
        """`work` in one write transaction, made again if it collided with another node's."""
        for attempt in range(COLLISIONS):
            try:
                with self.write(wake, last_try=attempt == COLLISIONS - 1) as connection:
                    return work(connection)
            except Collision:
                if attempt == COLLISIONS - 1:
                    raise
        raise AssertionError("unreachable")

    def instant(self, tx: Connection) -> datetime | None:
        """What the clock of the database says; None on SQLite, which has none but that of its process."""
        if self.embedded:
            return None
        said: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
        return said

    def await_setup(self, connection: Connection) -> None:
        """Wait until no other node makes or upgrades the tables, and keep others out until the commit.

        On SQLite every writer has waited for that already. There is no row to hold before there are tables,
        hence the one advisory lock of the program.
        """
        if not self.embedded:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({SETUP_LOCK})"))

    def claim_alone(self) -> None:
        """Hold the SQLite file for this process until it ends. Raises StoreInUse naming the holder.

        The operating system drops the lock when the process dies, however it dies.
        """
        if self.path is None:
            return
        lock_path = self.path.with_name(self.path.name + ".lock")
        lock = lock_path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise StoreInUse(
                f"another alertd (process {holder}) is already running on {self.path}; "
                "stop it first, or give this one a store of its own",
                process=holder,
                path=str(self.path),
            ) from fault
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        self.place = Place(self.path) if self.path.is_file() else None

    def close(self) -> None:
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


@contextlib.contextmanager
def savepoint(tx: Connection) -> Iterator[None]:
    """What is written within is undone on any exception, and only that.

    Every round takes one, so it is said to the driver plainly: `begin_nested` compiles its statements anew
    each time, and costs four times as much.
    """
    tx.exec_driver_sql("SAVEPOINT alertd")
    try:
        yield
    except BaseException:
        tx.exec_driver_sql("ROLLBACK TO SAVEPOINT alertd")
        tx.exec_driver_sql("RELEASE SAVEPOINT alertd")
        raise
    tx.exec_driver_sql("RELEASE SAVEPOINT alertd")


@contextlib.contextmanager
def undecoded(tx: Connection) -> Iterator[None]:
    """Within it a cursor gives texts as the bytes that stand there, where the driver would refuse them.

    PostgreSQL takes nothing in that is no text, and goes on giving texts.
    """
    driver: Any = tx.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, bytes
    try:
        yield
    finally:
        driver.text_factory = before


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, see _begin_sqlite
    cursor = connection.cursor()
    _keep_a_log(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _keep_a_log(cursor: sqlite3.Cursor) -> None:
    """Write-ahead logging, waited for: a file whose journal is being changed by another program answers
    "locked" at once, without SQLite's own waiting (https://www.sqlite.org/wal.html, "Sometimes queries
    return SQLITE_BUSY").
    """
    until = monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(_BUSY_PAUSE)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    durable = options.get("alertd_durable", True)
    if connection.info.get("durable", True) != durable:  # cannot be changed within a transaction
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info["durable"] = durable
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("alertd_writes", False) else "BEGIN")


def _no_text(context: ExceptionContext) -> None:
    """Bytes that are no text are a row's fault, which the driver's exception does not say."""
    if "could not decode to utf-8" in str(context.original_exception).lower():
        raise Unreadable(UnicodeDecodeError.__name__)


def memory_store() -> Store:
    """An empty store that lives as long as the object, for previews and tests."""
    from alertd.store.tables import metadata

    store = Store("sqlite://")
    metadata.create_all(store.engine)
    return store
