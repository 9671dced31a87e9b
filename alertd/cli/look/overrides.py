"""`alertd overrides`: what was entered on a page or a command and rules over the files for a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.overriding import Overriding


@command("overrides")
@as_json
def overrides(session: Session, as_json: bool) -> None:
    from alertd.cli.output import print_json, print_table
    from alertd.engine.reporting.overriding import not_over
    from alertd.saying.overriding import COLUMNS, override_cells

    with session.store.read() as tx:
        found = not_over(Scope(tx, session.world, session.now))
    if as_json:
        print_json([override_json(each, session) for each in found])
    elif found:
        headings = [session.say(f"overrides.{name}") for name in COLUMNS]
        print_table(headings, (override_cells(each, session) for each in found))
    else:
        print(session.say("overrides.none"))


def override_json(found: Overriding, session: Session) -> dict[str, Any]:
    """One as other programs read it; `name` is the id of what it is about."""
    from alertd.cli.output import rfc3339

    row, zone = found.row, session.zone
    return {
        "id": f"{row.id:x}",
        "kind": row.kind,
        "about": row.about,
        "name": found.deadline.id if found.deadline is not None else row.name,
        "what": row.what,
        "author": row.author,
        "reason": row.reason,
        "made_at": rfc3339(row.made_at, zone),
        "begins_at": rfc3339(row.begins_at, zone),
        "ends_at": rfc3339(row.ends_at, zone),
        "held": found.held,
    }
