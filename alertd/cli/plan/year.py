"""`alertd year new`: the plan of the next year takes over from that of the last, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import CommandGroup, as_json, by, command, yes
from alertd.cli.exits import YES, Said

if TYPE_CHECKING:
    from alertd.engine.operations.turning import Turn, Turned

#: open items are listed up to this many
_LISTED = 40


@command("new")
@click.argument("year", metavar="YEAR", type=click.IntRange(1950, 2200))
@click.option("--from", "old", metavar="YEAR", required=True, type=click.IntRange(1950, 2200))
@click.option("--end", "ending", metavar="OBLIGATION", multiple=True)
@click.option("--dry-run", is_flag=True)
@yes
@by
@as_json
def new(
    session: Session,
    year: int,
    old: int,
    ending: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    by: str,
    as_json: bool,
) -> int:
    from alertd.cli.existing import existing_store
    from alertd.cli.output import confirmed, print_json
    from alertd.cli.rewriting import write_files
    from alertd.engine.operations.turning import turn_year, turned

    here, store, now = session.installation, existing_store(session), session.now
    asked = _asked(session, old, year, ending)
    found = turned(store, here.make_world, now, asked)
    if as_json:
        print_json(_json(asked, found))
    else:
        print("\n".join(_lines(asked, found, session)))
    if dry_run:
        return YES
    if not confirmed(session, session.say("year.ask", year=year), yes):
        raise Said("said.aborted")
    actor = session.actor_of(by, found.world.register)
    schedules = session.node.schedules
    turn_year(store, here.make_world, now, actor, asked, lambda changes: write_files(schedules, changes))
    if not as_json:
        print(session.say("year.done", folder=f"{schedules.name}/{year}"))
    return YES


year = CommandGroup("year", commands={"new": new})


def _asked(session: Session, old: int, new: int, ending: tuple[str, ...]) -> Turn:
    from alertd.engine.operations.turning import Turn

    here = session.installation
    reason = session.say("year.reason", old=old, new=new)
    channels = frozenset(here.node.channels)
    return Turn(here.files(), channels, here.node.schedules.name, old, new, ending, reason)


# ---------------------------------------------------------------- what is shown


def _lines(asked: Turn, turned: Turned, session: Session) -> list[str]:
    marks = {True: "-", False: "+"}
    files = [f"{marks[text is None]} {file}" for file, text in sorted(turned.changes.items())]
    on, ends = turned.goes_on, turned.ends
    lines = [*files, "", session.say("year.goes-on", count=len(on), year=asked.new)]
    lines += _duties(on, turned, session)
    lines += ["", session.say("year.ends", count=len(ends), year=asked.old)]
    lines += _duties(ends, turned, session)
    lines += ["", session.say("year.carried", count=len(turned.carried), year=asked.new)]
    lines += _rows(turned.carried, session)
    if turned.withdrawn:
        lines += ["", session.say("year.withdrawn", count=len(turned.withdrawn))]
        lines += _rows(turned.withdrawn, session)
    return [*lines, "", *_advice(asked, turned, session)]


def _duties(names: tuple[str, ...], turned: Turned, session: Session) -> list[str]:
    from alertd.cli.output import aligned

    known = turned.world.register.obligations
    rows = [(name, known[name].source.clause, session.words.text(known[name].title)) for name in names]
    return aligned(rows, indent=2)


def _rows(rows: tuple[Any, ...], session: Session) -> list[str]:
    from alertd.saying.rows import row_limit

    lines = [f"  {row.id}  {row_limit(row, session)}".rstrip() for row in rows[:_LISTED]]
    more = len(rows) - _LISTED
    return [*lines, "  " + session.say("doctor.more", count=more)] if more > 0 else lines


def _advice(asked: Turn, turned: Turned, session: Session) -> list[str]:
    """What a person must still do: nobody but them has read the new plan."""
    lines = [session.say("year.check", old=asked.old, new=asked.new)]
    calendar = turned.world.calendar.years.get(asked.new)
    if calendar is None or calendar.status != "official":
        lines.append(session.say("year.calendar", year=asked.new))
    return lines


def _json(asked: Turn, turned: Turned) -> dict[str, Any]:
    changes = turned.changes
    return {
        "from": asked.old,
        "year": asked.new,
        "files": {
            "written": sorted(file for file, text in changes.items() if text is not None),
            "removed": sorted(file for file, text in changes.items() if text is None),
        },
        "goes_on": turned.goes_on,
        "ends": turned.ends,
        "carried": [row.id for row in turned.carried],
        "withdrawn": [row.id for row in turned.withdrawn],
    }
