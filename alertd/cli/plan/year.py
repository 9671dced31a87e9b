"""`alertd year new`: the plan of the next year takes over from that of the last, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import Group, as_json, by, command, yes
from alertd.cli.exits import USAGE, YES, Said

if TYPE_CHECKING:
    from alertd.config.year_edit import YearTurn
    from alertd.engine.reporting.differences import Plan
    from alertd.engine.ruling.world import World
    from alertd.installation import Store

#: open items are listed up to this many
_LISTED = 40


@dataclass(frozen=True, slots=True)
class Turned:
    """The files of the new year before they are written. `plan` is None and `items` empty without a store."""

    old: int
    new: int
    turn: YearTurn
    world: World
    store: Store | None
    plan: Plan | None
    items: tuple[Any, ...]  # unfinished deadlines of what ends

    @property
    def withdrawn(self) -> list[Any]:
        """Deadlines planned ahead of duties that are not owed any more by then."""
        return list(self.plan.vanished) if self.plan else []


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
    from alertd.cli.output import confirmed, print_json

    turned = _turn(session, old, year, ending)
    if as_json:
        print_json(_json(turned))
    else:
        print("\n".join(_lines(turned, session)))
    if dry_run:
        return YES
    if not confirmed(session, session.say("year.ask", year=year), yes):
        raise Said("said.aborted")
    _write(session, turned, by)
    if not as_json:
        print(session.say("year.done", folder=_folder(session, year)))
    return YES


year = Group("year", commands={"new": new})


def _folder(session: Session, year: int) -> str:
    return f"{session.node.schedules.name}/{year}"


def _turn(session: Session, old: int, new: int, ending: tuple[str, ...]) -> Turned:
    """Raises Said where the years do not follow, the files wait for release or the new folder is there."""
    from alertd.cli.existing import existing_store, files_differ
    from alertd.cli.rewriting import plan_with, with_changes, world_with
    from alertd.config.year_edit import turn_year

    if new <= old:
        raise Said("year.reversed", exit_code=USAGE, old=old, new=new)
    store = existing_store(session)
    if files_differ(session, store):
        raise Said("year.differ")
    files = session.installation.files()
    ends = _known_ids(world_with(session, files), ending)
    _refuse_folder(session, files.texts, new)
    turn = turn_year(files.texts, old, new, ends)
    if turn.unusual:
        raise Said("year.unusual", files=", ".join(turn.unusual))
    missing = [name for name in ends if name not in turn.ends]
    if missing or not (turn.goes_on or turn.ends):
        raise Said("year.nothing", folder=_folder(session, old), names=", ".join(missing) or "–")
    after = with_changes(files, turn.changes)
    world = world_with(session, after)
    plan = plan_with(session, store, after) if store is not None else None
    return Turned(old, new, turn, world, store, plan, _items(session, turn, world, store))


def _known_ids(world: World, ending: tuple[str, ...]) -> list[str]:
    from alertd.engine.ruling.naming import obligation_named

    return [obligation_named(world.register, name) for name in ending]


def _refuse_folder(session: Session, texts: Mapping[str, str], new: int) -> None:
    from alertd.config.year_edit import holds_duties

    folder = _folder(session, new)
    there = [file for file in texts if file.startswith(f"{folder}/") and holds_duties(file)]
    if there:
        raise Said("year.exists", folder=folder, names=", ".join(there))


def _items(session: Session, turn: YearTurn, world: World, store: Store | None) -> tuple[Any, ...]:
    from alertd.engine.reporting.differences import still_open
    from alertd.engine.ruling.scope import Scope

    if store is None:
        return ()
    ending = [world.register.obligations[name] for name in turn.ends]
    with store.read() as tx:
        return still_open(Scope(tx, world, session.now), ending)


def _write(session: Session, turned: Turned, by: str) -> None:
    from alertd.cli.rewriting import write_and_apply, write_files

    if turned.store is None:
        write_files(session.node.schedules, turned.turn.changes)
        return
    reason = session.say("year.reason", old=turned.old, new=turned.new)
    write_and_apply(session, turned.store, turned.turn.changes, by, reason)


# ---------------------------------------------------------------- what is shown


def _lines(turned: Turned, session: Session) -> list[str]:
    marks = {True: "-", False: "+"}
    files = [f"{marks[text is None]} {file}" for file, text in sorted(turned.turn.changes.items())]
    on, ends = turned.turn.goes_on, turned.turn.ends
    lines = [*files, "", session.say("year.goes-on", count=len(on), year=turned.new)]
    lines += _duties(on, turned, session)
    lines += ["", session.say("year.ends", count=len(ends), year=turned.old)]
    lines += _duties(ends, turned, session)
    lines += ["", session.say("year.carried", count=len(turned.items), year=turned.new)]
    lines += _rows(turned.items, session)
    if turned.withdrawn:
        lines += ["", session.say("year.withdrawn", count=len(turned.withdrawn))]
        lines += _rows(tuple(turned.withdrawn), session)
    return [*lines, "", *_advice(turned, session)]


def _duties(names: list[str], turned: Turned, session: Session) -> list[str]:
    from alertd.cli.output import aligned

    known = turned.world.register.obligations
    rows = [(name, known[name].source.clause, session.words.text(known[name].title)) for name in names]
    return aligned(rows, indent=2)


def _rows(rows: tuple[Any, ...], session: Session) -> list[str]:
    from alertd.cli.rows import row_limit

    lines = [f"  {row.id}  {row_limit(row, session)}".rstrip() for row in rows[:_LISTED]]
    more = len(rows) - _LISTED
    return [*lines, "  " + session.say("doctor.more", count=more)] if more > 0 else lines


def _advice(turned: Turned, session: Session) -> list[str]:
    """What a person must still do: nobody but them has read the new plan."""
    lines = [session.say("year.check", old=turned.old, new=turned.new)]
    calendar = turned.world.calendar.years.get(turned.new)
    if calendar is None or calendar.status != "official":
        lines.append(session.say("year.calendar", year=turned.new))
    return lines


def _json(turned: Turned) -> dict[str, Any]:
    changes = turned.turn.changes
    return {
        "from": turned.old,
        "year": turned.new,
        "files": {
            "written": sorted(file for file, text in changes.items() if text is not None),
            "removed": sorted(file for file, text in changes.items() if text is None),
        },
        "goes_on": turned.turn.goes_on,
        "ends": turned.turn.ends,
        "carried": [row.id for row in turned.items],
        "withdrawn": [row.id for row in turned.withdrawn],
    }
