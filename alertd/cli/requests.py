"""`alertd extend` and `alertd decline`: what a unit asks for, and what is decided about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, group, reason
from alertd.cli.ends import print_state, read_limit

if TYPE_CHECKING:
    from sqlalchemy import Connection

extend = group(
    "extend",
    {
        "ask": "alertd.cli.requests:extend_ask",
        "grant": "alertd.cli.requests:extend_grant",
        "refuse": "alertd.cli.requests:extend_refuse",
    },
)
decline = group(
    "decline",
    {
        "ask": "alertd.cli.requests:decline_ask",
        "grant": "alertd.cli.requests:decline_grant",
        "refuse": "alertd.cli.requests:decline_refuse",
    },
)


@command("ask")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--due", metavar="DATE|INSTANT", required=True)
@reason
@by
@as_json
def extend_ask(session: Session, deadline: str, due: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.core.asking import answer_in_time
    from alertd.engine.acts import find
    from alertd.engine.extending import ask_extension
    from alertd.messages.dates import day_text, instant_text

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, date | datetime, bool]:
        row = find(tx, deadline)
        end = read_limit(due, session)
        ask_extension(tx, world, now, row.number, end, reason, actor)
        return row.id, end, answer_in_time(now, row.by_the_hour, row.due, world.calendar, world.office)

    name, end, in_time = session.store.transact(work)
    if isinstance(end, datetime):
        until = instant_text(end, session.zone, session.language, session.today())
    else:
        until = day_text(end, session.language, session.today())
    print_state("extension-asked", name, session, as_json, due=until)
    if not as_json and not in_time:
        print(session.say("act.no-office-hours"))


@command("grant")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--due", metavar="DATE|INSTANT", default="")
@click.option("--approver", metavar="NAME", default="")
@by
@as_json
def extend_grant(session: Session, deadline: str, due: str, approver: str, by: str, as_json: bool) -> None:
    from alertd.engine.acts import find
    from alertd.engine.extending import grant_extension

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, list[str]]:
        row = find(tx, deadline)
        end = read_limit(due, session) if due else None
        return row.id, grant_extension(tx, world, now, row.number, actor, approver, end)

    name, moved = session.store.transact(work)
    print_state("extended", name, session, as_json)
    for other in () if as_json else moved:
        print_state("moved-with", other, session, as_json)


@command("refuse")
@click.argument("deadline", metavar="DEADLINE")
@reason
@click.option("--approver", metavar="NAME", default="")
@by
@as_json
def extend_refuse(
    session: Session, deadline: str, reason: str, approver: str, by: str, as_json: bool
) -> None:
    from alertd.engine.acts import find
    from alertd.engine.extending import refuse_extension

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        refuse_extension(tx, world, now, row.number, reason, actor, approver)
        return str(row.id)

    print_state("not-granted", session.store.transact(work), session, as_json)


# ---------------------------------------------------------------- another unit's


@command("ask")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--to", metavar="UNIT", default="")
@reason
@by
@as_json
def decline_ask(session: Session, deadline: str, to: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.cli.names import unit_named
    from alertd.engine import moving
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)
    unit = unit_named(world.register, to) if to else ""

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        moving.decline(tx, world, now, row.number, reason, actor, unit)
        return str(row.id)

    print_state("declined", session.store.transact(work), session, as_json)


@command("grant")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--to", metavar="UNIT", default="")
@reason
@by
@as_json
def decline_grant(session: Session, deadline: str, to: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.cli.names import unit_named
    from alertd.engine import moving
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)
    unit = unit_named(world.register, to) if to else ""

    def work(tx: Connection) -> tuple[str, str]:
        row = find(tx, deadline)
        return row.id, moving.accept_decline(tx, world, now, row.number, actor, unit, reason)

    name, taken = session.store.transact(work)
    unit_name = session.words.text(world.register.units[taken].name)
    print_state("reassigned", name, session, as_json, unit=unit_name)


@command("refuse")
@click.argument("deadline", metavar="DEADLINE")
@reason
@by
@as_json
def decline_refuse(session: Session, deadline: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.engine import moving
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        moving.refuse_decline(tx, world, now, row.number, reason, actor)
        return str(row.id)

    print_state("not-granted", session.store.transact(work), session, as_json)
