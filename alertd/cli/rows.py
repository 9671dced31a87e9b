"""What is stored in words: the limit, state and standing of a deadline, what it is about, and people."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.exits import NO, YES

if TYPE_CHECKING:
    from alertd.core.model import Standing
    from alertd.core.timing import Limits
    from alertd.engine.reporting.queries import Lost
    from alertd.engine.ruling.world import World


def row_limit(row: Any, session: Session) -> str:
    """The limit people are asked to keep; for a minimum duration the day it is over; "" for neither."""
    from alertd.messages.dates import due_text, limit_text

    zone, language, today = session.zone, session.language, session.today()
    if row.due is None:
        if row.earliest is None:
            return ""
        return session.say("row.earliest", at=limit_text(row.earliest, zone, language, today))
    text = due_text(
        due=row.due,
        last_day=row.last_day,
        office_due=row.office_due,
        by_the_hour=row.by_the_hour,
        zone=zone,
        language=language,
        reference=today,
    )
    text = session.words.say("fact.provisional", due=text) if row.provisional else text
    obligation = session.world.register.obligations.get(row.obligation)
    chosen = obligation is not None and obligation.choice
    return session.words.say("fact.choice-short", due=text) if chosen else text


def row_title(row: Any, session: Session, *, carried: bool = True) -> str:
    """The obligation's title with the period or the case; its id where the register knows it no longer.

    What was carried over says from which plan, unless that is said elsewhere.
    """
    from alertd.messages.dates import occurrence_text

    obligation = session.world.register.obligations.get(row.obligation)
    title = session.words.text(obligation.title) if obligation else str(row.obligation)
    about = row.case_id or occurrence_text(row.occurrence, session.language) or row.occurrence
    if row.turn:
        about = session.say("row.turn", case=about, number=row.turn)
    if carried and row.carried_from:
        plan = session.say("row.carried", plan=row.carried_from)
        about = session.words.say("text.list").join((about, plan))
    return session.say("row.title", title=title, about=about)


def say_lost(session: Session, lost: Sequence[Lost]) -> int:
    """Name on stderr what a list cannot show; the exit code: NO where anything is missing from it."""
    for each in lost:
        print(session.say("said.unreadable", name=each.name, said=each.said), file=sys.stderr)
    return NO if lost else YES


def row_party(row: Any, session: Session) -> str:
    return session.words.text(session.world.party_name(row.party))


def row_state(row: Any, standing: Standing | None, session: Session) -> str:
    """State and standing in words, with the breach that stays after it is done."""
    words = session.words
    text = words.word("state", row.state)
    if row.result in ("ended", "missed"):  # it was closed, and not by a hand-in or a false alarm
        return words.word("result", row.result)
    if standing is not None:
        key = "overdue-hours" if standing == "overdue" and row.by_the_hour else str(standing)
        text = words.say("fact.state", state=text, standing=words.word("standing", key))
    if row.breach:
        text = words.say("fact.state", state=text, standing=session.say(f"breach.{row.breach}"))
    return text


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
