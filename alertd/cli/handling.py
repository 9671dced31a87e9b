"""`alertd return`, `verify`, `waive`, `reassign`: what a receiver and a supervisor do with a deadline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.ends import print_state, read_limit
from alertd.cli.faults import USAGE, Said

if TYPE_CHECKING:
    from sqlalchemy import Connection


@command("return")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--due", metavar="DATE|INSTANT", default="")
@reason
@by
@as_json
def return_(session: Session, deadline: str, due: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.engine.acts import find
    from alertd.engine.returning import send_back

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, bool]:
        row = find(tx, deadline)
        end = read_limit(due, session) if due else None
        send_back(tx, world, now, row.number, reason, actor, end)
        return row.id, bool(not due and row.due is not None and row.due < now)

    name, late = session.store.transact(work)
    print_state("returned", name, session, as_json)
    if late and not as_json:
        print(session.say("act.returned-late"))


@command("verify")
@click.argument("deadlines", metavar="DEADLINE…", nargs=-1)
@click.option("--from", "file", metavar="FILE", default="")
@click.option("--obligation", metavar="ID", default="")
@click.option("--occurrence", metavar="PERIOD|CASE", default="")
@click.option("--all", "every", is_flag=True)
@reason
@by
@as_json
def verify(
    session: Session,
    deadlines: tuple[str, ...],
    file: str,
    obligation: str,
    occurrence: str,
    every: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.acts import find
    from alertd.engine.returning import verify as strike_off

    names = [*deadlines, *(_listed(session, file) if file else ())]
    if bool(names) == every or every != bool(obligation and occurrence):
        raise Said("said.nothing-to-verify", exit_code=USAGE)
    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> list[str]:
        wanted = names or _handed_in(tx, obligation, occurrence)
        rows = {row.number: row for row in (find(tx, name) for name in wanted)}
        for number in rows:
            strike_off(tx, world, now, number, actor, reason)
        return [row.id for row in rows.values()]

    verified = session.store.transact(work)  # all of them, or none
    if as_json:
        print_json({"verified": verified})
        return
    for name in verified:
        print(session.say("act.verified", deadline=name))
    if len(verified) > 1:
        print(session.say("act.verified-all", count=len(verified)))


def _listed(session: Session, file: str) -> list[str]:
    """The first word of each line of a file; a `#` before a number is no comment. Raises Said."""
    try:
        text = Path(session.cwd, file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else "UTF-8"
        raise Said("said.no-list", file=file, said=said or "") from None
    return [line.split()[0].rstrip(",;") for line in text.splitlines() if line.strip()]


def _handed_in(tx: Connection, obligation: str, occurrence: str) -> list[str]:
    from alertd.core.model import State
    from alertd.store.deadlines import of_occurrences

    rows = of_occurrences(tx, [(obligation, occurrence)])
    found = [name for name, row in rows.items() if row.state == State.DONE]
    if not found:
        raise Said("said.none-handed-in", obligation=obligation, occurrence=occurrence)
    return found


@command("waive")
@click.argument("deadline", metavar="DEADLINE")
@reason
@click.option("--approver", metavar="NAME", default="")
@by
@as_json
def waive(session: Session, deadline: str, reason: str, approver: str, by: str, as_json: bool) -> None:
    from alertd.engine import returning
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        returning.waive(tx, world, now, row.number, reason, actor, approver)
        return str(row.id)

    print_state("waived", session.store.transact(work), session, as_json)


@command("reassign")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--to", metavar="UNIT", required=True)
@reason
@by
@as_json
def reassign(session: Session, deadline: str, to: str, reason: str, by: str, as_json: bool) -> None:
    from alertd.cli.names import unit_named
    from alertd.engine import moving
    from alertd.engine.acts import find

    now, world, actor = session.now, session.world, session.actor(by)
    unit = unit_named(world.register, to)

    def work(tx: Connection) -> str:
        row = find(tx, deadline)
        moving.reassign(tx, world, now, row.number, unit, reason, actor)
        return str(row.id)

    name = session.store.transact(work)
    print_state(
        "reassigned", name, session, as_json, unit=session.words.text(world.register.units[unit].name)
    )
