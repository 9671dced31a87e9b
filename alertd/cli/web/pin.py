"""`alertd web set-pin`: the PIN by which an officer signs at the screen of a duty room."""

from __future__ import annotations

import sys

import click

from alertd.cli.context import Session
from alertd.cli.declare import command
from alertd.engine.ruling.scope import Scope


@command("set-pin")
@click.argument("person", metavar="PERSON")
@click.option("--remove", is_flag=True)
def set_pin(session: Session, person: str, remove: bool) -> None:
    from alertd.engine.operations import pins
    from alertd.engine.ruling.naming import person_known

    world, now, actor = session.world, session.now, session.actor("")
    name = person_known(world.register, person).name
    if remove:
        there = session.store.transact(lambda tx: pins.remove_pin(Scope(tx, world, now, actor), person))
        print(session.say("web.pin-removed" if there else "web.pin-none", person=name))
        return
    kept = pins.kept_of(_typed(session))
    session.store.transact(lambda tx: pins.set_pin(Scope(tx, world, now, actor), person, kept))
    print(session.say("web.pin-set", person=name))


def _typed(session: Session) -> str:
    """The PIN: typed twice and not shown, or from a pipe one line. Never an argument, which others see."""
    from getpass import getpass

    from alertd.engine.ruling.refusal import Refused

    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    first = getpass(session.say("web.pin"))
    if getpass(session.say("web.pin-again")) != first:
        raise Refused("pin-differs")
    return first
