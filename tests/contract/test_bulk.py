"""Rows written in bulk are the rows SQLAlchemy would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update

from alertd.store.bulk import insert_all, update_all
from alertd.store.database import Store
from alertd.store.plainly import Collision
from alertd.store.tables import cases, deliveries, events, progress, revisions

AT = datetime(2026, 10, 1, 2, 10, 0, 123456, tzinfo=UTC)
DELIVERY = {
    "person": "qin-wenbo",
    "channel": "email",
    "address": "qin-wenbo@example.org",
    "template": "message",
    "payload": {"topic": "其他"},
    "bundle": "b",
    "state": "waiting",
    "drill": True,
    "created_at": AT,
    "not_before": AT,
    "message_id": "1@example.org",
}
_RENAME = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("k"), deliveries.c.drill.is_(True))
    .values(person=bindparam("who"), not_before=bindparam("at"), lease_owner="")
)


def test_every_kind_of_column_comes_back_as_it_went_in(store: Store) -> None:
    event = {
        "id": "e1",
        "version": 1,
        "type": "major-incident",
        "case_id": "fire-1",
        "parties": ("town-a", "town-b"),
        "instants": {"occurred": "2026-10-01T02:10:00+08:00"},
        "stated_due": date(2026, 10, 9),
        "title": "100% 火災 %(id)s ?",
        "state": "recorded",
        "happened_at": AT,
        "entered_at": AT,
        "entered_by": "clerk",
        "digest": "0",
        "history": [],
        "case_version": 1,
        "severity": "major",
        "urgent": "the river rises",
        "confirm_by": None,
    }
    case = {"id": "fire-1", "title": "", "parties": ("town-a",), "opened_at": AT}
    with store.write() as tx:
        insert_all(tx, cases, [case])
        insert_all(tx, events, [event, {**event, "id": "e2", "parties": ()}])
    with store.read() as tx:
        found = tx.execute(select(events).order_by(events.c.id)).mappings().all()
    assert [dict(row) for row in found] == [event, {**event, "id": "e2", "parties": ()}]


def test_columns_left_out_take_their_default(store: Store) -> None:
    with store.write() as tx:
        insert_all(tx, deliveries, [{"id": 7, **DELIVERY}, {"id": 8, **DELIVERY}])
        tx.execute(insert(deliveries).values(id=9, **DELIVERY))
    with store.read() as tx:
        first, second, plain = (dict(row) for row in tx.execute(select(deliveries).order_by("id")).mappings())
    assert {**first, "id": 9} == plain == {**second, "id": 9}


def test_the_database_numbers_rows_that_bring_no_number(store: Store) -> None:
    text = {"file": "schedules/a.toml", "digest": "0", "text": "", "state": "applied", "at": AT, "actor": "a"}
    with store.write() as tx:
        insert_all(tx, revisions, [text, text])
    with store.read() as tx:
        assert list(tx.execute(select(revisions.c.id).order_by(revisions.c.id)).scalars()) == [1, 2]


def test_an_update_changes_the_rows_named_and_no_others(store: Store) -> None:
    with store.write() as tx:
        insert_all(tx, deliveries, [{"id": at, **DELIVERY} for at in (1, 2, 3)])
        update_all(tx, _RENAME, [{"k": 1, "who": "shi-ruolan", "at": None}, {"k": 3, "who": "lu", "at": AT}])
    with store.read() as tx:
        found = tx.execute(
            select(deliveries.c.person, deliveries.c.not_before).order_by(deliveries.c.id)
        ).fetchall()
    assert [tuple(row) for row in found] == [("shi-ruolan", None), ("qin-wenbo", AT), ("lu", AT)]


def test_no_rows_are_no_statement(store: Store) -> None:
    with store.write() as tx:
        insert_all(tx, progress, [])
        update_all(tx, _RENAME, [])


def test_an_id_already_there_is_a_collision_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(Collision), store.write() as tx:
        insert_all(tx, deliveries, [{"id": 1, **DELIVERY}, {"id": 1, **DELIVERY}])
    with store.read() as tx:
        assert tx.execute(select(deliveries)).first() is None
