"""What rules over the files for a time, in words: what it is, about what, by whom and why, until when."""

from __future__ import annotations

from datetime import datetime

from alertd.engine.reporting.overriding import Overriding
from alertd.engine.ruling.scope import name_in
from alertd.messages.dates import limit_text
from alertd.saying.rows import row_party, row_title
from alertd.saying.voice import Voice
from alertd.store.rows import OverrideRow

COLUMNS = ("what", "about", "until", "by", "reason", "held")


def override_cells(found: Overriding, voice: Voice) -> tuple[str, ...]:
    """One row of a table with `COLUMNS`."""
    row = found.row
    return (
        voice.words.say(f"cli.overrides.kind.{row.kind}"),
        about_text(found, voice),
        until_text(row, voice),
        by_text(row, voice),
        voice.words.script(row.reason),
        str(found.held) if found.deadline is not None else "",
    )


def about_text(found: Overriding, voice: Voice) -> str:
    """What it is about, by the name people know it by."""
    row = found.deadline
    if row is None:
        return found.row.name
    title = voice.words.say("text.heading", title=row_title(row, voice), party=row_party(row, voice))
    return voice.words.say("fact.number", number=row.number, id=title)


def until_text(row: OverrideRow, voice: Voice) -> str:
    """Until when; from when too, where that was not when it was entered."""
    ends = _at(row.ends_at, voice) if row.ends_at is not None else voice.words.say("cli.overrides.open")
    if row.begins_at == row.made_at:
        return ends
    return voice.words.say("cli.overrides.span", begins=_at(row.begins_at, voice), ends=ends)


def by_text(row: OverrideRow, voice: Voice) -> str:
    """Who entered it: a person of the directory by name, whoever else as it was recorded."""
    person = voice.world.register.people.get(name_in(row.author))
    return voice.words.script(person.name) if person else row.author


def silence_text(row: OverrideRow, voice: Voice) -> str:
    """A silence in one line: until when, by whom and why."""
    values = {"until": until_text(row, voice), "by": by_text(row, voice)}
    return voice.words.say("cli.overrides.silence", **values, reason=voice.words.script(row.reason))


def _at(at: datetime, voice: Voice) -> str:
    return limit_text(at, voice.zone, voice.language, voice.today())
