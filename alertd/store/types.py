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

#: 64 bits everywhere; SQLite numbers rows itself only in an INTEGER primary key.
Big = BigInteger().with_variant(Integer(), "sqlite")


def to_micros(value: datetime) -> int:
    """Microseconds since 1970 UTC. The value must be timezone-aware."""
    return (value - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The UTC instant of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


# `encode` is what bulk.py applies to whole columns; `process_bind_param` is SQLAlchemy's name for it.


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC microseconds: sorts, compares and indexes alike on both databases."""

    impl = BigInteger
    cache_ok = True

    @staticmethod
    def encode(value: datetime | None) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    @staticmethod
    def decode(value: int | None) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(0, 0, value)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return self.encode(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return self.decode  # instants are most of what is read: no layer between the driver and this


class Day(TypeDecorator[date]):
    """A calendar day as ISO text."""

    impl = String(10)
    cache_ok = True

    @staticmethod
    def encode(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    @staticmethod
    def decode(value: str | None) -> date | None:
        return None if value is None else date.fromisoformat(value)

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
        return None if value is None else _READ(value)[0]

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return self.encode(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return self.decode


def dumps(value: Any) -> str:
    """Canonical JSON: what is hashed and compared."""
    return _ENCODE(value)


_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode
