"""What units have asked for, in words: what, by whom and when, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alertd.engine.operations.requesting import read_end
from alertd.engine.ruling.scope import name_in
from alertd.messages.dates import day_text, instant_text
from alertd.saying.voice import Voice


def what_text(request: Any, voice: Voice) -> str:
    """What is asked for: more time until when, or that another unit does it."""
    if request.kind == "extend":
        return voice.words.say("cli.requests.extend", end=_end_text(request.wanted, voice))
    if not request.wanted:
        return voice.words.say("cli.requests.decline")
    unit = voice.words.text(voice.world.party_name(request.wanted))
    return voice.words.say("cli.requests.decline-to", unit=unit)


def _end_text(wanted: str, voice: Voice) -> str:
    end = read_end(wanted)
    if isinstance(end, datetime):
        return instant_text(end, voice.zone, voice.language, voice.today())
    return day_text(end, voice.language, voice.today())


def asked_text(request: Any, voice: Voice) -> str:
    """By whom, and when."""
    return voice.words.say("cli.requests.by", name=_name(request.asked_by, voice), at=_at(request, voice))


def _name(actor: str, voice: Voice) -> str:
    """A person of the directory by name, whoever else as it was recorded."""
    person = voice.world.register.people.get(name_in(actor))
    return voice.words.script(person.name) if person else actor


def _at(request: Any, voice: Voice) -> str:
    return instant_text(request.asked_at, voice.zone, voice.language, voice.today())


def request_rows(found: Sequence[Any], open_: bool, voice: Voice) -> list[tuple[str, str, str]]:
    """The requests about one deadline as lines: what, by whom and when, what became of it."""
    rows = []
    for request in found:
        said = voice.words.say(f"cli.requests.{request.decision or ('waiting' if open_ else 'lapsed')}")
        if request.decision:
            said = voice.words.say("cli.requests.decided", what=said, name=_name(request.decided_by, voice))
        rows.append((what_text(request, voice), asked_text(request, voice), said))
    return rows
