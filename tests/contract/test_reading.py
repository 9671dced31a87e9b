"""A row that cannot be read is found and named, and hides no other: alike on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from alertd.store import reading, rows
from alertd.store.database import Store
from alertd.store.errors import StoreUnreadable
from alertd.store.tables import cases, deadlines, events
from alertd.store.types import Instant, Soonest, Unreadable
from tests.support.rows import NOON

EVENT = {
    "version": 1, "type": "draft", "parties": ("a", "b"), "instants": {}, "title": "T", "state": "recorded",
    "happened_at": NOON, "entered_at": NOON, "entered_by": "clerk", "digest": "", "history": [],
}  # fmt: skip
QUERY = select(events).order_by(events.c.id)
JOINED = select(cases.c.title, *(column.label(f"e_{column.name}") for column in events.c)).join(
    events, events.c.case_id == cases.c.id
)


@pytest.fixture
def three(store: Store) -> Store:
    """Three events a, b, c of one case."""
    with store.write() as tx:
        tx.execute(insert(cases).values(id="x", title="X", parties=(), opened_at=NOON))
        tx.execute(insert(events), [{**EVENT, "id": name, "case_id": "x"} for name in "abc"])
    return store


def _spoil(store: Store, column: str, value: Any, name: str = "b") -> None:
    with store.write() as tx:
        tx.execute(text(f"update events set {column} = :v where id = :n"), {"v": value, "n": name})


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("instants", "{broken", "JSONDecodeError"),
        ("instants", "[" * 100_000, "RecursionError"),
        ("stated_due", "2026-13-99", "ValueError"),
        ("confirm_by", 10**18, "OverflowError"),
        ("confirm_by", -(10**18), "OverflowError"),
    ],
)
def test_one_row_is_named_with_its_column_and_the_others_are_read(
    three: Store, column: str, value: Any, kind: str
) -> None:
    with three.read() as tx:
        whole = tx.execute(QUERY).fetchall()
    _spoil(three, column, value)
    with three.write() as tx:
        found = reading.found(tx, QUERY.with_for_update(skip_locked=True))
    assert found.rows == [whole[0], whole[2]]
    assert len(found) == 3
    (unread,) = found.unread
    assert (unread.fault.row, unread.fault.columns) == ("b", (f"events.{column}",))
    assert str(unread.fault) == f"events.{column} cannot be read ({kind})"
    assert unread.row == rows_as(whole[1], {column: None})
    assert [row.id for row in found.all] == ["a", "c", "b"]


def rows_as(row: Any, values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple({**row._mapping, **values}.values())


def test_a_row_that_is_read_anew_is_as_it_was(three: Store) -> None:
    with three.read() as tx:
        before = tx.execute(JOINED).fetchall()
        again = list(reading.one_by_one(tx, JOINED))
    assert again == before
    assert rows.joined(again[0], "e_").happened_at == NOON
    assert rows.columns(again[0]).keys() == rows.columns(before[0]).keys()


def test_every_column_of_a_row_that_cannot_be_read_is_named_even_through_a_join(three: Store) -> None:
    _spoil(three, "instants", "{")
    _spoil(three, "history", "{")
    with three.read() as tx:
        (unread,) = reading.found(tx, JOINED).unread
    assert unread.fault.columns == ("events.instants", "events.history")
    assert (unread.row.title, unread.row.e_instants) == ("X", None)


def test_whoever_needs_all_rows_hears_which_one_is_not_to_be_read(three: Store) -> None:
    _spoil(three, "instants", "{broken")
    with three.read() as tx, pytest.raises(Unreadable) as inside:
        reading.whole(tx, QUERY)
    assert (inside.value.row, inside.value.columns) == ("b", ("events.instants",))
    with pytest.raises(StoreUnreadable) as outside, three.read() as tx:
        reading.whole(tx, QUERY)
    assert (outside.value.values["row"], outside.value.values["said"]) == ("b", "events.instants")
    assert "broken" not in str(outside.value)
    assert outside.value.__cause__ is None


def test_the_transaction_goes_on_after_a_row_that_cannot_be_read(three: Store) -> None:
    _spoil(three, "instants", "{broken")
    with three.write() as tx:
        with pytest.raises(Unreadable):
            tx.execute(QUERY).fetchall()
        tx.execute(text("update events set title = 'new' where id = 'b'"))
    with three.read() as tx:
        assert reading.found(tx, QUERY).unread[0].row.title == "new"


def test_the_tables_are_looked_through(three: Store) -> None:
    _spoil(three, "confirm_by", 10**18, "c")
    with three.read() as tx:
        assert [each.fault.row for each in reading.unread_in(tx, events)] == ["c"]
        assert list(reading.unread_in(tx, deadlines)) == []


def test_the_soonest_of_many_instants_is_read_whatever_it_is(store: Store) -> None:
    values = {"ok": NOON, "later": NOON + timedelta(days=1)}
    assert [Soonest.decode(Instant.encode(at)) for at in values.values()] == list(values.values())
    assert Soonest.decode(None) is None
    assert Soonest.decode(10**18) is None
    early = Soonest.decode(-(10**18))
    assert early is not None
    assert early < NOON
