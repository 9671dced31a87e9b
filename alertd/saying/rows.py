"""A deadline in words: what it is about, who owes it, its limit, its state."""

from __future__ import annotations

from datetime import date
from typing import Any

from alertd.core.model import Standing
from alertd.core.timing import Limits
from alertd.messages.dates import due_text, limit_text, occurrence_text
from alertd.saying.voice import Voice


def limit_rows(
    limits: Limits, by_the_hour: bool, voice: Voice, reference: date | None = None
) -> list[tuple[str, str]]:
    """(name, text) of the bounds there are, in the order people read them."""
    words, zone, language, rows = voice.words, voice.zone, voice.language, []
    if limits.earliest is not None:
        earliest = limit_text(limits.earliest, zone, language, reference)
        rows.append((words.say("cli.when.earliest"), earliest))
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
        rows.append((words.say("cli.when.due"), due))
    return rows


def row_limit(row: Any, voice: Voice) -> str:
    """The limit people are asked to keep; for a minimum duration the day it is over; "" for neither."""
    zone, language, today = voice.zone, voice.language, voice.today()
    if row.due is None:
        if row.earliest is None:
            return ""
        return voice.words.say("row.earliest", at=limit_text(row.earliest, zone, language, today))
    text = due_text(
        due=row.due,
        last_day=row.last_day,
        office_due=row.office_due,
        by_the_hour=row.by_the_hour,
        zone=zone,
        language=language,
        reference=today,
    )
    text = voice.words.say("fact.provisional", due=text) if row.provisional else text
    obligation = voice.world.register.obligations.get(row.obligation)
    chosen = obligation is not None and obligation.choice
    return voice.words.say("fact.choice-short", due=text) if chosen else text


def row_title(row: Any, voice: Voice, *, carried: bool = True) -> str:
    """The obligation's title with the period or the case; its id where the register knows it no longer.

    What was carried over says from which plan, unless that is said elsewhere.
    """
    obligation = voice.world.register.obligations.get(row.obligation)
    title = voice.words.text(obligation.title) if obligation else str(row.obligation)
    about = row.case_id or occurrence_text(row.occurrence, voice.language) or row.occurrence
    if row.turn:
        about = voice.words.say("row.turn", case=about, number=row.turn)
    if carried and row.carried_from:
        plan = voice.words.say("row.carried", plan=row.carried_from)
        about = voice.words.say("text.list").join((about, plan))
    return voice.words.say("row.title", title=title, about=about)


def row_party(row: Any, voice: Voice) -> str:
    return voice.words.text(voice.world.party_name(row.party))


def row_state(row: Any, standing: Standing | None, voice: Voice) -> str:
    """State and standing in words, with the breach that stays after it is done."""
    words = voice.words
    text = words.word("state", row.state)
    if row.result in ("ended", "missed"):  # it was closed, and not by a hand-in or a false alarm
        return words.word("result", row.result)
    if standing is not None:
        key = "overdue-hours" if standing == "overdue" and row.by_the_hour else str(standing)
        text = words.say("fact.state", state=text, standing=words.word("standing", key))
    if row.breach:
        text = words.say("fact.state", state=text, standing=voice.words.say(f"breach.{row.breach}"))
    return text
