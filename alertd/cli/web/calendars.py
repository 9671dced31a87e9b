"""`alertd web calendar-link`: the address of a calendar, of a person, a unit or a case, or of a badge."""

from __future__ import annotations

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import Said
from alertd.engine.ruling.scope import Scope


@command("calendar-link")
@click.argument("name", metavar="NAME")
@click.option("--about", type=click.Choice(["person", "unit", "case", "badge"]), default="person")
@click.option("--holder", metavar="PERSON", default="")
@click.option("--end", is_flag=True)
@as_json
def calendar_link(session: Session, name: str, about: str, holder: str, end: bool, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.calendars import BADGE, end_address, give_address

    if not session.node.web.url:
        raise Said("web.off")
    world, now, actor = session.world, session.now, session.actor("")
    if end:
        ended = session.store.transact(
            lambda tx: end_address(Scope(tx, world, now, actor), about, name, holder)
        )
        if as_json:
            print_json({"ended": ended})
        else:
            print(session.say("calendar-link.ended" if ended else "calendar-link.none"))
        return
    secret = session.store.transact(
        lambda tx: give_address(Scope(tx, world, now, actor), about, name, holder)
    )
    place = f"badge/{secret}.svg" if about == BADGE else f"calendar/{secret}.ics"
    address = f"{session.node.web.url}/{place}"
    if as_json:
        print_json({"address": address})
    else:
        print(address)
        print(session.say("calendar-link.once"))
