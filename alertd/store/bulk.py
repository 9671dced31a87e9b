"""One statement for many rows, at nearly the cost of the bare driver.

SQLAlchemy walks each row's parameters one by one, which costs more than SQLite takes to store them. Here a
statement is compiled once, and values are converted a column at a time; the same code serves both databases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Insert, Table, Update, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]
T = TypeVar("T")

#: values within one statement: how many parameters it may have is limited
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Text for the driver; for each parameter its name, what converts its values, and its default."""

    text: str
    names: tuple[str, ...]
    encoders: tuple[Callable[[Any], Any] | None, ...]
    defaults: Mapping[str, Any]
    by_name: bool

    def parameters(self, rows: Sequence[Row]) -> Any:
        values = list(zip(*(self._column(at, rows) for at in range(len(self.names))), strict=True))
        return [dict(zip(self.names, each, strict=True)) for each in values] if self.by_name else values

    def _column(self, at: int, rows: Sequence[Row]) -> Iterable[Any]:
        name, encode = self.names[at], self.encoders[at]
        if name in self.defaults:
            return repeat(self.defaults[name], len(rows))
        values = map(itemgetter(name), rows)
        return values if encode is None else map(encode, values)


_prepared: dict[Any, _Prepared] = {}


def in_parts(values: Iterable[T]) -> Iterator[list[T]]:
    """The values, in lists short enough for one statement; none where there are no values."""
    wanted = list(values)
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


def insert_all(tx: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same keys; columns left out take their default."""
    if rows:
        _run(tx, (table, *rows[0]), lambda: insert(table).inline(), rows)


def update_all(tx: Connection, statement: Update, rows: Sequence[Row]) -> None:
    """Run an update once for each row. `statement` is one that lives as long as the program."""
    if rows:
        _run(tx, statement, lambda: statement, rows)


def _run(tx: Connection, key: Any, make: Callable[[], Insert | Update], rows: Sequence[Row]) -> None:
    found = _prepared.get((tx.dialect.name, key))
    if found is None:
        found = _prepared[tx.dialect.name, key] = _prepare(make(), tx.dialect, list(rows[0]))
    tx.exec_driver_sql(found.text, found.parameters(rows))


def _prepare(statement: Insert | Update, dialect: Dialect, keys: list[str]) -> _Prepared:
    columns = keys if statement.is_insert else None
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.positiontup or compiled.bind_names.values())
    return _Prepared(
        text=compiled.string,
        names=names,
        encoders=tuple(_encoder(compiled.binds[name].type) for name in names),
        defaults=_constants(statement, compiled, keys),
        by_name=compiled.positiontup is None,
    )


def _constants(statement: Insert | Update, compiled: SQLCompiler, keys: list[str]) -> dict[str, Any]:
    """Values the statement itself gives: defaults of columns left out, and constants of `values()`."""
    found: dict[str, Any] = {}
    for name, bind in compiled.binds.items():
        if name in keys:
            continue
        column = statement.table.c.get(name) if statement.is_insert else None
        value = column.default.arg if column is not None and column.default is not None else bind.value
        encode = _encoder(bind.type)
        found[name] = encode(value) if encode is not None else value
    return found


def _encoder(type_: Any) -> Callable[[Any], Any] | None:
    """Our column types convert; the drivers take everything else as it is."""
    return getattr(type_, "encode", None)
