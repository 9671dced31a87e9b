"""Rows for tests of the store: whole, with what a test does not speak of filled in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert

from alertd.store import deadlines
from alertd.store.ids import new_id
from alertd.store.tables import alerts, cases, deliveries, delivery_notices, events, notices
from tests.support.register import at

NOON = at("2026-12-01T12:00")


def deadline_row(name: str, **more: Any) -> dict[str, Any]:
    """A deadline called `report@NAME/town-a`."""
    return {
        "id": f"report@{name}/town-a",
        "obligation": "report",
        "occurrence": name,
        "party": "town-a",
        "unit": "town-a",
        "case_id": None,
        "event_id": None,
        "state": "open",
        "start": NOON,
        "opens_at": NOON,
        "earliest": None,
        "earliest_soft": False,
        "due": None,
        "due_soft": False,
        "last_day": None,
        "office_due": None,
        "provisional": False,
        "rule": "5 days",
        "policy": "yearly",
        "by_the_hour": False,
        "trace": "",
        "since": NOON,
        "fired": (),
        "next_action_at": None,
        **more,
    }


def add_deadlines(tx: Connection, *rows: dict[str, Any]) -> list[Any]:
    """The stored rows, numbers and all, in the order given."""
    deadlines.insert_many(tx, rows)
    found = [deadlines.find(tx, row["id"]) for row in rows]
    assert all(found)
    return found


def add_delivery(tx: Connection, person: str = "ann", **more: Any) -> int:
    """A waiting delivery on the channel inbox that may leave at noon; returns its id."""
    identity = new_id()
    values = {
        "id": identity,
        "person": person,
        "channel": "inbox",
        "address": person,
        "template": "message",
        "bundle": f"d|{person}|inbox|2026-12-01",
        "state": "waiting",
        "drill": False,
        "created_at": NOON,
        "not_before": NOON,
        "message_id": f"{identity:x}@example.org",
        **more,
    }
    tx.execute(insert(deliveries).values(**values))
    return identity


def add_notice(tx: Connection, deadline: int, person: str = "ann", **more: Any) -> int:
    """A notice of a step called near; returns its id."""
    alert, notice = new_id(), new_id()
    tx.execute(
        insert(alerts).values(
            id=alert,
            deadline=deadline,
            kind="step",
            step="near",
            level=1,
            reached_at=NOON,
            decided_at=NOON,
            merged=(),
        )
    )
    values = {"id": notice, "alert": alert, "deadline": deadline, "person": person, "position": "contact"}
    tx.execute(insert(notices).values(**values, **{"ask": True, **more}))
    return notice


def add_event(tx: Connection, identity: str, **more: Any) -> None:
    """A fact about a case of its own, told at noon."""
    values = {
        "id": identity,
        "type": "incident",
        "case_id": identity,
        "version": 1,
        "parties": ("town-a",),
        "instants": {},
        "title": "",
        "state": "recorded",
        "happened_at": NOON,
        "entered_at": NOON,
        "entered_by": "clerk",
        "digest": identity,
        "history": [],
    }
    tx.execute(insert(cases).values(id=identity, title="", parties=("town-a",), opened_at=NOON))
    tx.execute(insert(events).values(**{**values, **more}))


def link(tx: Connection, delivery: int, notice: int) -> None:
    tx.execute(insert(delivery_notices).values(delivery=delivery, notice=notice))
