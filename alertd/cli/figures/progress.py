"""`alertd progress add`, `import` and `undo`: hours and sessions that count towards a quota.

They are typed one by one, or come from a file: all of them or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, as_json, by, command, group
from alertd.cli.exits import USAGE, Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.operations.progress import Added


progress = group(
    "progress",
    {
        "add": "alertd.cli.figures.progress:add",
        "import": "alertd.cli.figures.progress:import_",
        "undo": "alertd.cli.figures.progress:undo",
    },
)


@command("add", context_settings={"ignore_unknown_options": True})  # a negative amount is no option
@click.argument("obligation", metavar="OBLIGATION")
@click.argument("party", metavar="PARTY")
@click.argument("amount", metavar="AMOUNT")
@click.option("--on", "day", metavar="DATE", default="")
@click.option("--note", metavar="TEXT", default="")
@click.option("--case", metavar="CASE", default="")
@by
@as_json
def add(
    session: Session,
    obligation: str,
    party: str,
    amount: str,
    day: str,
    note: str,
    case: str,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.figures.sheet import read_amount
    from alertd.cli.instants import read_day
    from alertd.engine.operations import progress
    from alertd.engine.ruling.naming import obligation_named, party_named

    now, world, actor = session.now, session.world, session.actor(by)
    name = obligation_named(world.register, obligation)
    number = read_amount(amount)
    if number is None:
        raise Said("said.no-amount", exit_code=USAGE, found=amount)
    on = read_day(day) if day else session.today()
    entry = progress.Entry(party_named(world.register, party), number, on, note, case.lower() or None)
    added = session.store.transact(lambda tx: progress.add(Scope(tx, world, now, actor), name, [entry]))
    _say(session, {name: added}, 1, as_json)


@command("import")
@click.argument("file", metavar="FILE.csv|xlsx", type=Paths(path_type=Path))
@click.option("--obligation", metavar="OBLIGATION", default="")
@click.option("--as", "meaning", type=click.Choice(("total", "increment")), default=None)
@click.option("--month", metavar="YYYY-MM", default="")
@click.option("--dry-run", is_flag=True)
@by
@as_json
def import_(
    session: Session,
    file: Path,
    obligation: str,
    meaning: str | None,
    month: str,
    dry_run: bool,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.figures.sheet import read_sheet
    from alertd.cli.workbook import sheet_text
    from alertd.engine.operations import progress
    from alertd.engine.operations.counting_for import CountingFor
    from alertd.engine.ruling.naming import obligation_named

    now, actor = session.now, session.actor(by)
    if obligation:
        obligation = obligation_named(session.world.register, obligation)
    if bool(meaning) != bool(month):
        raise Said("progress.month-needed", exit_code=USAGE)
    on = _month_end(month, session) if month else None
    text = sheet_text(file, session, dates=("on",))
    with session.store.read() as tx:
        counting = CountingFor(Scope(tx, session.world, now))
        entries = read_sheet(file.name, text, obligation, session, counting, on)
    content = f"{meaning} {month}\n{text}" if meaning else text
    sheet = progress.Sheet(entries, content, meaning == "total", on is not None)
    work = progress.rehearse_sheet if dry_run else progress.import_sheet
    done = session.store.transact(lambda tx: work(Scope(tx, session.world, now, actor), sheet))
    _say(session, done.added, sum(map(len, entries.values())), as_json, meaning is not None, dry_run)
    if not as_json and dry_run:
        print(session.say("progress.dry-run"))
    elif not as_json and not done.known:
        print(session.say("progress.batch", batch=done.batch[:12]))


@command("undo")
@click.argument("batch", metavar="BATCH")
@by
@as_json
def undo(session: Session, batch: str, by: str, as_json: bool) -> None:
    from alertd.engine.operations.progress import undo

    now, world, actor = session.now, session.world, session.actor(by)
    taken = session.store.transact(lambda tx: undo(Scope(tx, world, now, actor), batch.lower()))
    _say(session, taken.added, sum(len(each.before) for each in taken.added.values()), as_json, diff=True)


def _month_end(text: str, session: Session) -> date:
    """The last day of the month, or today within it. Raises Said (usage)."""
    from alertd.core.periods import occurrence_labelled

    try:
        occurrence = occurrence_labelled(text)
    except ValueError:
        occurrence = None
    if occurrence is None or occurrence.label != text or occurrence.first_day.strftime("%Y-%m") != text:
        raise Said("progress.bad-month", exit_code=USAGE, found=text)
    if occurrence.first_day > session.today():
        raise Said("progress.future-month", exit_code=USAGE, found=text)
    return min(occurrence.last_day, session.today())


def _say(
    session: Session,
    added: Mapping[str, Added],
    entries: int,
    as_json: bool,
    diff: bool = False,
    dry_run: bool = False,
) -> None:
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
    print(session.say("progress.would-add" if dry_run else "progress.added", count=entries))
    for name, each in added.items():
        measure = session.world.register.obligations[name].measure
        unit = session.words.text(measure.unit) if measure else ""
        for party, total in each.totals.items():
            who = session.words.text(session.world.party_name(party))
            key = "progress.changed" if diff else "progress.total"
            old = f"{each.before.get(party, 0):g}"
            said = session.say(key, party=party, name=who, old=old, total=f"{total:g}", unit=unit)
            print("  " + said)
        for party in each.exceeded:
            print("  " + session.say("progress.exceeded", party=party))
        for deadline in each.met:
            print("  " + session.say("progress.met", deadline=deadline))
        for deadline in each.reopened:
            print("  " + session.say("progress.reopened", deadline=deadline))
