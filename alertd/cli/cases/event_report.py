"""`alertd event report`: a fact happened; clocks start and stop by it."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from alertd.cli.cases.event import (
    INSTANTS,
    besides,
    case_named,
    clock_lines,
    does_more,
    doubts,
    gather,
    instant_options,
    refuse_bare,
    refuse_unread_due,
)
from alertd.cli.cases.gate import shut_by, verdict_json, warning
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, yes
from alertd.cli.exits import NO, USAGE, YES, Said
from alertd.core.gates import RESULTS
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.engine.cases.events import Outcome
    from alertd.engine.cases.gates import Verdict
    from alertd.engine.cases.reported import Reported
    from alertd.engine.ruling.world import World

#: more clocks than this are counted, not listed
_LISTED = 20
_BETWEEN_UNITS = re.compile("[,，、;；]")


@command("report")
@click.argument("type", metavar="TYPE")
@click.argument("more", nargs=-1, metavar="[UNIT]…")
@click.option("--subject", metavar="CASE", required=True)
@click.option("--party", metavar="UNIT", multiple=True)
@instant_options
@click.option("--due", metavar="DATE", default="")
@click.option("--title", metavar="TEXT", default="")
@click.option("--id", "identity", metavar="ID", default="")
@click.option("--severity", metavar="SEVERITY", default="")
@click.option("--result", type=click.Choice(RESULTS), default=None)
@click.option("--unconfirmed", is_flag=True)
@click.option("--planned", is_flag=True)
@yes
@by
@as_json
def report(
    session: Session,
    type: str,
    more: tuple[str, ...],
    subject: str,
    party: tuple[str, ...],
    due: str,
    title: str,
    identity: str,
    severity: str,
    result: str | None,
    unconfirmed: bool,
    planned: bool,
    yes: bool,
    by: str,
    as_json: bool,
    **instants: str,
) -> int:
    from alertd.cli.output import confirmed
    from alertd.engine.cases import events

    now = session.now
    texts = {name: instants[name] for name in ("at", *INSTANTS)}
    reported = replace(
        _reported(session, now, type, (*party, *more), subject, due, title, identity, texts, planned),
        severity=severity,
        result=result or "",
        unconfirmed=unconfirmed,
    )
    events.refuse_unknown(session.world, reported)
    actor = session.actor(by)
    with session.store.read() as tx:
        shut = shut_by(tx, session.world, reported, now)
        lines = [] if yes else _read_back(tx, session, reported, now) + warning(shut, session)
    lines += doubts(session, reported, now)
    if lines:
        print("\n".join(lines), file=sys.stderr)
    if not confirmed(session, session.say("event.ask"), yes):
        print(session.say("said.aborted"), file=sys.stderr)
        return NO
    world = session.world
    outcome = session.store.transact(lambda tx: events.report(Scope(tx, world, now, actor), reported))
    _say_outcome(session, reported, outcome, shut, as_json)
    return YES


def _reported(
    session: Session,
    now: datetime,
    type: str,
    parties: tuple[str, ...],
    subject: str,
    due: str,
    title: str,
    identity: str,
    texts: dict[str, str],
    planned: bool,
) -> Reported:
    """What was typed, as the engine takes it. Raises Said."""
    from alertd.cli.instants import read_day
    from alertd.cli.names import known_id
    from alertd.engine.cases.reported import Reported

    world = session.world
    kind = known_id("said.no-event-type", type, world.register.event_types)
    if not any(texts.values()):
        texts = {"at": now.astimezone(session.zone).replace(microsecond=0).isoformat()}
    given = gather(session, kind, texts, planned, now)
    refuse_bare(world, kind, given)
    day = read_day(due) if due else None
    if day is not None:
        refuse_unread_due(world, kind, due)
    return Reported(
        type=kind,
        case=case_named(subject, kind, now.astimezone(session.zone)),
        parties=units_named(world, parties),
        instants={name: one.at for name, one in given.items()},
        stated_due=day,
        title=title,
        id=case_named(identity, kind, now) if identity else "",
    )


def units_named(world: World, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The units named, each once; several may stand in one text. Raises Said."""
    from alertd.cli.names import unit_named

    names = [name for text in texts for name in _BETWEEN_UNITS.split(text) if name.strip()]
    if not names:
        raise Said("said.no-party", exit_code=USAGE)
    return tuple(dict.fromkeys(unit_named(world.register, name) for name in names))


def _read_back(tx: Connection, session: Session, reported: Reported, now: datetime) -> list[str]:
    """The event, the clocks it would start and those it would close."""
    from alertd.engine.cases.events import clocks_of
    from alertd.engine.cases.reported import closed_by, ended_by
    from alertd.messages.dates import instant_text
    from alertd.store.deadlines import UNFINISHED

    world, words = session.world, session.words
    zone, language = session.zone, session.language
    title = words.text(world.register.event_types[reported.type].title)
    parties = words.say("text.list").join(words.text(world.party_name(p)) for p in reported.parties)
    lines = [session.say("event.heading", title=title, case=reported.case, parties=parties)]
    for name, at in reported.instants.items():
        text = instant_text(at, zone, language, session.today())
        lines.append("  " + session.say("event.instant", name=words.word("instant", name), at=text))
    clocks = clocks_of(world, reported, now)
    closing = closed_by(tx, world, reported)
    ending = [row for row in ended_by(tx, world, reported) if row.state in UNFINISHED]
    closing += [row for row in ending if row.number not in {each.number for each in closing}]
    if clocks:
        lines.append(session.say("event.starts", count=len(clocks)))
        lines += [f"  {line}" for clock in clocks[:_LISTED] for line in clock_lines(clock, session)]
        lines += ["  …"] * (len(clocks) > _LISTED)
    if closing:
        lines.append(session.say("event.closes", count=len(closing)))
        lines += [f"  #{row.number} {row.id}" for row in closing]
    if not clocks and not closing and not does_more(world, reported.type):
        lines.append(session.say("event.nothing"))
    return lines


def _say_outcome(
    session: Session, reported: Reported, outcome: Outcome, shut: list[Verdict], as_json: bool
) -> None:
    from alertd.cli.output import print_json

    if as_json:
        print_json(
            {
                "id": outcome.id,
                "known": outcome.known,
                "started": outcome.started,
                "running": outcome.running,
                "closed": outcome.closed,
                "breaches": outcome.breaches,
                "shut": outcome.shut,
                "gates": [verdict_json(verdict) for verdict in shut if verdict.gate.id in outcome.shut],
            }
        )
        return
    if outcome.known:
        print(session.say("event.known", id=outcome.id))
        return
    print(session.say("event.reported", id=outcome.id))
    limits = _limits(session, [*outcome.started, *outcome.running])
    for key, names in (("started", outcome.started), ("running", outcome.running)):
        for name in names:
            print("  " + session.say(f"event.{key}", deadline=name, limit=limits.get(name, "")).rstrip())
    for name in outcome.closed:
        print("  " + session.say("event.closed", deadline=name))
    for breach in outcome.breaches:
        name, _, kind = breach.partition(" ")
        print("  " + session.say("event.breach", deadline=name, breach=session.say(f"breach.{kind}")))
    for name in outcome.shut:
        gate = session.world.register.gates.get(name)
        title = session.words.text(gate.title) if gate else name
        print("  " + session.say("event.went-past", gate=title))
    with session.store.read() as tx:
        more = besides(tx, session, reported, [verdict.gate.id for verdict in shut])
    print("".join(f"  {line}\n" for line in more), end="")
    if not (outcome.started or outcome.running or outcome.closed or outcome.shut or more):
        print("  " + session.say("event.nothing"))


def _limits(session: Session, names: list[str]) -> dict[str, str]:
    """For each deadline its number and its limit in words."""
    from alertd.cli.rows import row_limit
    from alertd.engine.operations.acts import find

    with session.store.read() as tx:
        rows = [find(tx, name) for name in names]
    return {row.id: f"#{row.number} {row_limit(row, session)}" for row in rows}
