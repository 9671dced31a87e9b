"""`alertd requests`: what units have asked for and nobody has decided; requests in words, for `show` too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
        _asked(each.request, session),
        session.say("requests.days", days=each.days, working=each.working_days),
        due,
        names or session.say("requests.office"),
        words.script(each.request.reason),
    )


def what_text(request: Any, session: Session) -> str:
    """What is asked for: more time until when, or that another unit does it."""
    if request.kind == "extend":
        return session.say("requests.extend", end=_end_text(request.wanted, session))
    if not request.wanted:
        return session.say("requests.decline")
    unit = session.words.text(session.world.party_name(request.wanted))
    return session.say("requests.decline-to", unit=unit)


def _end_text(wanted: str, session: Session) -> str:
    from alertd.engine.operations.requesting import read_end
    from alertd.messages.dates import day_text, instant_text

    end = read_end(wanted)
    if isinstance(end, datetime):
        return instant_text(end, session.zone, session.language, session.today())
    return day_text(end, session.language, session.today())


def _asked(request: Any, session: Session) -> str:
    return session.say("requests.by", name=_name(request.asked_by, session), at=_at(request, session))


def _name(actor: str, session: Session) -> str:
    """A person of the directory by name, whoever else as it was recorded."""
    person = session.world.register.people.get(actor.partition(" (")[0])
    return session.words.script(person.name) if person else actor


def _at(request: Any, session: Session) -> str:
    from alertd.messages.dates import instant_text

    return instant_text(request.asked_at, session.zone, session.language, session.today())


def request_rows(found: Sequence[Any], open_: bool, session: Session) -> list[tuple[str, str, str]]:
    """The requests about one deadline as lines: what, by whom and when, what became of it."""
    rows = []
    for request in found:
        said = session.say(f"requests.{request.decision or ('waiting' if open_ else 'lapsed')}")
        if request.decision:
            said = session.say("requests.decided", what=said, name=_name(request.decided_by, session))
        rows.append((what_text(request, session), _asked(request, session), said))
    return rows
