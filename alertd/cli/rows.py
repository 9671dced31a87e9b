"""Lists on the command line: what they cannot show, and whom they name."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alertd.cli.context import Session
from alertd.cli.exits import NO, YES

if TYPE_CHECKING:
    from alertd.engine.reporting.queries import Lost
    from alertd.engine.ruling.world import World


def say_lost(session: Session, lost: Sequence[Lost]) -> int:
    """Name on stderr what a list cannot show; the exit code: NO where anything is missing from it."""
    for each in lost:
        print(session.say("said.unreadable", name=each.name, said=each.said), file=sys.stderr)
    return NO if lost else YES


def who(session: Session, world: World, person: str) -> str:
    """A person's name with the unit."""
    known = world.register.people.get(person)
    if known is None:
        return person
    unit = world.register.units.get(known.unit)
    name = session.words.text(unit.name) if unit else known.unit
    return session.say("preview.who", person=session.words.script(known.name), unit=name)
