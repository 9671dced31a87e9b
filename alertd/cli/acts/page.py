"""`alertd page`: one person is asked to look at a deadline now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.engine.operations.paging import Paged


@command("page")
@click.argument("person", metavar="PERSON")
@click.option("--about", metavar="DEADLINE", required=True)
@reason
@by
@as_json
def page(session: Session, person: str, about: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations import paging
    from alertd.engine.operations.acts import find
    from alertd.engine.ruling.scope import Scope

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, Paged]:
        row = find(tx, about)
        return row.id, paging.page(Scope(tx, world, now, actor), row.number, person, reason)

    deadline, paged = session.store.transact(work)
    if as_json:
        print_json({"id": deadline, "person": paged.person, "channel": paged.channel})
        return
    name = session.words.script(world.register.people[paged.person].name)
    print(session.say("act.paged", deadline=deadline, person=name, channel=paged.channel))
