"""`alertd event import`: a sheet of proposals, each with its reply date, lead unit and co-handling units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.cases.event_report import units_named
from alertd.cli.context import Session
from alertd.cli.declare import Paths, as_json, by, command
from alertd.cli.exits import Said
from alertd.cli.faults import refusal_line
from alertd.cli.workbook import line_of, sheet_lines, sheet_text
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.operations.proposals import Proposal

_REQUIRED = ("case", "lead", "reply_due")


@command("import")
@click.argument("file", metavar="FILE.csv|xlsx", type=Paths(path_type=Path))
@by
@as_json
def import_(session: Session, file: Path, by: str, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.proposals import import_proposals

    now, world, actor = session.now, session.world, session.actor(by)
    found = _read(file.name, sheet_text(file, session, dates=("reply_due",)), session, now)
    done = session.store.transact(lambda tx: import_proposals(Scope(tx, world, now, actor), found))
    if as_json:
        print_json({"events": done.events, "known": done.known, "started": done.started})
        return
    count = {"count": len(done.events), "known": done.known, "clocks": len(done.started)}
    print(session.say("event.imported", **count))


def _read(file: str, text: str, session: Session, now: datetime) -> list[Proposal]:
    """Every row as its proposal, or Said with every fault of every row, one a line."""
    from alertd.config.csv_tables import Columns, as_day, as_line, read_table
    from alertd.engine.operations.proposals import faults as refused
    from alertd.engine.ruling.refusal import Refused

    readers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(("case", "title", "lead", "co", "severity"), as_line),
        "reply_due": as_day,
    }
    table, faults = read_table(file, text, Columns(readers, _REQUIRED))
    wrong = list(zip([f.line for f in faults], sheet_lines(faults, table.text, session), strict=True))

    def note(number: int, sentence: str) -> None:
        place = table.key_fault((number, "case"), "", {})
        wrong.append((place.line, line_of(place, table.text, sentence)))

    found: dict[int, Proposal] = {}
    for number, cells in enumerate(table.rows):
        try:
            found[number] = _row(cells, session)
        except Said as said:
            if said.key != "progress.empty" or number not in table.damaged:  # else what is there was named
                note(number, session.say(said.key, **said.values))
        except Refused as unknown:
            note(number, refusal_line(unknown, session))
    proposals = list(found.values())
    for number, fault in zip(found, refused(session.world, now, proposals), strict=True):
        if fault is not None:
            note(number, refusal_line(fault, session))
    if wrong:
        lines = list(dict.fromkeys(line for _, line in sorted(wrong)))
        raise Said("progress.faulty", lines="\n".join(lines), count=len(lines))
    if not proposals:
        raise Said("progress.no-rows", file=file)
    return proposals


def _row(cells: dict[str, Any], session: Session) -> Proposal:
    from alertd.engine.operations.proposals import Proposal

    for column in _REQUIRED:
        if not isinstance(cells.get(column), date) if column == "reply_due" else not cells.get(column):
            raise Said("progress.empty", column=column)
    lead, co = (units_named(session.world, (cells.get(column, ""),)) for column in ("lead", "co"))
    title, severity = cells.get("title", ""), cells.get("severity", "")
    return Proposal(cells["case"], lead, co, cells["reply_due"], title, severity)
