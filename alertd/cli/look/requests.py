"""`alertd requests`: what units have asked for and nobody has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.deciding import WaitingRequest


@command("requests")
@as_json
def requests(session: Session, as_json: bool) -> None:
    from alertd.cli.output import print_json, print_table
    from alertd.engine.reporting.deciding import waiting

    with session.store.read() as tx:
        found = waiting(Scope(tx, session.world, session.now))
    if as_json:
        print_json([_waiting_json(each, session) for each in found])
        return
    if not found:
        print(session.say("requests.none"))
        return
    columns = ("number", "what", "asked", "waits", "due", "who", "reason")
    print_table([session.say(f"requests.{name}") for name in columns], (_cells(e, session) for e in found))


def _waiting_json(each: WaitingRequest, session: Session) -> dict[str, Any]:
    from alertd.cli.output import rfc3339

    return {
        "id": each.row.id,
        "number": each.row.number,
        "unit": each.row.unit,
        **request_json(each.request, session),
        "due": rfc3339(each.row.due, session.zone),
        "in_time": each.in_time,
        "deciders": [person.id for person in each.deciders],
        "waiting_days": each.days,
        "waiting_working_days": each.working_days,
    }


def request_json(request: Any, session: Session) -> dict[str, Any]:
    """One request, waiting or decided; `wanted` is a day, an instant or a unit."""
    from alertd.cli.output import rfc3339

    zone = session.zone
    return {
        "kind": request.kind,
        "asked_by": request.asked_by,
        "asked_at": rfc3339(request.asked_at, zone),
        "wanted": request.wanted or None,
        "reason": request.reason,
        "decision": request.decision or None,
        "decided_by": request.decided_by or None,
        "decided_at": rfc3339(request.decided_at, zone),
    }


def _cells(each: WaitingRequest, session: Session) -> tuple[str, ...]:
    from alertd.saying.requests import asked_text, what_text
    from alertd.saying.rows import row_limit, row_party, row_title

    words, row = session.words, each.row
    title = words.say("text.heading", title=row_title(row, session), party=row_party(row, session))
    what = session.words.say("show.because", what=title, why=what_text(each.request, session))
    due = row_limit(row, session)
    if not each.in_time:
        late = "over" if row.due is not None and session.now > row.due else "now"
        due = words.say("fact.state", state=due, standing=session.say(f"requests.{late}"))
    names = words.say("text.list").join(words.script(person.name) for person in each.deciders)
    return (
        f"#{row.number}",
        what,
        asked_text(each.request, session),
        session.say("requests.days", days=each.days, working=each.working_days),
        due,
        names or session.say("requests.office"),
        words.script(each.request.reason),
    )
