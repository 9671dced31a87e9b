"""Rows that nothing would ever claim, because the time they wait for can be none: they are due at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from alertd.store.tables import deadlines, deliveries, events, failures, notices, overrides
from alertd.store.types import LAST_INSTANT, Unreadable

#: what tells a row of its table, and when it is looked at; by what its rows are known to people
_WAITING = (
    (deadlines.c.number, deadlines.c.next_action_at, deadlines.c.id),
    (notices.c.id, notices.c.next_at, notices.c.id),
    (deliveries.c.id, deliveries.c.not_before, deliveries.c.id),
    (events.c.id, events.c.confirm_by, events.c.id),
    (failures.c.delivery, failures.c.next_at, failures.c.delivery),
    (overrides.c.id, overrides.c.next_at, overrides.c.id),
)


def due_again(tx: Connection, now: datetime) -> list[tuple[str, Unreadable]]:
    """Make due at `now` what waits for an instant beyond all instants; names each, with its column.

    Such a value sorts behind all others, and so does what is no number (SQLite). Whoever claims a row that
    cannot be read otherwise either puts it off, as any that is due.
    """
    found: list[tuple[str, Unreadable]] = []
    for key, at, name in _WAITING:
        for identity, known in tx.execute(select(key, name).where(at > LAST_INSTANT)).fetchall():
            tx.execute(update(key.table).where(key == identity).values({at.name: now}))
            known_as = f"{known:x}" if key.table in (deliveries, failures) else str(known)
            column = f"{at.table.name}.{at.name}"
            found.append((known_as, Unreadable(OverflowError.__name__, (column,), known_as)))
    return found
