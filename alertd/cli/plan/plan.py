"""`alertd plan`: what the files would change against the store, and `--apply` to let them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason
from alertd.cli.exits import DIFFERENT, YES
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.core.model import Register
    from alertd.engine.planning.plan import Move, Plan
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


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything the files would change. `exceeds` says that a saved file would wait to be released."""

    world: World
    plan: Plan
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    people: tuple[str, ...]
    exceeds: bool

    @property
    def empty(self) -> bool:
        return self.plan.empty and not (self.new or self.changed or self.gone)


@command("plan")
@click.option("--apply", "apply_", is_flag=True)
@click.option("--exit-code", "tell", is_flag=True)
@reason
@by
@as_json
def plan(session: Session, apply_: bool, tell: bool, reason: str, by: str, as_json: bool) -> int:
    from alertd.cli.output import print_json

    found = _difference(session)
    if apply_:
        _apply(session, reason, by)
    if as_json:
        print_json({**_json(found, session), "applied": apply_})
    else:
        print("\n".join(_lines(found, session)))
        if apply_:
            print(session.say("plan.applied"))
        elif found.exceeds:
            print(session.say("plan.waits"))
    return DIFFERENT if tell and not found.empty else YES


def _difference(session: Session) -> Difference:
    """The files as they lie there against the store. Raises NoRegister for files with faults."""
    from alertd.engine.planning.plan import make_plan, people_told
    from alertd.store import revisions

    world = session.installation.written()
    texts = session.installation.files().texts
    with session.store.read() as tx:
        good = revisions.applied(tx)
        wanted = make_plan(Scope(tx, world, session.now))
        people = people_told(tx, [row.number for row in wanted.vanished]) | wanted.people
    return Difference(
        world=world,
        plan=wanted,
        new=tuple(sorted(set(texts) - set(good))),
        changed=tuple(sorted(file for file in good if file in texts and texts[file] != good[file])),
        gone=tuple(sorted(set(good) - set(texts))),
        people=tuple(sorted(people)),
        exceeds=bool(good) and wanted.exceeds(world),
    )


def _apply(session: Session, reason: str, by: str) -> None:
    from alertd.engine.planning.reconciler import release

    here = session.installation
    actor = session.actor_of(by, None)  # asks nothing of the store, in which nothing may rule yet
    channels = set(here.node.channels)
    release(session.store, here.files(), here.make_world, channels, session.now, actor, reason.strip())


# ---------------------------------------------------------------- JSON


def _json(found: Difference, session: Session) -> dict[str, Any]:
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
        "waits": found.exceeds,
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


def _lines(found: Difference, session: Session) -> list[str]:
    if found.empty:
        return [session.say("plan.nothing")]
    wanted = found.plan
    marks = (("+", found.new), ("~", found.changed), ("-", found.gone))
    lines = [f"{mark} {file}" for mark, files in marks for file in files]
    lines += _listed([_opened(row, session) for row in wanted.opened], "plan.more-opened", session)
    lines += _listed([moved_line(move, session) for move in wanted.moved], "plan.more-moved", session)
    lines += _listed([_gone(row, session) for row in wanted.vanished], "plan.more-withdrawn", session)
    counts = {
        "opened": len(wanted.opened),
        "moved": len(wanted.moved),
        "withdrawn": len(wanted.vanished),
    }
    told = told_line(found.people, found.world.register, session)
    return [*lines, session.say("plan.counts", **counts), told]


def _listed(lines: Sequence[str], key: str, session: Session) -> list[str]:
    rest = len(lines) - _LISTED if sys.stdout.isatty() else 0
    return [*lines[:_LISTED], session.say(key, count=rest)] if rest > 0 else [*lines]


def _opened(row: Mapping[str, Any], session: Session) -> str:
    from alertd.cli.rows import row_limit
    from alertd.store.rows import deadline_of

    return f"+ {row['id']}  {row_limit(deadline_of(row), session)}"


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
