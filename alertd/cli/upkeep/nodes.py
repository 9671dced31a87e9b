"""`alertd nodes`: the daemons that share the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command

if TYPE_CHECKING:
    from alertd.engine.reporting.nodes import Node


@command("nodes")
@as_json
def nodes(session: Session, as_json: bool) -> None:
    from alertd.cli.existing import existing_store
    from alertd.cli.output import print_json, print_table, rfc3339
    from alertd.engine.reporting.nodes import every

    store = existing_store(session)
    found: tuple[Node, ...] = ()
    if store is not None:
        with store.read() as tx:
            found = every(tx, session.now, shared=not store.embedded)
    zone = session.zone
    if as_json:
        print_json(
            [
                {
                    "node": node.id,
                    "state": node.state,
                    "version": node.version,
                    "mode": node.mode or None,
                    "started": rfc3339(node.started_at, zone),
                    "seen": rfc3339(node.seen_at, zone),
                    "leased": node.leased,
                    "listens": node.listens,
                    "clock_ahead": node.ahead,
                    "older_files": node.behind,
                    "taken_over_by": node.taken_over_by or None,
                }
                for node in found
            ]
        )
    elif found:
        headings = [session.say(f"nodes.{name}") for name in ("node", "state", "seen", "leased", "note")]
        print_table(headings, [_cells(session, node) for node in found])
    else:
        print(session.say("nodes.none"))


def _cells(session: Session, node: Node) -> list[str]:
    from alertd.engine.reporting.nodes import apart
    from alertd.messages.dates import instant_text

    notes = [node.mode] if node.mode and node.state in ("running", "silent") else []
    if node.listens:
        notes.append(session.say("nodes.listens", channels=", ".join(node.listens)))
    if apart(node.ahead):
        notes.append(session.say("nodes.clock", seconds=f"{node.ahead:+.0f}"))
    if node.behind:
        notes.append(session.say("nodes.older", files=", ".join(node.behind)))
    if node.taken_over_by:
        notes.append(session.say("nodes.by", node=node.taken_over_by))
    seen = instant_text(node.seen_at, session.zone, session.language, session.today())
    return [node.id, session.say(f"nodes.word.{node.state}"), seen, str(node.leased), "; ".join(notes)]
