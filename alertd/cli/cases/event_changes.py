"""`alertd event correct` and `event cancel`: what was reported was wrong."""

from __future__ import annotations

import sys

import click

from alertd.cli.cases.event import INSTANTS, gather, instant_options
from alertd.cli.cases.gate import verdict_json
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason, yes
from alertd.cli.exits import NO, YES
from alertd.cli.instants import read_day
from alertd.cli.severity import level_named
from alertd.engine.ruling.scope import Scope


@command("correct")
@click.argument("identity", metavar="ID")
@instant_options
@click.option("--due", metavar="DATE", default="")
@click.option("--severity", metavar="SEVERITY", default="")
@click.option("--urgent", metavar="REASON", default="")
@click.option("--not-urgent", is_flag=True)
@reason
@click.option("--approver", metavar="NAME", default="")
@click.option("--planned", is_flag=True)
@yes
@by
@as_json
def correct(
    session: Session,
    identity: str,
    due: str,
    severity: str,
    urgent: str,
    not_urgent: bool,
    reason: str,
    approver: str,
    planned: bool,
    yes: bool,
    by: str,
    as_json: bool,
    **instants: str,
) -> int:
    from alertd.cli.output import confirmed, fitted, print_json
    from alertd.engine.operations import events, reading_back
    from alertd.saying.events import corrected

    texts = {name: instants[name] for name in ("at", *INSTANTS)}
    kind = _type_of(session, identity) if severity or any(texts.values()) else ""
    given = gather(session, kind, texts) if any(texts.values()) else {}
    day, level = read_day(due) if due else None, level_named(session, kind, severity)
    asked = events.Correct(identity, given, day, reason, approver, planned, level, urgent, not_urgent)
    now, world, actor = session.now, session.world, session.actor(by)
    with session.store.read() as tx:
        back = reading_back.correct_read_back(Scope(tx, world, now), asked)
    if not yes:
        print("\n".join(fitted(corrected(back, session), error=True)), file=sys.stderr)
        if not confirmed(session, session.say("event.ask-correct"), yes):
            print(session.say("said.aborted"), file=sys.stderr)
            return NO
    done = session.store.transact(lambda tx: events.correct(Scope(tx, world, now, actor), asked))
    if as_json:
        gates = [verdict_json(verdict) for verdict in done.shut]
        clocks = {"moved": done.moved, "cancelled": done.cancelled, "started": done.started}
        print_json({"id": done.id, **clocks, "gates": gates})
    else:
        print(session.say("event.corrected", id=done.id, count=len(done.moved)))
        for name in done.moved:
            print(f"  ~ {name}")
        for name in done.cancelled:
            print(f"  - {name}")
        for name in done.started:
            print(f"  + {name}")
        for verdict in done.shut:
            print("  " + session.say("event.went-past", gate=verdict.gate.id))
    return YES


def _type_of(session: Session, identity: str) -> str:
    """The type of a stored event. Raises Refused for an unknown event."""
    from alertd.engine.reporting.queries import event_type
    from alertd.engine.ruling.naming import event_type_named

    with session.store.read() as tx:
        kind = event_type(tx, identity)
    return event_type_named(session.world.register, kind)


@command("cancel")
@click.argument("identity", metavar="ID")
@reason
@yes
@by
@as_json
def cancel(session: Session, identity: str, reason: str, yes: bool, by: str, as_json: bool) -> int:
    from alertd.cli.output import confirmed, fitted, print_json
    from alertd.engine.operations import events, reading_back

    asked = events.Cancel(identity, reason)
    now, world, actor = session.now, session.world, session.actor(by)
    with session.store.read() as tx:
        running = reading_back.cancel_read_back(Scope(tx, world, now), asked)
    if not yes:
        lines = [session.say("event.cancels", id=identity, count=len(running))]
        lines += [f"  - #{row.number} {row.id}" for row in running]
        print("\n".join(fitted(lines, error=True)), file=sys.stderr)
        if not confirmed(session, session.say("event.ask-cancel"), yes):
            print(session.say("said.aborted"), file=sys.stderr)
            return NO
    done = session.store.transact(lambda tx: events.cancel(Scope(tx, world, now, actor), asked))
    if as_json:
        print_json({"id": done.id, "cancelled": done.cancelled})
    else:
        print(session.say("event.cancelled", id=done.id, count=len(done.cancelled)))
        for name in done.cancelled:
            print(f"  - {name}")
    return YES
