"""What a row says it has is what its query gives, on both databases."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Boolean, Float, Integer, String
from sqlalchemy.sql.expression import ColumnElement

from alertd.store import outbox, repeats, rows, tables
from alertd.store.types import Day, Instant, Json, Words

_KINDS: Mapping[type[Any], Any] = {
    Instant: datetime, Day: date, Words: tuple[str, ...], Boolean: bool, Float: float, Integer: int,
    String: str,
}  # fmt: skip


def _kind(column: ColumnElement[Any]) -> Any:
    kind = next(found for made, found in _KINDS.items() if isinstance(column.type, made))
    return kind


def _said(protocol: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(protocol)


@pytest.mark.parametrize(
    ("protocol", "table"),
    [
        (rows.DeadlineRow, tables.deadlines),
        (rows.DeliveryRow, tables.deliveries),
        (rows.EventRow, tables.events),
        (rows.RequestRow, tables.requests),
        (rows.EvidenceRow, tables.evidence),
        (rows.CalendarAddressRow, tables.calendar_addresses),
        (rows.OverrideRow, tables.overrides),
    ],
)
def test_a_row_has_the_columns_of_its_table(protocol: type[Any], table: Any) -> None:
    said = _said(protocol)
    assert set(said) == {column.name for column in table.c}
    for name, kind in said.items():
        _fits(kind, table.c[name])


@pytest.mark.parametrize(
    ("protocol", "query"),
    [(rows.NoticeRow, outbox._CONTENTS), (rows.DueNoticeRow, repeats._DUE)],
)
def test_a_joined_row_has_the_columns_of_its_query(protocol: type[Any], query: Any) -> None:
    selected = {column.key: column for column in query.selected_columns}
    said = _said(protocol)
    assert said.keys() <= selected.keys()
    whole = {name for name in selected if name.startswith("d_")}
    assert whole == {f"d_{column.name}" for column in tables.deadlines.c}
    for name, kind in said.items():
        if name.startswith("d_"):
            assert kind == _said(rows.DeadlineRow)[name.removeprefix("d_")], name


def test_what_a_report_reads_are_columns_of_a_deadline() -> None:
    assert _said(rows.ReportRow).items() <= _said(rows.DeadlineRow).items()


def _fits(kind: Any, column: Any) -> None:
    if isinstance(column.type, Json):
        assert kind is Any, column
        return
    expected = _kind(column)
    assert kind == (expected | None if column.nullable else expected), f"{column}: {kind}"


def test_a_changed_row_has_every_other_column_as_it_was() -> None:
    row = rows.deadline_of({"id": "a", "state": "open", "fired": ()})
    new = rows.changed(row, state="done")
    assert (new.id, new.state, new.fired, row.state) == ("a", "done", (), "open")
