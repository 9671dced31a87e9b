"""Small facts about this store that must survive: when it went live, what was planned, what is held back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from alertd.store.tables import settings

LIVE_SINCE = "live_since"
PLANNED_DAY = "planned_day"
APPLIED = "applied"
HELD = "held"
TOLD_FAULTS = "told_faults"


def get(tx: Connection, name: str) -> Any:
    """The stored value, None when there is none."""
    return tx.execute(select(settings.c.value).where(settings.c.name == name)).scalar_one_or_none()


def put(tx: Connection, name: str, value: Any) -> None:
    """Store a value; None takes it away."""
    if value is None:
        tx.execute(delete(settings).where(settings.c.name == name))
    elif tx.execute(select(settings.c.name).where(settings.c.name == name)).first() is None:
        tx.execute(insert(settings).values(name=name, value=value))
    else:
        tx.execute(update(settings).where(settings.c.name == name).values(value=value))
