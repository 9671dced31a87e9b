"""`alertd event confirm` and `event upgrade`: what is known of an event grows."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from alertd.cli.cases.event_report import limits_of
from alertd.cli.cases.gate import verdict_json
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, yes
from alertd.cli.exits import NO, YES
from alertd.cli.severity import level_named
from alertd.engine.ruling.scope import Scope


@command("confirm")
@click.argument("identity", metavar="ID")
@yes
@by
@as_json
def confirm(session: Session, identity: str, yes: bool, by: str, as_json: bool) -> int:
    """Asked about only where it goes past a shut gate."""
    from alertd.cli.output import confirmed, print_json
    from alertd.engine.operations import events, reading_back
    from alertd.saying.events import warning

    asked = events.Confirm(identity)
    now, world, actor = session.now, session.world, session.actor(by)
    if not yes:
        with session.store.read() as tx:
            shut = reading_back.confirm_read_back(Scope(tx, world, now), asked)
        if shut:
            print("\n".join(warning(shut, session)), file=sys.stderr)
            if not confirmed(session, session.say("event.ask-confirm"), yes):
                print(session.say("said.aborted"), file=sys.stderr)
                return NO
    done = session.store.transact(lambda tx: events.confirm(Scope(tx, world, now, actor), asked))
    if as_json:
        gates = [verdict_json(verdict) for verdict in done.shut]
        print_json({"id": done.id, "told": done.told, "gates": gates})
        return YES
    print(session.say("event.confirmed", id=done.id))
    _say_told(session, done.told)
    for verdict in done.shut:
        print("  " + session.say("event.went-past", gate=verdict.gate.id))
    return YES


def _say_told(session: Session, told: Sequence[str]) -> None:
    if told:
        people = session.world.register.people
        names = session.words.say("text.list").join(session.words.script(people[one].name) for one in told)
        print(session.say("event.told-now", names=names))


@command("upgrade")
@click.argument("identity", metavar="ID")
@click.option("--severity", metavar="SEVERITY", required=True)
@click.option("--at", metavar="INSTANT", default="")
@by
@as_json
def upgrade(session: Session, identity: str, severity: str, at: str, by: str, as_json: bool) -> int:
    from alertd.cli.instants import read_instant
    from alertd.cli.output import print_json
    from alertd.engine.operations import events
    from alertd.engine.reporting.queries import event_type
    from alertd.saying.events import level_text

    since = read_instant(at, session.zone).fact if at else None
    now, world, actor = session.now, session.world, session.actor(by)
    with session.store.read() as tx:
        kind = event_type(tx, identity)
    asked = events.Upgrade(identity, level_named(session, kind, severity), since)
    done = session.store.transact(lambda tx: events.upgrade(Scope(tx, world, now, actor), asked))
    if as_json:
        about = {"id": done.id, "severity": done.severity, "started": done.started, "moved": done.moved}
        print_json({**about, "told": done.told})
        return YES
    print(session.say("event.upgraded", id=done.id, severity=level_text(kind, done.severity, session)))
    limits = limits_of(session, done.moved)
    for name in done.moved:
        print("  " + session.say("event.recounted", deadline=name, limit=limits[name]))
    for name in done.started:
        print("  " + session.say("event.started", deadline=name, limit="").rstrip())
    _say_told(session, done.told)
    return YES
