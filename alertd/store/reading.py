"""Reading rows of which one may hold what its column cannot: the others are read, and that one is named.

All rows are read at once, as ever. Only where that raises Unreadable is the same query asked again and read
value by value, as the driver gives it. On both databases alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, LargeBinary, Row, Select, Table, select
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.elements import ColumnElement

from alertd.store.database import undecoded
from alertd.store.types import Unreadable

R = TypeVar("R")
_AT_ONCE = 1000
#: columns that tell a row of most tables from others, as people know it: the first that it has
_NAMES = (
    "known_by", "id", "d_id", "number", "name", "digest", "key", "address", "delivery", "deadline", "seq",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unread(Generic[R]):
    """A row that cannot be read. `row` is as far as it can: None stands in the columns that `fault` names."""

    row: R
    fault: Unreadable


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """What a query found: the rows, and those that cannot be read. Whoever takes it answers for both."""

    rows: Sequence[R]
    unread: Sequence[Unread[R]] = ()

    def __len__(self) -> int:
        return len(self.rows) + len(self.unread)

    @property
    def all(self) -> Sequence[R]:
        """Every row, as far as it can be read: for what people look at."""
        return [*self.rows, *(each.row for each in self.unread)]


def found(tx: Connection, query: Select[Any], parameters: Mapping[str, Any] | None = None) -> Found[Any]:
    """The rows of a query, and those of them that cannot be read, each in the order of the query."""
    try:
        return Found(tx.execute(query, parameters).fetchall())
    except Unreadable:
        rows, unread = [], []
        for each in one_by_one(tx, query, parameters):
            if isinstance(each, Unread):
                unread.append(each)
            else:
                rows.append(each)
        return Found(rows, unread)


def whole(
    tx: Connection,
    query: Select[Any],
    parameters: Mapping[str, Any] | None = None,
    known_by: ColumnElement[Any] | None = None,
) -> Sequence[Row[Any]]:
    """All rows of a query. Raises Unreadable naming the first that cannot be read, and its columns.

    `known_by` is the column that names a row, where the query does not ask for it.
    """
    try:
        return tx.execute(query, parameters).fetchall()
    except Unreadable:
        query = query if known_by is None else query.add_columns(known_by.label(_NAMES[0]))
        for each in one_by_one(tx, query, parameters):
            if isinstance(each, Unread):
                raise each.fault from None
        raise


def unread_in(tx: Connection, table: Table) -> Iterator[Unread[Any]]:
    """Every row of a table that cannot be read. Reads all of it but pieces of files; for `alertd doctor`."""
    every = select(*(column for column in table.c if not isinstance(column.type, LargeBinary)))
    try:
        for _ in tx.execute(every):
            continue
    except Unreadable:
        yield from (each for each in one_by_one(tx, every) if isinstance(each, Unread))


def one_by_one(
    tx: Connection, query: Select[Any], parameters: Mapping[str, Any] | None = None
) -> Iterator[Row[Any] | Unread[Any]]:
    """Each row of a query, or what of it can be read, in order: several times as slow as reading them all."""
    with undecoded(tx):
        result = tx.execute(query, parameters)
        cursor = result.cursor
        assert cursor is not None  # it is a query
        keys, readers = list(result.keys()), _readers(tx, query, cursor.description)
        kind = SimpleResultMetaData(keys)
        while some := cursor.fetchmany(_AT_ONCE):
            for values in some:
                yield _read(kind, readers, values)
        result.close()


@dataclass(frozen=True, slots=True)
class _Reader:
    """One column of a query: its name as table and column, and what makes Python's value of the driver's."""

    name: str
    read: Callable[[Any], Any] | None

    def __call__(self, value: Any) -> Any:
        if isinstance(value, bytes):  # `undecoded`; nothing that is read here holds bytes
            try:
                value = value.decode()
            except UnicodeDecodeError:
                raise Unreadable(UnicodeDecodeError.__name__) from None
        return value if self.read is None else self.read(value)


def _readers(tx: Connection, query: Select[Any], description: Sequence[Any]) -> list[_Reader]:
    readers = []
    for column, described in zip(query.selected_columns, description, strict=True):
        kind = column.type.dialect_impl(tx.dialect)
        readers.append(_Reader(_name(column), kind.result_processor(tx.dialect, described[1])))
    return readers


def _name(column: ColumnElement[Any]) -> str:
    base: Any = next(iter(column.base_columns))
    table = getattr(base, "table", None)
    return f"{table.name}.{base.name}" if table is not None else str(getattr(column, "key", "?"))


def _read(
    kind: SimpleResultMetaData, readers: Sequence[_Reader], values: Sequence[Any]
) -> Row[Any] | Unread[Any]:
    read: list[Any] = []
    faults: dict[str, Unreadable] = {}
    for reader, value in zip(readers, values, strict=True):
        try:
            read.append(reader(value))
        except Unreadable as fault:
            faults[reader.name] = fault
            read.append(None)
    row = cast(Row[Any], IteratorResult(kind, iter([tuple(read)])).one())
    if not faults:
        return row
    first = next(iter(faults.values()))
    first.columns, first.row = tuple(faults), name_of(row)
    return Unread(row, first)


def name_of(row: Row[Any]) -> str:
    """What people know a row by."""
    known = row._mapping
    return next((str(known[name]) for name in _NAMES if known.get(name) is not None), "?")
