"""How acts on one deadline are declared: named, carried out in one transaction, and said.

What an act asks for besides the deadline are its options; `--by` and `--json` every act has. What is typed of
days and instants is read here; whether it may be is the engine's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.engine.ruling.scope import Actor, Scope


_Option = Callable[[Callable[..., Any]], Callable[..., Any]]

deadline_argument = click.argument("deadline", metavar="DEADLINE")
approver = click.option("--approver", metavar="NAME", default="")
at = click.option("--at", metavar="INSTANT", default="")


@dataclass(frozen=True, slots=True)
class Doing:
    """One act about to be done, within its transaction: on which deadline, when, by whom."""

    session: Session
    scope: Scope
    row: Any


@dataclass(frozen=True, slots=True)
class Done:
    """What is said of an act: values of its sentence, and lines after it.

    `data` stands beside the id where the JSON is not the state and limit of the deadline.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] | None = None


def act(name: str, key: str, *options: _Option) -> Callable[[Callable[..., Done | None]], click.Command]:
    """Declare an act on one deadline; `key` names the sentence under `cli.act` that says it was done.

    The callback gets a Doing and the options, and may say more.
    """

    def wrap(work: Callable[..., Done | None]) -> click.Command:
        def run(session: Session, /, deadline: str, by: str, as_json: bool, **given: Any) -> None:
            actor = session.actor(by)
            _carry_out(session, deadline, actor, as_json, key, lambda doing: work(doing, **given))

        callback: Callable[..., Any] = run
        declared: list[_Option] = [deadline_argument, *options, by, as_json]
        for option in reversed(declared):
            callback = option(callback)
        return command(name)(callback)

    return wrap


def _carry_out(
    session: Session, name: str, actor: Actor, as_json: bool, key: str, work: Callable[[Doing], Done | None]
) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.acts import find
    from alertd.engine.ruling.scope import Scope

    now, world = session.now, session.world

    def attempt(tx: Connection) -> tuple[str, Done]:
        row = find(tx, name)
        return row.id, work(Doing(session, Scope(tx, world, now, actor), row)) or Done()

    found, done = session.store.transact(attempt)
    if as_json and done.data is not None:
        print_json({"id": found, **done.data})
        return
    print_state(key, found, session, as_json, **done.values)
    for line in () if as_json else done.lines:
        print(line)


def read_fact(text: str, session: Session) -> date | datetime:
    """A day, or an instant where a time is given; the engine says which a clock needs. Raises Said."""
    from alertd.cli.instants import read_instant

    return read_instant(text, session.zone).fact


def read_past(text: str, session: Session) -> date | datetime | None:
    """When something was done; None where nothing is said. Raises Said."""
    return read_fact(text, session) if text else None


def print_state(key: str, name: str, session: Session, as_json: bool, **more: str) -> None:
    """What became of the deadline: the sentence under `act.KEY`, or its state and limit as JSON."""
    from alertd.cli.output import iso, print_json, rfc3339
    from alertd.cli.rows import row_limit
    from alertd.engine.operations.acts import find

    with session.store.read() as tx:
        row = find(tx, name)
    if as_json:
        zone = session.zone
        print_json(
            {
                "id": row.id,
                "state": str(row.state),
                "unit": row.unit,
                "due": rfc3339(row.due, zone),
                "last_day": iso(row.last_day),
                "next_action_at": rfc3339(row.next_action_at, zone),
                "waits": row.waits or None,
            }
        )
        return
    print(session.say(f"act.{key}", deadline=row.id, **{"due": row_limit(row, session), **more}))
