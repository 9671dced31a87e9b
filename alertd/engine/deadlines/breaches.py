"""What was done against a rule: facts of their own, which stay when everything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from alertd.engine.ruling.scope import Scope
from alertd.store.ids import new_id
from alertd.store.tables import breaches


def record(
    scope: Scope,
    kind: str,
    at: datetime,
    *,
    case: str | None = None,
    deadline: int | None = None,
    event: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record one. `kind` is "late", "early" or "gate"; `at` is when it happened."""
    row = {
        "id": new_id(),
        "kind": kind,
        "at": at,
        "entered_at": scope.now,
        "case_id": case,
        "deadline": deadline,
        "event_id": event,
        "detail": dict(detail or {}),
    }
    scope.tx.execute(insert(breaches).values(**row))


def of_deadline(tx: Connection, number: int, case: str | None) -> Sequence[Any]:
    """The breaches of a deadline, and of the gates of its case, oldest first."""
    about = breaches.c.deadline == number
    if case:
        about = or_(about, (breaches.c.case_id == case) & (breaches.c.kind == "gate"))
    return tx.execute(select(breaches).where(about).order_by(breaches.c.at, breaches.c.id)).fetchall()


def gates_of_event(tx: Connection, event: str) -> frozenset[str]:
    """The gates an event is on record as having gone past."""
    query = select(breaches.c.detail).where(breaches.c.event_id == event, breaches.c.kind == "gate")
    return frozenset(detail["gate"] for detail in tx.execute(query).scalars())
