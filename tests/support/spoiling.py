"""Entries that cannot be read: written past the program, and what the admin heard of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table, select, text

from alertd.store import reading, tables
from tests.support.play import Play, told_in
from tests.support.register import live_channels

#: the clocks of `two_incidents`
FIRE, FLOOD = "incident-information@fire/town-a", "incident-information@flood/town-b"


def two_incidents(begin: Callable[..., Play]) -> Play:
    """Two incidents in two towns, both due at once: one to spoil, and one to go on."""
    begun = begin("2026-12-05T02:00", **live_channels())
    begun.report("incident", "fire", "town-a", published="2026-12-05T02:00")
    begun.report("incident", "flood", "town-b", published="2026-12-05T02:00")
    return begun


def put(play: Play, table: str, column: str, key: Any, value: Any) -> None:
    """Write any value into one row, past the program."""
    new = "cast(:v as text)" if isinstance(value, bytes) else ":v"  # SQLite takes any bytes for a text
    with play.store.write() as tx:
        tx.execute(text(f"update {table} set {column} = {new} where id = :k"), {"k": key, "v": value})


def spoil(play: Play, table: str, column: str, key: Any, value: Any = "2026-13-99") -> Any:
    """Write into one row what its column cannot hold; returns what stood there."""
    with play.store.read() as tx:
        before = tx.execute(text(f"select {column} from {table} where id = :k"), {"k": key}).scalar_one()
    put(play, table, column, key, value)
    return before


def readable(play: Play, table: Table) -> Sequence[Any]:
    with play.store.read() as tx:
        return reading.found(tx, select(table)).rows


def told(play: Play) -> list[tuple[str, str, str]]:
    rows = [row.payload for row in readable(play, tables.deliveries) if row.template == "admin"]
    return [(args["what"], args["id"], args["detail"]) for _, args in told_in(rows) if "what" in args]
