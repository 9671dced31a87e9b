"""`alertd return`, `verify`, `waive`, `reassign`: what a receiver and a supervisor do with a deadline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.acts.doing import Doing, Done, Named, act, approver, of_case, read_fact
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.exits import USAGE, Said
from alertd.core.rights import Act
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection


@act("return", "returned", Act.RETURN, click.option("--due", metavar="DATE|INSTANT", default=""), reason)
def return_(doing: Doing, due: str, reason: str) -> Done:
    from alertd.engine.operations.acts import send_back

    row = doing.row
    send_back(doing.scope, doing.row.number, reason, read_fact(due, doing.session) if due else None)
    late = not due and row.due is not None and row.due < doing.scope.now
    return Done(lines=(doing.session.say("act.returned-late"),) if late else ())


@command("verify")
@click.argument("deadlines", metavar="DEADLINE…", nargs=-1)
@of_case
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
    case: str,
    file: str,
    obligation: str,
    occurrence: str,
    every: bool,
    reason: str,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.acts import verify_all, verify_occurrence

    names = [*deadlines, *(_listed(session, file) if file else ())]
    if bool(names or case) == every or every != bool(obligation and occurrence):
        raise Said("said.nothing-to-verify", exit_code=USAGE)
    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, ...]:
        scope = Scope(tx, world, now, actor)
        if every:
            return verify_occurrence(scope, obligation, occurrence, reason)
        of_it = [row.id for row in Named((), case, Act.VERIFY).rows(tx)] if case else []
        return verify_all(scope, [*names, *of_it], reason)

    verified = session.store.transact(work)
    if as_json:
        print_json({"verified": verified})
        return
    for name in verified:
        print(session.say("act.verified", deadline=name))
    if len(verified) > 1:
        print(session.say("act.verified-all", count=len(verified)))


def _listed(session: Session, file: str) -> list[str]:
    """The first word of each line of a file; a `#` before a number is no comment. Raises Said."""
    from alertd.cli.workbook import sheet_text

    text = sheet_text(Path(file), session)
    names = [line.split()[0].rstrip(",;") for line in text.splitlines() if line.strip()]
    if not names:
        raise Said("progress.no-rows", file=file)
    return names


@act("waive", "waived", Act.WAIVE, reason, approver)
def waive(doing: Doing, reason: str, approver: str) -> None:
    from alertd.engine.operations import acts

    acts.waive(doing.scope, doing.row.number, reason, approver)


@act("reassign", "reassigned", Act.REASSIGN, click.option("--to", metavar="UNIT", required=True), reason)
def reassign(doing: Doing, to: str, reason: str) -> Done:
    from alertd.engine.operations import moving
    from alertd.engine.ruling.naming import unit_named

    unit = unit_named(doing.scope.world.register, to)
    moving.reassign(doing.scope, doing.row.number, unit, reason)
    return Done({"unit": doing.session.words.text(doing.scope.world.party_name(unit))})
