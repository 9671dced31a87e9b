"""`alertd nodes`: the daemons that share the store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command

if TYPE_CHECKING:
    from datetime import datetime

#: nodes that ended longer ago are left out
_SHOWN = timedelta(days=1)


@command("nodes")
@as_json
def nodes(session: Session, as_json: bool) -> None:
    from alertd.cli.existing import existing_store
    from alertd.cli.output import print_json, print_table, rfc3339
    from alertd.store import nodes as stored

    store = existing_store(session)
    rows: list[Any] = []
    posts: dict[str, str] = {}
    if store is not None:
        with store.read() as tx:
            rows = list(stored.every(tx))
            posts = stored.listeners(tx)
    shared = store is not None and not store.embedded
    now, zone = session.now, session.zone
    rows = [row for row in rows if row.stopped_at is None or now - row.stopped_at < _SHOWN]
    states = {row.id: state_of(row, now, shared) for row in rows}
    if as_json:
        print_json(
            [
                {
                    "node": row.id,
                    "state": states[row.id],
                    "version": row.version,
                    "mode": (row.about or {}).get("mode"),
                    "started": rfc3339(row.started_at, zone),
                    "seen": rfc3339(row.seen_at, zone),
                    "leased": row.leased,
                    "listens": [channel for channel, node in posts.items() if node == row.id],
                    "older_files": (row.about or {}).get("behind", []),
                    "taken_over_by": (row.about or {}).get("taken_over_by") or None,
                }
                for row in rows
            ]
        )
    elif rows:
        headings = [session.say(f"nodes.{name}") for name in ("node", "state", "seen", "leased", "note")]
        print_table(headings, [_cells(session, row, states[row.id], posts) for row in rows])
    else:
        print(session.say("nodes.none"))


def state_of(row: Any, now: datetime, shared: bool) -> str:
    """running, silent (no sign of life lately), taken-over or stopped."""
    from alertd.engine.running.neighbours import alive

    if row.stopped_at is not None:
        return "taken-over" if (row.about or {}).get("taken_over_by") else "stopped"
    quiet = timedelta(seconds=30) if shared else None
    return "running" if alive(row.seen_at, now, quiet) else "silent"


def _cells(session: Session, row: Any, state: str, posts: dict[str, str]) -> list[str]:
    from alertd.messages.dates import instant_text

    about = row.about or {}
    notes = [about["mode"]] if about.get("mode") and state in ("running", "silent") else []
    listens = [channel for channel, node in posts.items() if node == row.id]
    if listens:
        notes.append(session.say("nodes.listens", channels=", ".join(listens)))
    if about.get("behind"):
        notes.append(session.say("nodes.older", files=", ".join(about["behind"])))
    if about.get("taken_over_by"):
        notes.append(session.say("nodes.by", node=about["taken_over_by"]))
    seen = instant_text(row.seen_at, session.zone, session.language, session.today())
    return [row.id, session.say(f"nodes.word.{state}"), seen, str(row.leased), "; ".join(notes)]
