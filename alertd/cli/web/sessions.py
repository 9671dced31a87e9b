"""`alertd web sessions` and `alertd web end-session`: who is signed in to pages, and ending that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.operations.signing_in import SessionRow


@command("sessions")
@as_json
def sessions(session: Session, as_json: bool) -> None:
    from alertd.cli.output import print_json, rfc3339
    from alertd.engine.operations.signing_in import sessions_of
    from alertd.messages.dates import instant_text

    with session.store.read() as tx:
        found = sessions_of(tx, session.now)
    zone = session.zone
    if as_json:
        print_json(
            [
                {
                    "number": f"{row.id:x}",
                    "person": row.person,
                    "desk": row.desk,
                    "browser": row.about,
                    "begun": rfc3339(row.made_at, zone),
                    "seen": rfc3339(row.seen_at, zone),
                    "until": rfc3339(row.ends_at, zone),
                }
                for row in found
            ]
        )
        return
    if not found:
        print(session.say("web.no-sessions"))
    for row in found:
        begun, seen, ends = (
            instant_text(at, zone, session.language, session.today())
            for at in (row.made_at, row.seen_at, row.ends_at)
        )
        line = {"begun": begun, "seen": seen, "ends": ends, "browser": row.about}
        print(session.say("web.session", number=f"{row.id:x}", who=_who(session, row), **line).rstrip())


def _who(session: Session, row: SessionRow) -> str:
    words = session.words
    if row.desk:
        return words.say("web.desk", unit=words.text(session.world.party_name(row.desk)))
    known = session.world.register.people.get(row.person)
    return known.name if known else row.person or words.say("web.office")


@command("end-session")
@click.argument("number", metavar="[NUMBER]", default="")
@click.option("--of", metavar="PERSON", default="")
@click.option("--desk", metavar="UNIT", default="")
def end_session(session: Session, number: str, of: str, desk: str) -> None:
    from alertd.engine.operations.signing_in import Who, leave, leave_all
    from alertd.engine.ruling.naming import person_known, unit_named

    world, now, actor = session.world, session.now, session.actor("")
    if sum(map(bool, (number, of, desk))) != 1:
        raise Said("web.which")
    if number:
        ended = _number_of(number)
        found = ended is not None and session.store.transact(
            lambda tx: leave(Scope(tx, world, now, actor), ended)
        )
        if not found:
            raise Said("web.no-session", found=number)
        count = 1
    else:
        who = Who(person_known(world.register, of).id) if of else Who(desk=unit_named(world.register, desk))
        count = session.store.transact(lambda tx: leave_all(Scope(tx, world, now, actor), who))
    print(session.say("web.ended", count=count))


def _number_of(text: str) -> int | None:
    try:
        return int(text, 16)
    except ValueError:
        return None
