"""`alertd event confirm` and `event upgrade`: what is known of an event grows."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from alertd.cli.cases.gate import shut_by_stored, verdict_json, warning
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, yes
from alertd.cli.exits import NO, YES
from alertd.engine.ruling.scope import Scope


@command("confirm")
@click.argument("identity", metavar="ID")
@yes
@by
@as_json
def confirm(session: Session, identity: str, yes: bool, by: str, as_json: bool) -> int:
    """Asked about only where it goes past a shut gate."""
    from alertd.cli.output import confirmed, print_json
    from alertd.engine.cases import confirming

    now, world, actor = session.now, session.world, session.actor(by)
    with session.store.read() as tx:
        shut = shut_by_stored(tx, world, identity)
    if shut and not yes:
        print("\n".join(warning(shut, session)), file=sys.stderr)
        if not confirmed(session, session.say("event.ask-confirm"), yes):
            print(session.say("said.aborted"), file=sys.stderr)
            return NO
    told = session.store.transact(lambda tx: confirming.confirm(Scope(tx, world, now, actor), identity))
    if as_json:
        gates = [verdict_json(verdict) for verdict in shut]
        print_json({"id": identity, "told": list(told), "gates": gates})
        return YES
    print(session.say("event.confirmed", id=identity))
    _say_told(session, told)
    for verdict in shut:
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
    from alertd.cli.instants import read_instant, refuse_ahead
    from alertd.cli.output import print_json
    from alertd.engine.cases import upgrading

    now, world, actor = session.now, session.world, session.actor(by)
    since = now
    if at:
        given = read_instant(at, session.zone)
        refuse_ahead(given, now)
        since = given.at
    outcome = session.store.transact(
        lambda tx: upgrading.upgrade(Scope(tx, world, now, actor), identity, severity, since)
    )
    if as_json:
        said = {"id": identity, "severity": severity, "started": outcome.started, "told": list(outcome.told)}
        print_json(said)
        return YES
    print(session.say("event.upgraded", id=identity, severity=severity))
    for name in outcome.started:
        print("  " + session.say("event.started", deadline=name, limit="").rstrip())
    _say_told(session, outcome.told)
    return YES
