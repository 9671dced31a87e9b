"""`alertd event import`: a sheet of proposals, each with its reply date, lead unit and co-handling units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.cases.event import case_named
from alertd.cli.cases.event_report import units_named
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command
from alertd.cli.exits import Said
from alertd.cli.workbook import line_of, sheet_lines, sheet_text
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.engine.cases.reported import Reported

#: the event that starts the lead unit's clock, and the one that starts those of the co-handling units
_LEAD, _CO = "proposal-assigned", "proposal-shared"
_REQUIRED = ("case", "lead", "reply_due")


@command("import")
@click.argument("file", metavar="FILE.csv|xlsx", type=click.Path(path_type=Path))
@by
@as_json
def import_(session: Session, file: Path, by: str, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.cases import events

    now, world, actor = session.now, session.world, session.actor(by)
    found = _read(file.name, sheet_text(file, session, dates=("reply_due",)), session)

    def work(tx: Connection) -> list[events.Outcome]:
        return [events.report(Scope(tx, world, now, actor), _as_known(tx, event)) for event in found]

    outcomes = session.store.transact(work)
    new = [outcome.id for outcome in outcomes if not outcome.known]
    started = [name for outcome in outcomes for name in outcome.started]
    if as_json:
        print_json({"events": new, "known": len(outcomes) - len(new), "started": started})
        return
    print(session.say("event.imported", count=len(new), known=len(outcomes) - len(new), clocks=len(started)))


def _as_known(tx: Connection, event: Reported) -> Reported:
    """The event with the instants it was first imported with, so that the same row is the same event.

    The day a row states is what it was then, too: an extension may have moved it since.
    """
    from sqlalchemy import select

    from alertd.store.tables import events

    row = tx.execute(select(events).where(events.c.id == event.id)).first()
    if row is None:
        return event
    instants = {name: datetime.fromisoformat(at) for name, at in row.instants.items()}
    first = row.history[0].get("stated_due") if row.history else None
    same = first is not None and event.stated_due is not None and event.stated_due.isoformat() == first
    return replace(event, instants=instants, stated_due=row.stated_due if same else event.stated_due)


def _read(file: str, text: str, session: Session) -> list[Reported]:
    """Every row as its events, or Said with every fault of every row, one a line."""
    from alertd.config.csv_tables import Columns, as_day, read_table

    readers: dict[str, Callable[[str], Any]] = {
        "case": str,
        "title": str,
        "lead": str,
        "co": str,
        "reply_due": as_day,
    }
    table, faults = read_table(file, text, Columns(readers, _REQUIRED))
    wrong = list(zip([f.line for f in faults], sheet_lines(faults, table.text, session), strict=True))
    found: list[Reported] = []
    seen: set[str] = set()
    for number, cells in enumerate(table.rows):
        try:
            events = _row(cells, session)
            if events and events[0].case in seen:
                raise Said("event.case-twice", case=events[0].case)
            seen.update(event.case for event in events)
            found += events
        except Said as said:
            if said.key != "progress.empty" or number not in table.damaged:  # else what is there was named
                place = table.key_fault((number, "case"), "", {})
                sentence = session.say(said.key, **said.values)
                wrong.append((place.line, line_of(place, table.text, sentence)))
    if wrong:
        lines = list(dict.fromkeys(line for _, line in sorted(wrong)))
        raise Said("progress.faulty", lines="\n".join(lines), count=len(lines))
    if not found:
        raise Said("progress.no-rows", file=file)
    return found


def _row(cells: dict[str, Any], session: Session) -> list[Reported]:
    from alertd.engine.cases.reported import Reported

    for column in _REQUIRED:
        if not cells.get(column):
            raise Said("progress.empty", column=column)
    case, due = case_named(cells["case"], "proposal", session.now), cells["reply_due"]
    if not isinstance(due, date) or due < session.today():
        raise Said("event.reply-past", due=str(due))
    made = [(_LEAD, cells["lead"])] + ([(_CO, cells["co"])] if cells.get("co") else [])
    instants = {"assigned": session.now.replace(microsecond=0)}
    return [
        Reported(
            kind,
            case,
            units_named(session.world, (units,)),
            instants,
            due,
            title=cells.get("title", ""),
            id=f"{kind}.{case}",
        )
        for kind, units in made
    ]
