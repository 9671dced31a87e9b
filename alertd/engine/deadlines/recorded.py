"""What the chain of a deadline says its row must be: written with each act, and put together again from all.

The first row of a chain states every column, each later one those that its act changed. So whoever changes a
row without an act is found out (alertd.engine.preview.comparing). What follows from the others by the files
that rule, when it is looked at next and why not, is not in the chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Column

from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines
from alertd.store.types import Day, Instant, Words

#: what the first row of a chain is called; of a store that is older than these rows
CREATED, TAKEN_OVER = "created", "taken-over"
#: where a row of the audit says what columns are from then on
NOW = "now"
_BESIDES = frozenset({"number", "next_action_at", "waits", "trace", "audit_seq", "audit_head"})


def _empty(column: Column[Any]) -> Any:
    """What a column is where nothing was said of it."""
    if column.default is not None:
        return column.default.arg  # type: ignore[attr-defined]
    if column.nullable:
        return None
    return () if isinstance(column.type, Words) else False if isinstance(column.type, Boolean) else ""


#: the columns that the chain says, each with what it is where nothing was said
KEPT: Mapping[str, Any] = {
    column.name: _empty(column) for column in deadlines.c if column.name not in _BESIDES
}
_KINDS = {column.name: type(column.type) for column in deadlines.c}


def born(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the first row of a chain says of a new deadline: every column that holds something."""
    said = {}
    for name, value in row.items():  # called for each of a hundred thousand deadlines, hence no generality
        if value and name in KEPT:
            said[name] = value if type(value) is str else _plain(value)
    return {NOW: said}


def since(row: DeadlineRow, values: Mapping[str, Any], but: Iterable[str] = ()) -> dict[str, Any]:
    """What a row of the audit says of columns of `row` that become `values`; {} where none of them changes.

    `but` are columns that it says otherwise.
    """
    said = {
        name: _plain(value)
        for name, value in values.items()
        if name in KEPT and name not in but and getattr(row, name) != value
    }
    return {NOW: said} if said else {}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@lru_cache(maxsize=1024)  # of one deadline several are the same, and of many that are made together
def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


# ---------------------------------------------------------------- read again


class Differs(NamedTuple):
    """A column of a deadline, what stands in its row, and what its chain says."""

    column: str
    found: Any
    expected: Any


def expected(chain: Iterable[Any]) -> dict[str, Any] | None:
    """The columns as the chain leaves them, as JSON; None for a chain that does not say how it began.

    Raises what reading a row of somebody else's making may raise.
    """
    said: dict[str, Any] | None = None
    for act in chain:
        detail = act.detail
        if act.action in (CREATED, TAKEN_OVER):
            said = dict(detail[NOW])
        elif said is not None:
            if act.action == "alert":
                steps = (detail.get("step"), *detail.get("merged", ()), *detail.get("passed", ()))
                said["fired"] = [*said.get("fired", ()), *(step for step in steps if step)]
            if "changes" in detail:
                said.update((name, change["new"]) for name, change in detail["changes"].items())
            if NOW in detail:
                said.update(detail[NOW])
    return said


def differences(row: DeadlineRow, said: Mapping[str, Any]) -> Iterator[Differs]:
    """The columns in which a deadline is not what its chain leaves."""
    for name, empty in KEPT.items():
        found, text = getattr(row, name), said.get(name, empty)
        if found == text:
            continue
        value = _value(name, text)
        if name == "fired":  # in what order steps were reached is nobody's concern
            if set(found) == set(value):
                continue
        elif found == value:
            continue
        yield Differs(name, found, value)


def _value(name: str, text: Any) -> Any:
    """What stands in a column, of what the audit says; as it is where it says something else."""
    kind = _KINDS[name]
    if kind is Words:
        return tuple(text) if isinstance(text, list | tuple) else ()
    if isinstance(text, str) and issubclass(kind, Instant | Day):
        return datetime.fromisoformat(text) if issubclass(kind, Instant) else date.fromisoformat(text)
    return text
