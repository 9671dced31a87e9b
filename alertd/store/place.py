"""Whether a store still is what was opened: its files at their path, or the database behind its address.

A file that is removed, moved or replaced under a program goes on taking what is written to it, and nobody
ever reads that. So a daemon looks before each transaction; it costs three looks at an inode.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from alertd.store.errors import StoreVanished

#: beside the file itself: the write-ahead log, and where its readers meet (https://www.sqlite.org/wal.html)
_BESIDE = ("-wal", "-shm")
_Inode = tuple[int, int]


class Place:
    """The files of an SQLite store, as they were when it was opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _inode(path)
        self._beside: dict[str, _Inode] = {}
        #: whether what it held was saved after it vanished
        self.kept = False

    def check(self) -> None:
        """Raises StoreVanished where the file at the path is not the one that was opened."""
        found = _inode(self._path)
        if found != self._file:
            where = str(self._path)
            if found is None:
                raise StoreVanished(f"{where} was removed or moved", "gone", where)
            raise another(where)

    @property
    def there(self) -> bool:
        """Whether the file is the one that was opened."""
        return _inode(self._path) == self._file

    @property
    def replaced(self) -> bool:
        """Whether another file has taken the place: this one never comes back."""
        found = _inode(self._path)
        return found is not None and found != self._file

    def log_lost(self) -> bool:
        """Whether the log was removed or replaced since it was seen first. To ask again is to begin anew."""
        found = {end: _inode(Path(f"{self._path}{end}")) for end in _BESIDE}
        lost = any(found[end] != seen for end, seen in self._beside.items())
        self._beside = {} if lost else {end: inode for end, inode in found.items() if inode is not None}
        return lost

    def remove_log(self) -> None:
        """Take away the log of a file that vanished: SQLite would read it into any other in its place."""
        for end, seen in self._beside.items():
            beside = Path(f"{self._path}{end}")
            if _inode(beside) == seen:
                beside.unlink(missing_ok=True)


def _inode(path: Path) -> _Inode | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def another(where: str) -> StoreVanished:
    """What is said of a database that is not the one that was opened."""
    return StoreVanished(f"{where} is another database than the one that was opened", "another", where)


def require_same(connection: Any, identity: str, where: str) -> None:
    """Raises StoreVanished unless a connection that psycopg just made leads to the store of this identity."""
    import psycopg

    try:
        row = connection.execute("SELECT value FROM settings WHERE name = 'store_id'").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    connection.rollback()
    if row is None or json.loads(row[0]) != identity:
        connection.close()
        raise another(where)
