"""`alertd event report`: a fact happened; clocks start and stop by it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from alertd.cli.cases.event import INSTANTS, gather, instant_options
from alertd.cli.cases.gate import verdict_json
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, yes
from alertd.cli.exits import NO, YES
from alertd.cli.severity import asked_for
from alertd.core.gates import RESULTS
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.core.model import Gate
    from alertd.engine.operations.events import Happened, Report
    from alertd.engine.ruling.world import World

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
@click.option("--urgent", metavar="REASON", default="")
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
    urgent: str,
    unconfirmed: bool,
    planned: bool,
    yes: bool,
    by: str,
    as_json: bool,
    **instants: str,
) -> int:
    from alertd.cli.output import confirmed, fitted
    from alertd.engine.operations import events, reading_back
    from alertd.saying.events import doubt_line

    texts = {name: instants[name] for name in ("at", *INSTANTS)}
    told = _asked(session, type, (*party, *more), due, texts)
    asked = replace(
        told,
        case=subject,
        title=title,
        id=identity,
        severity=asked_for(session, told.type, severity, yes),
        result=result or "",
        urgent=urgent,
        unconfirmed=unconfirmed,
        planned=planned,
    )
    now, world, actor = session.now, session.world, session.actor(by)
    doubts = reading_back.doubts(world, now, asked)
    lines = [] if yes else _read_back(session, now, asked)
    lines += [doubt_line(doubt, session) for doubt in doubts]
    if lines:
        print("\n".join(fitted(lines, error=True)), file=sys.stderr)
    if not confirmed(session, session.say("event.ask"), yes):
        print(session.say("said.aborted"), file=sys.stderr)
        return NO
    happened = session.store.transact(lambda tx: events.report(Scope(tx, world, now, actor), asked))
    _say_happened(session, happened, as_json)
    return YES


def _asked(session: Session, type: str, parties: tuple[str, ...], due: str, texts: dict[str, str]) -> Report:
    """What was typed, with every name as the register has it. Raises Said and Refused."""
    from alertd.cli.instants import read_day
    from alertd.engine.operations.events import Report
    from alertd.engine.ruling.naming import event_type_named

    world = session.world
    kind = event_type_named(world.register, type)
    given = gather(session, kind, texts, session.today())
    return Report(kind, "", units_named(world, parties), given, read_day(due) if due else None)


def units_named(world: World, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The units named; several may stand in one text. Raises Refused."""
    from alertd.engine.ruling.naming import unit_named

    names = [name for text in texts for name in _BETWEEN_UNITS.split(text) if name.strip()]
    return tuple(unit_named(world.register, name) for name in names)


def _read_back(session: Session, now: datetime, asked: Report) -> list[str]:
    """The event, the clocks it would start, those it would close, and the gates it would go past."""
    from alertd.engine.operations.reading_back import report_read_back
    from alertd.saying.events import read_back

    with session.store.read() as tx:
        back = report_read_back(Scope(tx, session.world, now), asked)
    return read_back(back, session)


def _say_happened(session: Session, happened: Happened, as_json: bool) -> None:
    from alertd.cli.output import print_json

    if as_json:
        print_json(
            {
                "id": happened.id,
                "known": happened.known,
                "started": happened.started,
                "running": happened.running,
                "closed": happened.closed,
                "breaches": happened.breaches,
                "shut": [verdict.gate.id for verdict in happened.shut],
                "gates": [verdict_json(verdict) for verdict in happened.shut],
            }
        )
    elif happened.known:
        print(session.say("event.known", id=happened.id))
    else:
        print(session.say("event.reported", id=happened.id))
        print("\n".join(f"  {line}" for line in _happened_lines(session, happened)))


def _happened_lines(session: Session, happened: Happened) -> list[str]:
    """What the event did, one thing a line."""
    say, words = session.say, session.words
    limits = limits_of(session, [*happened.started, *happened.running])

    def begun(key: str, name: str) -> str:
        return say(f"event.{key}", deadline=name, limit=limits.get(name, "")).rstrip()

    def gate(key: str, each: Gate) -> str:
        return say(f"event.{key}", gate=session.words.text(each.title))

    breaches = [breach.partition(" ")[::2] for breach in happened.breaches]
    lines = [
        *(begun("started", name) for name in happened.started),
        *(begun("running", name) for name in happened.running),
        *(say("event.closed", deadline=name) for name in happened.closed),
        *(say("event.breach", deadline=name, breach=words.say(f"breach.{kind}")) for name, kind in breaches),
        *(gate("went-past", verdict.gate) for verdict in happened.shut),
        *(say("event.paused", deadline=name) for name in happened.paused),
        *(gate("went-through", each) for each in happened.passed),
    ]
    return lines or [session.say("event.nothing")]


def limits_of(session: Session, names: Iterable[str]) -> dict[str, str]:
    """For each deadline its number and its limit in words."""
    from alertd.engine.operations.acts import find
    from alertd.saying.rows import row_limit

    with session.store.read() as tx:
        rows = [find(tx, name) for name in names]
    return {row.id: f"#{row.number} {row_limit(row, session)}" for row in rows}
