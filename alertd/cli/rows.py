"""What is stored in words: the limit, state and standing of a deadline, what it is about, and people."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from alertd.cli.context import Session
from alertd.cli.exits import NO, YES

if TYPE_CHECKING:
    from alertd.core.timing import Limits
    from alertd.engine.reporting.queries import Lost
    from alertd.engine.ruling.world import World


def say_lost(session: Session, lost: Sequence[Lost]) -> int:
    """Name on stderr what a list cannot show; the exit code: NO where anything is missing from it."""
    for each in lost:
        print(session.say("said.unreadable", name=each.name, said=each.said), file=sys.stderr)
    return NO if lost else YES


def limit_rows(
    limits: Limits, by_the_hour: bool, session: Session, reference: date | None = None
) -> list[tuple[str, str]]:
    """(name, text) of the bounds there are, in the order people read them."""
    from alertd.messages.dates import due_text, limit_text

    zone, language, rows = session.zone, session.language, []
    if limits.earliest is not None:
        rows.append((session.say("when.earliest"), limit_text(limits.earliest, zone, language, reference)))
    if limits.due is not None:
        due = due_text(
            due=limits.due,
            last_day=limits.last_day,
            office_due=limits.office_due,
            by_the_hour=by_the_hour,
            zone=zone,
            language=language,
            reference=reference,
        )
        rows.append((session.say("when.due"), due))
    return rows


def who(session: Session, world: World, person: str) -> str:
    """A person's name with the unit."""
    known = world.register.people.get(person)
    if known is None:
        return person
    unit = world.register.units.get(known.unit)
    name = session.words.text(unit.name) if unit else known.unit
    return session.say("preview.who", person=session.words.script(known.name), unit=name)
