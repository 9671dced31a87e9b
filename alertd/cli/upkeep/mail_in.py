"""`alertd mail-in < message`: what a mail server hands over that was answered, or came back.

The exit codes are those that a mail server's pipe understands (sysexits.h): 0 for done, 67 for a mail that
answers nothing of ours, which its sender then hears, and 75 for what is to be tried again.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from alertd.cli.context import Session
from alertd.cli.declare import command
from alertd.cli.exits import BUSY, NOBODY, USAGE, YES, Said
from alertd.engine.ruling.scope import Scope


@command("mail-in")
@click.option("--recipient", metavar="ADDRESS", default="")
def mail_in(session: Session, recipient: str) -> int:
    from alertd.engine.operations.writing import put_aside
    from alertd.engine.sending.letters import Taken, take_in
    from alertd.installation import StoreError
    from alertd.mailin.letter import Kind
    from alertd.mailin.parts import LONGEST_MESSAGE
    from alertd.mailin.reading import read

    if sys.stdin.isatty():
        raise Said("mail-in.nothing", USAGE)
    raw = sys.stdin.buffer.read(LONGEST_MESSAGE + 1)
    letter = read(raw, recipient)
    now, world = session.now, session.world
    if not (world.replies or world.bounces):
        raise Said("mail-in.off", BUSY)
    try:
        taken = session.store.transact(lambda tx: take_in(Scope(tx, world, now), letter))
    except StoreError as fault:
        raise Said("mail-in.later", BUSY, why=str(fault)) from fault
    except Exception as fault:
        where, slip = session.say("mail-in.queue", mail=letter.name[:12]), _slip(fault)
        session.store.transact(lambda tx: put_aside(Scope(tx, world, now), where, slip))
        raise Said("mail-in.later", BUSY, why=slip) from None
    print(session.say(f"mail-in.{taken}"))
    return NOBODY if taken is Taken.UNKNOWN and letter.kind is not Kind.BOUNCE else YES


def _slip(fault: Exception) -> str:
    """What slipped and where, without the values: those are somebody's mail."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} ({Path(last.filename).name}:{last.lineno})"
