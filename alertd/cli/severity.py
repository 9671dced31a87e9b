"""Severities as people read and type them: by title in messages, by id in commands and JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from alertd.cli.context import Session

if TYPE_CHECKING:
    from alertd.core.model import EventType, Register


def level_named(session: Session, kind: str, text: str) -> str:
    """The id of the severity that is called so, in any language; what was typed where none is."""
    from alertd.engine.ruling.naming import plain
    from alertd.messages.catalogue import Catalogue
    from alertd.messages.told import severity_text

    known = session.world.register.event_types.get(kind)
    if known is None or text in known.severities:
        return text
    names: dict[str, str] = {}
    for severity in known.severities:
        titles = known.severity_titles
        spelled = [severity_text(severity, Catalogue(language), titles) for language in ("zh-Hant", "en")]
        for name in (severity, *spelled, *titles.get(severity, {}).values()):
            names.setdefault(plain(name), severity)
    return names.get(plain(text), text)


def asked_for(session: Session, kind: str, severity: str, yes: bool) -> str:
    """The severity that was given; asked for on a terminal where the type has some and none was given.

    What is answered counts as typed: a number of the list, an id or a title.
    """
    from alertd.cli.context import on_terminal
    from alertd.saying.events import level_text

    levels = _levels(session.world.register, kind)
    if severity or not levels or yes or not on_terminal():
        return level_named(session, kind, severity)
    print(session.say("event.ask-severity"), file=sys.stderr)
    for number, level in enumerate(levels, start=1):
        print(f"  {number}  {level}  {level_text(kind, level, session)}", file=sys.stderr)
    print("> ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip()
    if answer.isdecimal() and 1 <= int(answer) <= len(levels):
        return levels[int(answer) - 1]
    return level_named(session, kind, answer)


def in_words(session: Session, values: Mapping[str, str]) -> dict[str, str]:
    """The values of a refusal about a severity, with a title beside each id it lists."""
    said, kind = dict(values), values.get("type", "")
    levels = _levels(session.world.register, kind)
    if "known" in said and levels:
        said["known"] = session.words.say("text.list").join(_both(session, kind, level) for level in levels)
    for name in ("found", "severity"):
        if said.get(name) in levels:
            said[name] = _both(session, kind, said[name])
    return said


def _levels(register: Register, kind: str) -> tuple[str, ...]:
    known: EventType | None = register.event_types.get(kind)
    return known.severities if known else ()


def _both(session: Session, kind: str, severity: str) -> str:
    from alertd.saying.events import level_text

    title = level_text(kind, severity, session)
    return severity if title == severity else session.say("event.severity-both", id=severity, title=title)
