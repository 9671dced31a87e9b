"""`alertd plan`: what the files would change against the store, and `--apply` to let them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.exits import DIFFERENT, YES
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.core.model import Register
    from alertd.engine.reporting.differences import Difference, Move
    from alertd.engine.ruling.world import World

#: more deadlines of one kind of change than this are counted on a terminal, not listed
_LISTED = 40
#: columns of a moved deadline that people read; the others follow from these
_READ = (
    "due",
    "earliest",
    "office_due",
    "obligation",
    "rule",
    "policy",
    "provisional",
    "due_soft",
    "earliest_soft",
)


@command("plan")
@click.option("--apply", "apply_", is_flag=True)
@click.option("--exit-code", "tell", is_flag=True)
@reason
@by
@as_json
def plan(session: Session, apply_: bool, tell: bool, reason: str, by: str, as_json: bool) -> int:
    from alertd.cli.output import print_json

    world = session.installation.written()
    found = _difference(session, world)
    lost = session.installation.lost(session.store, session.now)
    if apply_:
        _apply(session, reason, by)
    if as_json:
        print_json({**_json(found, lost, session), "applied": apply_})
    else:
        print("\n".join(_lines(found, lost, world.register, session)))
        if apply_:
            print(session.say("plan.applied"))
        elif lost or found.exceeds:
            print(session.say("plan.loses" if lost else "plan.waits"))
    return DIFFERENT if tell and not (found.empty and not lost) else YES


def _difference(session: Session, world: World) -> Difference:
    """The files as they lie there against the store."""
    from alertd.engine.reporting.differences import difference

    with session.store.read() as tx:
        return difference(Scope(tx, world, session.now), session.installation.files().texts)


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
        "people": list(found.people),
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


def _lines(found: Difference, lost: Sequence[str], register: Register, session: Session) -> list[str]:
    if found.empty and not lost:
        return [session.say("plan.nothing")]
    wanted = found.plan
    marks = (("+", found.new), ("~", found.changed), ("-", found.gone))
    lines = [f"{mark} {file}" for mark, files in marks for file in files]
    lines += [session.say("plan.lost"), *(f"  {each}" for each in lost)] if lost else []
    lines += _listed([_opened(row, session) for row in wanted.opened], "plan.more-opened", session)
    lines += _listed([moved_line(move, session) for move in wanted.moved], "plan.more-moved", session)
    lines += _listed([_gone(row, session) for row in wanted.vanished], "plan.more-withdrawn", session)
    counts = {
        "opened": len(wanted.opened),
        "moved": len(wanted.moved),
        "withdrawn": len(wanted.vanished),
    }
    told = told_line(found.people, register, session)
    return [*lines, session.say("plan.counts", **counts), told]


def _listed(lines: Sequence[str], key: str, session: Session) -> list[str]:
    rest = len(lines) - _LISTED if sys.stdout.isatty() else 0
    return [*lines[:_LISTED], session.say(key, count=rest)] if rest > 0 else [*lines]


def _opened(row: Mapping[str, Any], session: Session) -> str:
    from alertd.cli.rows import row_limit

    return f"+ {row['id']}  {row_limit(SimpleNamespace(**row), session)}"


def moved_line(move: Move, session: Session) -> str:
    """A deadline with the old and new value of what people read of it."""
    parts = [
        session.say("plan.change", name=session.say(f"plan.column.{name}"), old=old, new=new)
        for name in _READ
        if name in move.values
        for old, new in [
            (_said(name, getattr(move.row, name), session), _said(name, move.values[name], session))
        ]
    ]
    return f"~ {move.row.id}  {session.say('word.semicolon').join(parts)}".rstrip()


def _said(name: str, value: Any, session: Session) -> str:
    from alertd.messages.dates import limit_text
    from alertd.messages.rules import rule_text

    if isinstance(value, datetime):
        return limit_text(value, session.zone, session.language)
    if isinstance(value, bool) or value is None:
        return session.say(f"word.{'none' if value is None else 'yes' if value else 'no'}")
    return rule_text(value, session.language) if name == "rule" else str(value)


def _gone(row: Any, session: Session) -> str:
    from alertd.cli.rows import row_limit

    return f"- {row.id}  {row_limit(row, session)}"


def told_line(people: Collection[str], register: Register, session: Session) -> str:
    """How many would be told, and who."""
    known = register.people
    names = [known[person].name if person in known else person for person in sorted(people)]
    if not names:
        return session.say("plan.tells-nobody")
    listed = session.words.say("text.list").join(names)
    return session.say("plan.tells", count=len(names), names=session.words.script(listed))
