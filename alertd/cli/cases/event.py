"""`alertd event`: facts about cases. What the three commands share stands here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import group
from alertd.cli.exits import USAGE, Said

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.cli.instants import Given
    from alertd.core.model import Obligation
    from alertd.engine.cases.events import Clock
    from alertd.engine.cases.reported import Reported
    from alertd.engine.ruling.world import World

#: the instants an event type may have (docs: event-types.toml)
INSTANTS = ("occurred", "received", "published", "assigned", "started", "ended", "issued", "submitted")
#: an instant further back is worth a second look
LONG_AGO = timedelta(days=365)
_CASE = re.compile(r"[a-z0-9.-]{1,120}")
_NOT_IN_CASE = re.compile(r"[^a-z0-9.-]+")

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
    session: Session, kind: str, texts: Mapping[str, str], planned: bool, now: datetime
) -> dict[str, Given]:
    """The instants that were given, by name; --at is the first one of the type. Raises Said."""
    from alertd.cli.instants import read_instant, refuse_ahead

    names = session.world.register.event_types[kind].instants
    given: dict[str, Given] = {}
    for option, text in texts.items():
        if not text:
            continue
        name = names[0] if option == "at" else option
        if name not in names:
            known = ", ".join(f"--{known}" for known in names)
            raise Said("said.not-its-instant", exit_code=USAGE, type=kind, found=f"--{option}", known=known)
        if name in given:
            raise Said("said.instant-twice", exit_code=USAGE, name=f"--{name}")
        given[name] = read_instant(text, session.zone)
        if not planned:
            refuse_ahead(given[name], now)
    return given


def refuse_bare(world: World, kind: str, given: Mapping[str, Given]) -> None:
    """A clock that counts hours neither starts nor ends with a bare date. Raises Said."""
    for obligation in world.register.obligations.values():
        if not obligation.rule.by_the_hour:
            continue
        start = _start(obligation, kind, given)
        closing = kind in obligation.closed_by
        bare = [one for name, one in given.items() if one.bare and (closing or name == start)]
        if bare:
            raise Said("said.bare-date", found=bare[0].text, rule=obligation.rule.text)


def refuse_unread_due(world: World, kind: str, due: str) -> None:
    """A date that no clock of this type would read is a slip. Raises Said."""
    from alertd.core.timing import RuleKind
    from alertd.engine.cases.reported import STATED

    for obligation in world.register.obligations.values():
        starts = [start.partition(".")[::2] for start in obligation.starts_on]
        stated = obligation.rule.kind is RuleKind.STATED
        if any(type_ == kind and (stated or name == STATED) for type_, name in starts):
            return
    raise Said("said.due-unread", exit_code=USAGE, found=due, type=kind)


def doubts(session: Session, reported: Reported, now: datetime) -> list[str]:
    """What a slip of the hand would look like: a year mistyped, times in the wrong order."""
    given = reported.instants
    words, zone = session.words, session.zone
    lines = [
        session.say("event.long-ago", name=words.word("instant", name), year=at.astimezone(zone).year)
        for name, at in given.items()
        if now - at > LONG_AGO
    ]
    first = given.get("occurred")
    later = [name for name in ("received", "published") if first and name in given and given[name] < first]
    return lines + [session.say("event.before", name=words.word("instant", name)) for name in later]


def _start(obligation: Obligation, kind: str, given: Mapping[str, Given]) -> str | None:
    """The instant among those given that the obligation would count from."""
    names = (start.partition(".") for start in obligation.starts_on)
    return next((name for type_, _, name in names if type_ == kind and name in given), None)


def case_named(text: str, kind: str, now: datetime) -> str:
    """A case's id, in lower case. Raises Said with an id that would do."""
    case = unicodedata.normalize("NFKC", text).strip().lower()
    if _CASE.fullmatch(case):
        return case
    near = _NOT_IN_CASE.sub("-", case).strip("-.")[:120] or f"{kind}-{now:%Y%m%d}"
    raise Said("said.bad-case", found=text, near=near)


def does_more(world: World, kind: str) -> bool:
    """Whether an event of this type does something besides starting and closing: it pauses, or has a gate."""
    register = world.register
    paused = any(kind in known.returned_by for known in register.obligations.values())
    return paused or any(gate.stage == kind for gate in register.gates.values())


def besides(tx: Connection, session: Session, reported: Reported, shut: Sequence[str]) -> list[str]:
    """What a reported event did besides starting and closing: clocks that stand still now, gates it passed.

    `shut` names the gates it went past.
    """
    from alertd.core.model import State
    from alertd.store.deadlines import of_case

    register = session.world.register
    paused = {known.id for known in register.obligations.values() if reported.type in known.returned_by}
    rows = of_case(tx, reported.case) if paused else ()
    lines = [
        session.say("event.paused", deadline=row.id)
        for row in rows
        if row.obligation in paused and row.state == State.SUSPENDED
    ]
    gates = [gate for gate in register.gates.values() if gate.stage == reported.type and gate.id not in shut]
    titles = [session.words.text(gate.title) for gate in gates]
    return lines + [session.say("event.went-through", gate=title) for title in titles]


def clock_lines(clock: Clock, session: Session) -> list[str]:
    """What one clock would do: when it starts, how long it runs, when it ends."""
    from alertd.cli.rows import limit_rows
    from alertd.messages.dates import counted_text, duration_text, instant_text

    rule, limits, zone, language = clock.obligation.rule, clock.limits, session.zone, session.language
    today = session.today()
    if rule.by_the_hour and rule.maximum is not None and limits.due is not None:
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
