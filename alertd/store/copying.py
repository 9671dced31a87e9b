"""The whole store in another database: copied in one transaction, each row compared before the commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    LargeBinary,
    Table,
    TableClause,
    func,
    insert,
    select,
    text,
)
from sqlalchemy import column as bare_column
from sqlalchemy import table as bare_table

from alertd.store import migrating
from alertd.store.database import Store
from alertd.store.tables import metadata

_BATCH = 2000
#: rows that hold pieces of files
_BATCH_OF_PIECES = 32


class CopyRefused(Exception):
    """Nothing was copied, and the target is as it was. `code` is a catalogue key below `cli.copy.`."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Copied:
    """One table: how many rows both databases hold, and the digest of their content."""

    table: str
    rows: int
    digest: str


def copy(source: Store, target: Store, on_table: Callable[[str], None] = lambda name: None) -> list[Copied]:
    """Copy every table to a `target` that has no rows. Raises CopyRefused and StoreError.

    Whoever calls sees to it that nobody writes to `source` meanwhile (`Store.claim_alone`).
    """
    migrating.require_current(source)
    migrating.upgrade(target)
    with source.read() as old, target.write() as new:
        target.await_setup(new)
        filled = [table.name for table in metadata.sorted_tables if _count(new, table)]
        if filled:
            raise CopyRefused("not-empty", tables=", ".join(filled))
        found = []
        for table in metadata.sorted_tables:
            on_table(table.name)
            for rows in _batches(old, table):
                new.execute(insert(_bare(table)), rows)
            found.append(_compared(old, new, table))
            if not target.embedded:
                _set_sequence(new, table)
    return found


def _count(tx: Connection, table: Table) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


def _bare(table: Table) -> TableClause:
    """The table without our column types: what was hashed for the audit must not be written a second time."""
    return bare_table(table.name, *(bare_column(column.name) for column in table.columns))


def _batches(tx: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    """Rows as the database keeps them."""
    bare, columns = _bare(table), list(table.columns)
    order = [bare.c[column.name] for column in table.primary_key.columns]
    most = _BATCH_OF_PIECES if any(isinstance(each.type, LargeBinary) for each in columns) else _BATCH
    found = tx.execute(select(bare).order_by(*order), execution_options={"yield_per": most})
    while rows := found.fetchmany(most):
        yield [{c.name: _plain(c, value) for c, value in zip(columns, row, strict=True)} for row in rows]


def _plain(column: Column[Any], value: Any) -> Any:
    """A value as both databases say it: SQLite knows no booleans, and keeps whole numbers as they come."""
    if value is None:
        return None
    if isinstance(column.type, Boolean):
        return bool(value)
    return float(value) if isinstance(column.type, Float) else value


def _compared(old: Connection, new: Connection, table: Table) -> Copied:
    there, here = _content(old, table), _content(new, table)
    if there != here:
        raise CopyRefused("differs", table=table.name, old=str(there[0]), new=str(here[0]))
    return Copied(table.name, *here)


def _content(tx: Connection, table: Table) -> tuple[int, str]:
    """Number of rows and a digest that does not depend on their order: databases sort text differently."""
    count, total = 0, 0
    for rows in _batches(tx, table):
        for row in rows:
            count += 1
            total += int.from_bytes(
                hashlib.sha256(repr(list(row.values())).encode("utf-8", "surrogatepass")).digest(), "big"
            )
    return count, f"{total % 2**256:064x}"


def _set_sequence(tx: Connection, table: Table) -> None:
    """The next row PostgreSQL numbers itself comes after the copied ones."""
    column = table.autoincrement_column
    if column is None:
        return
    values = {"table": table.name, "column": column.name}
    sequence = tx.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), values).scalar_one()
    last = tx.execute(select(func.max(column))).scalar_one()
    if sequence is not None and last is not None:
        tx.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": sequence, "last": last})
