"""`alertd event`: facts about cases. What the three commands share stands here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import group
from alertd.cli.exits import USAGE, Said

if TYPE_CHECKING:
    from alertd.engine.operations.reading_back import Doubt, StartingClock

#: the instants an event type may have (docs: event-types.toml)
INSTANTS = ("occurred", "received", "published", "assigned", "started", "ended", "issued", "submitted")

event = group(
    "event",
    {
        "report": "alertd.cli.cases.event_report:report",
        "import": "alertd.cli.cases.event_import:import_",
        "correct": "alertd.cli.cases.event_changes:correct",
        "confirm": "alertd.cli.cases.event_standing:confirm",
        "upgrade": "alertd.cli.cases.event_standing:upgrade",
        "cancel": "alertd.cli.cases.event_changes:cancel",
    },
)


def instant_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    """--at and one option for each instant; they arrive as keyword arguments, "" when not given."""
    for name in reversed(("at", *INSTANTS)):
        callback = click.option(f"--{name}", metavar="INSTANT", default="")(callback)
    return callback


def gather(
    session: Session, kind: str, texts: Mapping[str, str], today: date | None = None
) -> dict[str, date | datetime]:
    """The instants that were given, by name; --at is the first one of the type. Raises Said.

    Where `today` is given, a time alone is one of today.
    """
    from alertd.cli.instants import read_instant

    names = session.world.register.event_types[kind].instants
    given: dict[str, date | datetime] = {}
    for option, text in texts.items():
        name = names[0] if option == "at" else option
        if not text:
            continue
        if name in given:
            raise Said("said.instant-twice", exit_code=USAGE, name=f"--{name}")
        given[name] = read_instant(text, session.zone, today).fact
    return given


def doubt_line(doubt: Doubt, session: Session) -> str:
    """What a slip of the hand would look like: a year mistyped, times in the wrong order."""
    name = session.words.word("instant", doubt.name)
    return session.say(f"event.{doubt.kind}", name=name, year=doubt.at.astimezone(session.zone).year)


def clock_lines(clock: StartingClock, session: Session) -> list[str]:
    """What one clock would do: when it starts, how long it runs, when it ends."""
    from alertd.cli.rows import limit_rows
    from alertd.messages.dates import counted_text, duration_text, instant_text

    rule, limits, zone, language = clock.obligation.rule, clock.limits, session.zone, session.language
    today = session.today()
    plain = rule.other is None and not rule.immediate
    if plain and rule.by_the_hour and rule.maximum is not None and limits.due is not None:
        length = duration_text(rule.maximum, language)
        counted = counted_text(
            limits.start, length, limits.due, zone=zone, language=language, reference=today
        )
    else:
        rows = limit_rows(limits, rule.by_the_hour, session, today)
        ends = session.say("word.semicolon").join(
            session.say("event.limit", name=name, at=at) for name, at in rows
        )
        start = instant_text(limits.start, zone, language, today)
        counted = session.say("event.counted", start=start, limits=ends)
    title = session.words.text(clock.obligation.title)
    party = session.words.text(session.world.party_name(clock.party))
    lines = [session.say("event.clock", title=title, party=party, counted=counted)]
    if limits.provisional:
        lines.append("  " + session.say("when.provisional"))
    if clock.missing:
        name = session.words.word("instant", clock.missing)
        lines.append("  " + session.words.say("note.start-missing", instant=name))
    return lines
