"""A copy of the store to rely on: taken while the daemon runs, checked before it gets its name."""

from __future__ import annotations

import contextlib
import os
import shlex
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alertd.store.database import Store


class BackupRefused(Exception):
    """No copy was made, and nothing was overwritten. `code` is a catalogue key below `backup.`."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished copy: its file, its size in bytes, the version of its tables."""

    path: Path
    size: int
    version: str


def backup(store: Store, target: Path) -> Backup:
    """Copy an SQLite store to a new file, readable by its owner only, and check it. Raises BackupRefused.

    Writers go on meanwhile; the copy holds what was committed when it began. PostgreSQL has tools of its own,
    and the refusal gives the command.
    """
    source = store.path
    if source is None:
        raise BackupRefused("use-pg-dump", command=_pg_dump(store, target))
    if not source.is_file():
        raise BackupRefused("no-store", path=str(source))
    if os.path.lexists(target):
        raise BackupRefused("exists", path=str(target))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _reserve(part)
        _copy(source, part)
        version = _checked(part)
        _give_name(part, target)
    except OSError as fault:
        raise BackupRefused("unwritable", path=str(target), said=fault.strerror or str(fault)) from fault
    except sqlite3.Error as fault:
        raise BackupRefused("failed", path=str(source), said=str(fault)) from fault
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return Backup(target, target.stat().st_size, version)


def rescue(store: Store) -> Path:
    """What a file that was removed still holds, by a connection that has it open, as a new file beside it.

    Raises BackupRefused.
    """
    assert store.path is not None
    target = _free_name(store.path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    if not getattr(store.engine.pool, "checkedin", int)():  # another connection would make an empty file
        raise BackupRefused("failed", path=str(store.path), said="no connection is left")
    try:
        _reserve(part)
        with contextlib.closing(store.engine.raw_connection()) as held:
            _copy_from(held.driver_connection, part)
        _checked(part)
        _give_name(part, target)
    except OSError as fault:
        raise BackupRefused("unwritable", path=str(target), said=fault.strerror or str(fault)) from fault
    except sqlite3.Error as fault:
        raise BackupRefused("failed", path=str(store.path), said=str(fault)) from fault
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return target


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.{number}.rescued") for number in range(1, 1000))
    return next(name for name in names if not os.path.lexists(name))


def _reserve(part: Path) -> None:
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _copy(source: Path, part: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as origin:
        _copy_from(origin, part)


def _copy_from(origin: Any, part: Path) -> None:
    # In one step: between steps another process may write, and SQLite would begin the copy anew each time.
    with contextlib.closing(sqlite3.connect(part)) as copy:
        origin.backup(copy, pages=-1)
        # Without this the copy asks for a -wal file beside it, which nobody would think of keeping.
        copy.execute("PRAGMA journal_mode=DELETE")


def _checked(part: Path) -> str:
    with contextlib.closing(sqlite3.connect(part)) as copy:
        said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise BackupRefused("damaged", said=said)
        version: str = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    return version


def _give_name(part: Path, target: Path) -> None:
    """Durable first, then named; a file that appeared meanwhile is not overwritten."""
    with part.open("rb") as copied:
        os.fsync(copied.fileno())
    try:
        os.link(part, target)
    except FileExistsError:
        raise BackupRefused("exists", path=str(target)) from None
    except OSError:
        # A file system without hard links (FAT on a memory stick): claim the name, then replace the claim.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _pg_dump(store: Store, target: Path) -> str:
    """The command with everything but the password, which pg_dump takes from ~/.pgpass or asks for."""
    bare = store.url._replace(drivername="postgresql", password=None).difference_update_query(["password"])
    url = bare.render_as_string(hide_password=False)
    return shlex.join(["pg_dump", "--format=custom", f"--file={target}", url])
