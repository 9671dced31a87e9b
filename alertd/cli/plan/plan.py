"""`alertd plan`: what the files would change against the store, and `--apply` to let them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.exits import DIFFERENT, YES
from alertd.cli.plan.never import never_json, never_lines

if TYPE_CHECKING:
    from alertd.engine.reporting.differences import Difference, DutyTold, Move
    from alertd.engine.ruling.world import World

#: more deadlines of one kind of change than this are counted on a terminal, not listed
_LISTED = 40


@command("plan")
@click.option("--apply", "apply_", is_flag=True)
@click.option("--exit-code", "tell", is_flag=True)
@reason
@by
@as_json
def plan(session: Session, apply_: bool, tell: bool, reason: str, by: str, as_json: bool) -> int:
    from alertd.cli.output import fitted, print_json

    world = session.installation.written()
    found = _difference(session, world)
    lost = session.installation.lost(session.store, session.now)
    if apply_:
        _apply(session, reason, by)
    never = session.store, session.now
    if as_json:
        about = {"applied": apply_, "never": never_json(world, *never)}
        print_json({**_json(found, lost, session), **about})
    else:
        print("\n".join(fitted(_lines(found, lost, world, session))))
        if apply_:
            print(session.say("plan.applied"))
        elif lost or found.exceeds:
            print(*fitted([session.say("plan.loses" if lost else "plan.waits")]))
        for line in never_lines(session, world, *never):
            print(line, file=sys.stderr)
    return DIFFERENT if tell and not (found.empty and not lost) else YES


def _difference(session: Session, world: World) -> Difference:
    """The files as they lie there against the store."""
    from alertd.engine.reporting.differences import difference

    here = session.installation
    return difference(session.store, here.files(), here.make_world, here.node.channels, session.now, world)


def _apply(session: Session, reason: str, by: str) -> None:
    from alertd.engine.operations.releasing import Release, release_files

    here = session.installation
    actor = session.actor_of(by, None)  # asks nothing of the store, in which nothing may rule yet
    node = here.as_written(session.store)
    asked = Release(here.files(), frozenset(here.node.channels), reason, node=node)
    release_files(session.store, here.make_world, session.now, actor, asked)


# ---------------------------------------------------------------- JSON


def _json(found: Difference, lost: Sequence[str], session: Session) -> dict[str, Any]:
    wanted = found.plan

    def plain(value: Any) -> Any:
        return _plain(value, session)

    return {
        "files": {"new": list(found.new), "changed": list(found.changed), "gone": list(found.gone)},
        "opened": [
            {
                "id": row["id"],
                "earliest": plain(row["earliest"]),
                "due": plain(row["due"]),
            }
            for row in wanted.opened
        ],
        "moved": [{"id": move.row.id, "changes": _changes(move, session)} for move in wanted.moved],
        "withdrawn": [{"id": row.id, "due": plain(row.due)} for row in wanted.vanished],
        "people": sorted(wanted.told.people),
        "messages": wanted.told.messages,
        "told": [told_json(duty) for duty in wanted.told.duties],
        "lost": list(lost),
        "waits": bool(lost) or found.exceeds,
    }


def _changes(move: Move, session: Session) -> dict[str, dict[str, Any]]:
    """Old and new value of every column that differs."""
    return {
        name: {"old": _plain(getattr(move.row, name), session), "new": _plain(value, session)}
        for name, value in move.values.items()
        if name != "trace"
    }


def _plain(value: Any, session: Session) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(session.zone).isoformat()
    return value.isoformat() if isinstance(value, date) else value


# ---------------------------------------------------------------- for people


def _lines(found: Difference, lost: Sequence[str], world: World, session: Session) -> list[str]:
    from alertd.saying.changes import change_lines, gone_line, opened_line, told_lines
    from alertd.saying.voice import Reader

    if found.empty and not lost:
        return [session.say("plan.nothing")]
    voice = Reader(world, session.language, session.now)
    wanted = found.plan
    marks = (("+", found.new), ("~", found.changed), ("-", found.gone))
    lines = [f"{mark} {file}" for mark, files in marks for file in files]
    lines += [session.say("plan.lost"), *(f"  {each}" for each in lost)] if lost else []
    lines += _listed([opened_line(row, voice) for row in wanted.opened], "plan.more-opened", session)
    lines += _listed(change_lines(wanted.moved, voice), "plan.more-moved", session)
    lines += _listed([gone_line(row, voice) for row in wanted.vanished], "plan.more-withdrawn", session)
    counts = {
        "opened": len(wanted.opened),
        "moved": len(wanted.moved),
        "withdrawn": len(wanted.vanished),
    }
    return [*lines, session.say("plan.counts", **counts), *told_lines(wanted.told, voice)]


def told_json(duty: DutyTold) -> dict[str, Any]:
    """Who hears of one duty: of something that changed, and because a step is reached by now."""
    return {
        "obligation": duty.obligation,
        "deadlines": duty.deadlines,
        "news": sorted(duty.news),
        "reached": sorted(duty.reached),
    }


def _listed(lines: Sequence[str], key: str, session: Session) -> list[str]:
    rest = len(lines) - _LISTED if sys.stdout.isatty() else 0
    return [*lines[:_LISTED], session.say(key, count=rest)] if rest > 0 else [*lines]
