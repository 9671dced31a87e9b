"""`alertd extend` and `alertd decline`: what a unit asks for, and what is decided about it."""

from __future__ import annotations

from datetime import datetime

import click

from alertd.cli.acts.doing import Doing, Done, act, approver, read_fact
from alertd.cli.declare import group, reason
from alertd.core.rights import Act

extend = group(
    "extend",
    {
        "ask": "alertd.cli.acts.extend:extend_ask",
        "grant": "alertd.cli.acts.extend:extend_grant",
        "refuse": "alertd.cli.acts.extend:extend_refuse",
    },
)
decline = group(
    "decline",
    {
        "ask": "alertd.cli.acts.extend:decline_ask",
        "grant": "alertd.cli.acts.extend:decline_grant",
        "refuse": "alertd.cli.acts.extend:decline_refuse",
    },
)
_needed_due = click.option("--due", metavar="DATE|INSTANT", required=True)
_due = click.option("--due", metavar="DATE|INSTANT", default="")
_to = click.option("--to", metavar="UNIT", default="")


@act(
    "ask", "extension-asked", Act.EXTEND, click.option("--due", metavar="DATE|INSTANT", required=True), reason
)
def extend_ask(doing: Doing, due: str, reason: str) -> Done:
    from alertd.core.asking import answer_in_time
    from alertd.engine.operations.more_time import ask_extension
    from alertd.messages.dates import day_text, instant_text

    session, world, row = doing.session, doing.scope.world, doing.row
    end = read_fact(due, session)
    ask_extension(doing.scope, doing.row.number, end, reason)
    if isinstance(end, datetime):
        until = instant_text(end, session.zone, session.language, session.today())
    else:
        until = day_text(end, session.language, session.today())
    in_time = answer_in_time(doing.scope.now, row.by_the_hour, row.due, world.calendar, world.office)
    return Done({"due": until}, () if in_time else (session.say("act.no-office-hours"),))


@act(
    "grant",
    "extended",
    Act.DECIDE_EXTEND,
    click.option("--due", metavar="DATE|INSTANT", default=""),
    approver,
    asked="extend",
)
def extend_grant(doing: Doing, due: str, approver: str) -> Done:
    from alertd.engine.operations.acts import find
    from alertd.engine.operations.more_time import grant_extension
    from alertd.saying.rows import row_limit

    session = doing.session
    end = read_fact(due, session) if due else None
    moved = [
        find(doing.scope.tx, name) for name in grant_extension(doing.scope, doing.row.number, approver, end)
    ]
    said = (session.say("act.moved-with", deadline=row.id, due=row_limit(row, session)) for row in moved)
    return Done(lines=tuple(said))


@act("refuse", "not-granted", Act.DECIDE_EXTEND, reason, approver, asked="extend")
def extend_refuse(doing: Doing, reason: str, approver: str) -> None:
    from alertd.engine.operations.more_time import refuse_extension

    refuse_extension(doing.scope, doing.row.number, reason, approver)


# ---------------------------------------------------------------- another unit's


@act("ask", "declined", Act.DECLINE, _to, reason)
def decline_ask(doing: Doing, to: str, reason: str) -> None:
    from alertd.engine.operations.moving import decline as say_so
    from alertd.engine.ruling.naming import unit_named

    unit = unit_named(doing.scope.world.register, to) if to else ""
    say_so(doing.scope, doing.row.number, reason, unit)


@act("grant", "reassigned", Act.DECIDE_DECLINE, _to, reason, asked="decline")
def decline_grant(doing: Doing, to: str, reason: str) -> Done:
    from alertd.engine.operations.moving import accept_decline
    from alertd.engine.ruling.naming import unit_named

    unit = unit_named(doing.scope.world.register, to) if to else ""
    taken = accept_decline(doing.scope, doing.row.number, unit, reason)
    return Done({"unit": doing.session.words.text(doing.scope.world.party_name(taken))})


@act("refuse", "not-granted", Act.DECIDE_DECLINE, reason, asked="decline")
def decline_refuse(doing: Doing, reason: str) -> None:
    from alertd.engine.operations.moving import refuse_decline

    refuse_decline(doing.scope, doing.row.number, reason)
