"""The roll of a duty in words: what it is about, how many stand where, a line for each unit."""

from __future__ import annotations

from typing import Any

from alertd.engine.reporting.board import Call, DutyRoll, Mark
from alertd.messages.dates import instant_text
from alertd.saying.requests import what_text
from alertd.saying.rows import row_limit, row_title
from alertd.saying.voice import Voice

#: the columns, under `cli.roll`
ROLL = ("unit", "mark", "due", "at", "contact", "phone", "remarks")


def roll_title(found: DutyRoll, voice: Voice) -> str:
    """What it is about, and of how many units; of people where officers owe it."""
    title = row_title(found.calls[0].row, voice, carried=False)
    units, count = len({call.row.unit for call in found.calls}), len(found.calls)
    if any(call.row.party in voice.world.register.roster for call in found.calls):
        return voice.words.say("cli.roll.heading-people", title=title, total=units, people=count)
    return voice.words.say("cli.roll.heading", title=title, total=count, count=count)


def roll_counts(found: DutyRoll, voice: Voice) -> str:
    """How many have each mark, those that none has left out."""
    words = voice.words
    counts = [
        words.say("cli.roll.counts", mark=words.word("cli.roll.word", mark), count=found.count(mark))
        for mark in Mark
        if found.count(mark)
    ]
    return words.say("text.list").join(counts)


def roll_cells(call: Call, voice: Voice) -> tuple[str, ...]:
    """One line, in the order of `ROLL`."""
    at = call.row.done_at
    return (
        roll_party(call.row, voice),
        _mark(call, voice),
        row_limit(call.row, voice),
        instant_text(at, voice.zone, voice.language, voice.today()) if at else "",
        voice.words.script(call.contact),
        call.phone,
        _remarks(call, voice),
    )


def _remarks(call: Call, voice: Voice) -> str:
    """What the mark does not say: more time, why it came back, the plan that left it open."""
    carried = call.row.carried_from
    said = (
        voice.words.say("cli.roll.extended") if call.extended else "",
        voice.words.script(call.reason),
        voice.words.say("row.carried", plan=carried) if carried else "",
    )
    return voice.words.say("text.list").join(filter(None, said))


def _mark(call: Call, voice: Voice) -> str:
    """Where the unit stands, and what it has asked for that waits for a decision."""
    words = voice.words
    said = words.word("cli.roll.word", call.mark)
    for request in call.requests:
        asked = words.say(
            "fact.state", state=what_text(request, voice), standing=words.say("cli.requests.waiting")
        )
        said = words.say("fact.state", state=said, standing=asked)
    return said


def roll_party(row: Any, voice: Voice) -> str:
    """The unit that owes it now, and for whom: an officer, or the unit it was taken over from."""
    words, world = voice.words, voice.world
    unit = words.text(world.party_name(row.unit))
    if row.party == row.unit:
        return unit
    return words.say("bulletin.of-unit", unit=unit, party=words.text(world.party_name(row.party)))
