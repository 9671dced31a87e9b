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
        from alertd.saying.nodes import COLUMNS, node_cells

        headings = [session.say(f"nodes.{name}") for name in COLUMNS]
        print_table(headings, [node_cells(node, session) for node in found])
    else:
        print(session.say("nodes.none"))
