"""`alertd preview`: every message that would go out, on virtual time. Nothing is sent, nothing is stored."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import USAGE, Said
from alertd.cli.output import progress

if TYPE_CHECKING:
    from alertd.engine.operations.events import Report
    from alertd.engine.preview.virtual import Line
    from alertd.engine.ruling.world import World
    from alertd.installation import Store

_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Span:
    """What is shown: from `first` to before `until`."""

    first: datetime
    until: datetime


@command("preview")
@click.option("--from", "first", metavar="DATE", default="")
@click.option("--to", "until", metavar="DATE", default="")
@click.option("--party", metavar="UNIT", default="")
@click.option("--person", metavar="NAME", default="")
@click.option("--event", "events", metavar="TYPE@INSTANT:UNIT", multiple=True)
@click.option("--assume", type=click.Choice(["silent", "never", "acked"]), default="silent")
@click.option("--summary", is_flag=True)
@click.option("--format", "shape", type=click.Choice(["table", "json", "ics"]), default="table")
@as_json
def preview(
    session: Session,
    first: str,
    until: str,
    party: str,
    person: str,
    events: Sequence[str],
    assume: str,
    summary: bool,
    shape: str,
    as_json: bool,
) -> None:
    from alertd.cli import forecasting
    from alertd.cli.existing import existing_store, files_differ

    store = existing_store(session)
    world = session.installation.written()
    span = _span(session, first, until)
    reported = read_events(session, world, events)
    wanted = _wanted(world, party, person)
    if files_differ(session, store):
        print(session.say("preview.files-differ"), file=sys.stderr)
    lines = [line for line in _lines(session, world, store, span, reported, assume) if wanted(line)]
    in_json = as_json or shape == "json"
    if summary:
        forecasting.show(session, world, lines, span.first, span.until, in_json)
    elif in_json:
        _print_json(session, lines)
    elif shape == "ics":
        _print_calendar(session, world, lines)
    else:
        _print_messages(session, world, lines)


def _span(session: Session, first: str, until: str) -> Span:
    from alertd.cli.instants import read_instant

    begins = read_instant(first, session.zone).at if first else session.now
    ends = read_instant(until, session.zone).at if until else begins + _AHEAD
    if ends <= begins:
        raise Said("preview.reversed", exit_code=USAGE, first=first or begins.isoformat(), until=until)
    return Span(begins, ends)


def _lines(
    session: Session,
    world: World,
    store: Store | None,
    span: Span,
    events: Sequence[tuple[datetime, Report]],
    assume: str,
) -> Iterator[Line]:
    """From now on with what the store holds; a time that is past is played from an empty store."""
    from alertd.engine.preview.virtual import Assume
    from alertd.engine.preview.virtual import preview as run

    now = session.now
    source, start = (store, now) if span.first >= now else (None, span.first)
    with progress(session, start, span.until) as advance:
        yield from run(
            world,
            session.installation.renderer(),
            source,
            start,
            span.first,
            span.until,
            events,
            Assume(assume),
            advance,
        )


def read_events(session: Session, world: World, texts: Sequence[str]) -> list[tuple[datetime, Report]]:
    """`TYPE[/SEVERITY]@INSTANT:UNIT[,UNIT]`, each as a case of its own.

    Raises Said and Refused before anything runs.
    """
    from alertd.engine.operations.reading_back import clocks

    found = [_event(session, world, text, f"preview-{n}") for n, text in enumerate(texts, start=1)]
    for at, event in found:
        clocks(world, at, event)
    return found


def _event(session: Session, world: World, text: str, case: str) -> tuple[datetime, Report]:
    from alertd.cli.instants import read_instant
    from alertd.cli.severity import level_named
    from alertd.engine.operations.events import Report
    from alertd.engine.ruling.naming import event_type_named, unit_named

    name, _, rest = text.partition("@")
    name, _, severity = name.partition("/")
    instant, _, units = rest.replace("\uff1a", ":").rpartition(":")
    if not (name and instant and units) or units.isdigit():
        raise Said("preview.event-shape", exit_code=USAGE, found=text)
    kind = world.register.event_types[event_type_named(world.register, name)]
    given = read_instant(instant, session.zone)
    parties = tuple(unit_named(world.register, unit) for unit in _split(units))
    level = level_named(session, kind.id, severity)
    return given.at, Report(kind.id, case, parties, {kind.instants[0]: given.fact}, severity=level)


def _split(units: str) -> list[str]:
    return [unit for unit in units.replace("\uff0c", ",").replace("\u3001", ",").split(",") if unit.strip()]


def _wanted(world: World, party: str, person: str) -> Callable[[Line], bool]:
    from alertd.engine.ruling.naming import party_named, person_named

    unit = party_named(world.register, party) if party else ""
    found = person_named(world.register, person) if person else None
    if person and found is None:
        raise Said("preview.no-person", found=person)

    def wanted(line: Line) -> bool:
        member = world.register.roster.get(line.party)
        own = not unit or line.party == unit or (member is not None and member.unit == unit)
        return own and (found is None or line.person == found.id)

    return wanted


def _print_json(session: Session, lines: Sequence[Line]) -> None:
    from alertd.cli.output import print_json

    print_json([line_json(session, line) for line in lines])


def line_json(session: Session, line: Line) -> dict[str, Any]:
    """One deadline in one message."""
    from alertd.cli.output import rfc3339
    from alertd.saying.ways import profile, way_text

    return {
        "at": rfc3339(line.at, session.zone),
        "reached_at": rfc3339(line.reached_at, session.zone),
        "message": line.message,
        "deadline": line.deadline,
        "obligation": line.obligation,
        "party": line.party,
        "step": line.step,
        "level": line.level,
        "person": line.person,
        "channel": line.channel,
        "profile": profile(line.urgent),
        "then": way_text(line.then) if line.then else None,
        "subject": line.subject,
    }


def _print_calendar(session: Session, world: World, lines: Sequence[Line]) -> None:
    """An entry a message, at the instant it would leave."""
    from alertd.cli.output import print_bytes
    from alertd.messages.ics import TENTATIVE, CalendarEntry, calendar_bytes

    entries = []
    for name, group in _by_message(lines).items():
        _, person, channel, subject, why = _row(session, world, group)
        said = session.words.say("ics.message", person=person, subject=subject)
        about = "\n".join((channel, why, *dict.fromkeys(line.deadline for line in group)))
        at = group[0].at
        entries.append(CalendarEntry(f"preview-{name}", at, said, about, TENTATIVE, 0, session.now))
    print_bytes(calendar_bytes(session.words.say("ics.of-preview"), entries))


def _by_message(lines: Sequence[Line]) -> dict[str, list[Line]]:
    messages: dict[str, list[Line]] = {}
    for line in lines:
        messages.setdefault(line.message, []).append(line)
    return messages


def _print_messages(session: Session, world: World, lines: Sequence[Line]) -> None:
    """One row a message: when, to whom and as what, over which channel, what it is about, by which steps."""
    from alertd.cli.output import print_table

    messages = _by_message(lines)
    heads = [session.say(f"preview.head-{name}") for name in ("at", "person", "channel", "subject", "why")]
    print_table(heads, (_row(session, world, group) for group in messages.values()))
    people = len({group[0].person for group in messages.values()})
    print(session.say("preview.total", count=len(messages), people=people), file=sys.stderr)


def _row(session: Session, world: World, group: Sequence[Line]) -> list[str]:
    from alertd.messages.dates import instant_text
    from alertd.saying.people import who
    from alertd.saying.voice import Reader

    first = group[0]
    steps = session.words.say("text.list").join(dict.fromkeys(line.step for line in group))
    return [
        instant_text(first.at, session.zone, session.language, session.today()),
        who(first.person, Reader(world, session.language, session.now)),
        _over(session, first),
        first.subject,
        session.say("preview.why", position=session.words.word("position", first.why), steps=steps),
    ]


def _over(session: Session, line: Line) -> str:
    """The channel, by which order, and what follows where nobody answers."""
    from alertd.saying.ways import way_said

    channel = session.words.say("way.urgently", channel=line.channel) if line.urgent else line.channel
    if line.then is None:
        return channel
    return session.words.say("way.then").join((channel, way_said(line.then, session)))
