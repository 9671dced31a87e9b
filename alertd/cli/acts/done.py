"""`alertd ack`, `done`, `reopen`: what people did about a deadline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.exits import Said
from alertd.core.gates import RESULTS
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.engine.cases.events import Outcome


@command("ack")
@click.argument("deadline", metavar="DEADLINE")
@by
@reason
@as_json
def ack(session: Session, deadline: str, by: str, reason: str, as_json: bool) -> None:
    from alertd.cli.output import print_json, rfc3339
    from alertd.engine.operations.acts import acknowledge, find

    # A misspelt name would pass for the office, and silence everybody.
    now, world, actor = session.now, session.world, session.actor(by, known=True)

    def work(tx: Connection) -> tuple[str, datetime]:
        row = find(tx, deadline)
        return row.id, acknowledge(Scope(tx, world, now, actor), row.number, reason)

    name, until = session.store.transact(work)
    if as_json:
        print_json({"id": name, "acknowledged_until": rfc3339(until, session.zone)})
    else:
        print(session.say("act.acknowledged", deadline=name, at=_instant(until, session)))


@command("done")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--at", metavar="INSTANT", default="")
@click.option("--result", type=click.Choice(RESULTS), default=None)
@click.option("--evidence", metavar="TEXT", default="")
@by
@reason
@as_json
def done(
    session: Session,
    deadline: str,
    at: str,
    result: str | None,
    evidence: str,
    by: str,
    reason: str,
    as_json: bool,
) -> None:
    from alertd.engine.deadlines.closing import Completion
    from alertd.engine.operations.acts import find, hand_in

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> Outcome:
        row = find(tx, deadline)
        happened, bare = _happened(at, row, now, session)
        what = Completion(happened, result or "", evidence, reason, bare=bare)
        return hand_in(Scope(tx, world, now, actor), row.number, what)

    _say_done(session, session.store.transact(work), as_json)


def _happened(text: str, row: Any, now: datetime, session: Session) -> tuple[datetime, bool]:
    """When it was handed in: now, unless somebody says otherwise; and whether only the day. Raises Said."""
    from alertd.cli.instants import read_instant, refuse_ahead

    if not text:
        return now, False
    given = read_instant(text, session.zone)
    if given.bare and row.by_the_hour:
        raise Said("said.bare-date", found=text, rule=row.rule)
    refuse_ahead(given, now, "said.done-ahead")
    return given.at, given.bare


def _say_done(session: Session, outcome: Outcome, as_json: bool) -> None:
    from alertd.cli.output import print_json, rfc3339
    from alertd.engine.operations.acts import find

    with session.store.read() as tx:
        row = find(tx, outcome.id)
    if as_json:
        print_json(
            {
                "id": row.id,
                "state": str(row.state),
                "done_at": rfc3339(row.done_at, session.zone),
                "result": row.result or None,
                "breach": row.breach or None,
                "started": outcome.started,
            }
        )
        return
    print(session.say("act.done", deadline=row.id, at=_instant(row.done_at, session)))
    if row.breach:
        print("  " + session.say("act.breach", breach=session.say(f"breach.{row.breach}")))
    for name in outcome.started:
        print("  " + session.say("event.started", deadline=name, limit="").rstrip())


@command("reopen")
@click.argument("deadline", metavar="DEADLINE")
@by
@reason
@as_json
def reopen(session: Session, deadline: str, by: str, reason: str, as_json: bool) -> None:
    from alertd.cli.output import print_json, rfc3339
    from alertd.engine.operations import acts

    now, world, actor = session.now, session.world, session.actor(by)

    def work(tx: Connection) -> tuple[str, datetime | None]:
        row = acts.find(tx, deadline)
        return row.id, acts.reopen(Scope(tx, world, now, actor), row.number, reason)

    name, next_at = session.store.transact(work)
    if as_json:
        print_json({"id": name, "state": "open", "next_action_at": rfc3339(next_at, session.zone)})
    else:
        print(session.say("act.reopened", deadline=name))


def _instant(at: datetime, session: Session) -> str:
    from alertd.messages.dates import instant_text

    return instant_text(at, session.zone, session.language, session.today())
