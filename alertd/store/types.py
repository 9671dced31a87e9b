"""Column types: where Python values and the two databases' values meet."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

#: what reading a value that nobody of ours wrote may end with
_FAULTS = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)


class Unreadable(ValueError):
    """A stored value that the type of its column cannot read.

    Says which columns of which row, as far as that is known (alertd.store.reading finds it out), and the kind
    of fault; never the value, which may be somebody's message.
    """

    def __init__(self, kind: str, columns: tuple[str, ...] = (), row: str = "") -> None:
        super().__init__(kind)
        self.kind, self.columns, self.row = kind, columns, row

    def __str__(self) -> str:
        return f"{', '.join(self.columns) or 'a stored value'} cannot be read ({self.kind})"

    @property
    def where(self) -> str:
        """The columns, or what is known instead, for a sentence of the catalogue."""
        return ", ".join(self.columns) or self.kind


#: 64 bits everywhere; SQLite numbers rows itself only in an INTEGER primary key.
Big = BigInteger().with_variant(Integer(), "sqlite")


def to_micros(value: datetime) -> int:
    """Microseconds since 1970 UTC. The value must be timezone-aware."""
    return (value - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The UTC instant of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


# `encode` is what bulk.py applies to whole columns; `process_bind_param` is SQLAlchemy's name for it.
# `decode` raises Unreadable; a `try` in which nothing is raised costs nothing.


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC microseconds: sorts, compares and indexes alike on both databases."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def encode(value: datetime | None) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    @staticmethod
    def decode(value: int | None) -> datetime | None:
        try:
            return None if value is None else _EPOCH + timedelta(0, 0, value)
        except _FAULTS as fault:
            raise Unreadable(type(fault).__name__) from None

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return self.encode(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return self.decode  # instants are most of what is read: no layer between the driver and this


#: no instant of ours is later; what is no number sorts behind all numbers in SQLite
LAST_INSTANT = datetime(9999, 12, 31, tzinfo=UTC)


class Soonest(Instant):
    """The smallest of many instants, read whatever it is: one bad row must not hide when the others are due.

    What is too early is due, so that its row is claimed and put off. What is too late, or is no instant, is
    smallest only where nothing else waits: None (`alertd.store.lost` finds its row).
    """

    cache_ok = True

    @staticmethod
    def decode(value: int | None) -> datetime | None:
        try:
            return Instant.decode(value)
        except Unreadable:
            return datetime.min.replace(tzinfo=UTC) if isinstance(value, int) and value < 0 else None


class Day(TypeDecorator[date]):
    """A calendar day as ISO text."""

    impl = String(10)
    cache_ok = True

    @staticmethod
    def encode(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    @staticmethod
    def decode(value: str | None) -> date | None:
        try:
            return None if value is None else date.fromisoformat(value)
        except _FAULTS as fault:
            raise Unreadable(type(fault).__name__) from None

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return self.encode(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return self.decode


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of ids (no spaces in them), kept as one space-separated text."""

    impl = Text
    cache_ok = True

    @staticmethod
    def encode(value: tuple[str, ...] | None) -> str:
        return " ".join(value) if value else ""

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return self.encode(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(value.split()) if value else ()


#: reads what `dumps` wrote: without the search for blanks around it, which takes as long as the reading
_READ = json.JSONDecoder().raw_decode


class Written(str):
    """JSON that is text already: what was hashed is stored, not written a second time."""


class Json(TypeDecorator[Any]):
    """JSON as compact text with sorted keys, so that equal content is equal text."""

    impl = Text
    cache_ok = True

    @staticmethod
    def encode(value: Any) -> str | None:
        if type(value) is Written:
            return str(value)
        return None if value is None else dumps(value)

    @staticmethod
    def decode(value: str | None) -> Any:
        try:
            return None if value is None else _READ(value)[0]
        except _FAULTS as fault:
            raise Unreadable(type(fault).__name__) from None

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return self.encode(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return self.decode


def dumps(value: Any) -> str:
    """Canonical JSON: what is hashed and compared."""
    return _ENCODE(value)


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode
