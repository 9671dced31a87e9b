"""New limits and past instants as options of the acts on a deadline."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alertd.cli.context import Session


def read_limit(text: str, session: Session) -> date | datetime:
    """A day, or an instant where a time is given; the engine says which a clock needs. Raises Said."""
    from alertd.cli.instants import read_instant

    given = read_instant(text, session.zone)
    return given.at.date() if given.bare else given.at


def read_past(text: str, row: Any, now: datetime, session: Session) -> datetime:
    """An instant that has been, now where none is given; with its time on an hour clock. Raises Said."""
    from alertd.cli.exits import Said
    from alertd.cli.instants import read_instant, refuse_ahead

    if not text:
        return now
    given = read_instant(text, session.zone)
    if given.bare and row.by_the_hour:
        raise Said("said.bare-date", found=text, rule=row.rule)
    refuse_ahead(given, now, "said.done-ahead")
    return min(given.at, now)


def print_state(key: str, name: str, session: Session, as_json: bool, **more: str) -> None:
    """What became of the deadline: the sentence under `act.KEY`, or its state and limit as JSON."""
    from alertd.cli.output import iso, print_json, rfc3339
    from alertd.cli.rows import row_limit
    from alertd.engine.operations.acts import find

    with session.store.read() as tx:
        row = find(tx, name)
    if as_json:
        zone = session.zone
        print_json(
            {
                "id": row.id,
                "state": str(row.state),
                "unit": row.unit,
                "due": rfc3339(row.due, zone),
                "last_day": iso(row.last_day),
                "next_action_at": rfc3339(row.next_action_at, zone),
                "waits": row.waits or None,
            }
        )
        return
    print(session.say(f"act.{key}", deadline=row.id, **{"due": row_limit(row, session), **more}))
