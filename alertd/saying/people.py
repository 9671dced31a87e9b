"""Whom a message is for, in words."""

from __future__ import annotations

from typing import Any

from alertd.saying.voice import Voice


def who(person: str, voice: Voice) -> str:
    """A person's name with the unit; the id itself where the directory knows nobody of that."""
    known = voice.world.register.people.get(person)
    if known is None:
        return person
    unit = voice.world.register.units.get(known.unit)
    name = voice.words.text(unit.name) if unit else known.unit
    return voice.words.say("cli.preview.who", person=voice.words.script(known.name), unit=name)


def addressed(row: Any, voice: Voice) -> str:
    """Who a message is for, and where it goes; by the inbox a person is found under their id."""
    name = who(row.person, voice)
    return f"{name} <{row.address}>" if row.address != name else name
