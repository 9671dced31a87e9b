"""`alertd suspend`, `resume`, `restart`: a clock that stands still, goes on, or runs anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.ends import print_state, read_past

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@command("suspend")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--at", metavar="INSTANT", default="")
@reason
@by
@as_json
def suspend(session: Session, deadline: str, at: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.engine import pausing
    from alertd.engine.acts import find
    from alertd.messages.dates import instant_text

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, datetime]:
        row = find(tx, deadline)
        when = read_past(at, row, now, session)
        pausing.suspend(tx, world, now, row.number, when, reason, actor)
        return row.id, when

    name, when = session.store.transact(work)
    since = instant_text(when, session.zone, session.language, session.today())
    print_state("suspended", name, session, as_json, at=since)


@command("resume")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--at", metavar="INSTANT", default="")
@reason
@by
@as_json
def resume(session: Session, deadline: str, at: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.engine import pausing
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        pausing.resume(tx, world, now, row.number, read_past(at, row, now, session), reason, actor)
        return str(row.id)

    print_state("resumed", session.store.transact(work), session, as_json)


@command("restart")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--at", metavar="INSTANT", default="")
@reason
@click.option("--approver", metavar="NAME", default="")
@by
@as_json
def restart(
    session: Session, deadline: str, at: str, reason: str, approver: str, by: str, as_json: bool
) -> None:
    from alertd.engine import pausing
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        when = read_past(at, row, now, session)
        pausing.restart(tx, world, now, row.number, when, reason, actor, approver)
        return str(row.id)

    print_state("restarted", session.store.transact(work), session, as_json)
