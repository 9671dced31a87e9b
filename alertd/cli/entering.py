"""Entries typed one by one, and entries from a CSV file: all of them or none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command
from alertd.cli.faults import USAGE, Said, fault_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.engine.acts import Actor
    from alertd.engine.progress import Added, Entry


@command("add", context_settings={"ignore_unknown_options": True})  # a negative amount is no option
@click.argument("obligation", metavar="OBLIGATION")
@click.argument("party", metavar="PARTY")
@click.argument("amount", metavar="AMOUNT")
@click.option("--on", "day", metavar="DATE", default="")
@click.option("--note", metavar="TEXT", default="")
@by
@as_json
def add(
    session: Session,
    obligation: str,
    party: str,
    amount: str,
    day: str,
    note: str,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.instants import read_day
    from alertd.cli.names import known_id, party_named
    from alertd.cli.sheet import read_amount
    from alertd.engine import progress

    now, world, actor = session.now, session.world, session.actor(by)
    name = known_id("said.no-obligation", obligation, world.register.obligations)
    number = read_amount(amount)
    if number is None:
        raise Said("said.no-amount", exit_code=USAGE, found=amount)
    on = read_day(day) if day else session.today()
    entry = progress.Entry(party_named(world.register, party), number, on, note)
    added = session.store.transact(lambda tx: progress.add(tx, world, now, name, [entry], actor))
    _say(session, {name: added}, 1, as_json)


@command("import")
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--obligation", metavar="OBLIGATION", default="")
@by
@as_json
def import_(session: Session, file: Path, obligation: str, by: str, as_json: bool) -> None:
    from alertd.cli.names import known_id
    from alertd.cli.sheet import read_sheet
    from alertd.config.sources import read_source

    now, actor = session.now, session.actor(by)
    if obligation:
        obligation = known_id("said.no-obligation", obligation, session.world.register.obligations)
    text, unreadable = read_source(session.cwd / file, file.name)
    if unreadable:
        raise Said("progress.unreadable", lines="\n".join(fault_lines(unreadable, session)))
    entries = read_sheet(file.name, text, obligation, session)
    added = session.store.transact(lambda tx: _add_all(tx, session, now, entries, text, actor))
    _say(session, added, sum(map(len, entries.values())), as_json)


def _add_all(
    tx: Connection,
    session: Session,
    now: datetime,
    entries: Mapping[str, list[Entry]],
    text: str,
    actor: Actor,
) -> dict[str, Added]:
    """All obligations of a file in one transaction; each knows the file by what it says."""
    from alertd.engine import progress

    added = {}
    for name, each in entries.items():
        batch = hashlib.sha256(f"{name}\n{text}".encode()).hexdigest()
        added[name] = progress.add(tx, session.world, now, name, each, actor, batch)
    return added


def _say(session: Session, added: Mapping[str, Added], entries: int, as_json: bool) -> None:
    from alertd.cli.output import print_json

    known = bool(added) and all(each.known for each in added.values())
    if as_json:
        print_json(
            {
                "known": known,
                "entries": 0 if known else entries,
                "totals": {name: each.totals for name, each in added.items()},
                "met": [name for each in added.values() for name in each.met],
                "reopened": [name for each in added.values() for name in each.reopened],
            }
        )
        return
    if known:
        print(session.say("progress.known"))
        return
    print(session.say("progress.added", count=entries))
    for name, each in added.items():
        measure = session.world.register.obligations[name].measure
        unit = session.words.text(measure.unit) if measure else ""
        for party, total in each.totals.items():
            who = session.words.text(session.world.party_name(party))
            print("  " + session.say("progress.total", party=party, name=who, total=f"{total:g}", unit=unit))
        for deadline in each.met:
            print("  " + session.say("progress.met", deadline=deadline))
        for deadline in each.reopened:
            print("  " + session.say("progress.reopened", deadline=deadline))
