"""How acts on deadlines are declared: named, carried out in one transaction, and said.

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
from alertd.cli.exits import USAGE, Said
from alertd.core.model import State

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alertd.core.rights import Act
    from alertd.engine.ruling.scope import Actor, Scope


_Option = Callable[[Callable[..., Any]], Callable[..., Any]]

deadlines_argument = click.argument("deadlines", metavar="[DEADLINE]…", nargs=-1)
of_case = click.option("--case", metavar="CASE", default="")
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


def act(
    name: str, key: str, right: Act, *options: _Option, asked: str = ""
) -> Callable[[Callable[..., Done | None]], click.Command]:
    """Declare an act on deadlines; `key` names the sentence under `cli.act` that says it was done.

    The callback gets a Doing and the options, and may say more. It is done to each deadline named, and with
    `--case` to those of a case that `Named` finds: to all of them or to none. `asked` is the kind of the
    request that is decided.
    """

    def wrap(work: Callable[..., Done | None]) -> click.Command:
        def run(session: Session, /, by: str, as_json: bool, **given: Any) -> None:
            named = Named(given.pop("deadlines"), given.pop("case"), right, asked)
            if not named.deadlines and not named.case:
                raise Said("said.no-deadline-named", exit_code=USAGE)
            actor = session.actor(by)
            _carry_out(session, named, actor, as_json, key, lambda doing: work(doing, **given))

        callback: Callable[..., Any] = run
        declared: list[_Option] = [deadlines_argument, of_case, *options, by, as_json]
        for option in reversed(declared):
            callback = option(callback)
        return command(name)(callback)

    return wrap


@dataclass(frozen=True, slots=True)
class Named:
    """The deadlines somebody named: by id or number, and those of a case in which `act` is possible.

    Of a case those that have begun. What is waived, or another unit's, is so with the turns to come; opened
    again is what was handed in, not what was waived or called off. With `asked` those for which that was
    asked and nobody has decided.
    """

    deadlines: tuple[str, ...]
    case: str
    act: Act
    asked: str = ""

    def rows(self, tx: Connection) -> list[Any]:
        """Each once. Raises Refused and Said where there is none."""
        from alertd.engine.operations.acts import find, find_of_case

        found = {row.number: row for row in (find(tx, name) for name in self.deadlines)}
        if self.case:
            meant = [row for row in find_of_case(tx, self.case) if self._of_case(State(row.state))]
            of_it = [row for row in meant if self._is_asked(tx, row)]
            if not of_it:
                raise Said("said.none-of-case", case=self.case)
            found |= {row.number: row for row in of_it}
        return list(found.values())

    def still(self, row: Any) -> bool:
        """Whether the act is possible in the state the deadline has by now."""
        from alertd.core.rights import possible

        return possible(self.act, State(row.state))

    def _of_case(self, state: State) -> bool:
        from alertd.core.rights import Act, possible

        if self.act is Act.REOPEN:
            return state in (State.DONE, State.VERIFIED)
        ahead = self.act in (Act.WAIVE, Act.REASSIGN, Act.DECLINE, Act.DECIDE_DECLINE)
        return possible(self.act, state) and (ahead or state != State.SCHEDULED)

    def _is_asked(self, tx: Connection, row: Any) -> bool:
        from alertd.engine.operations.requesting import is_asked

        return not self.asked or is_asked(tx, row.number, self.asked)

    @property
    def one(self) -> bool:
        return len(self.deadlines) == 1 and not self.case


def _carry_out(
    session: Session,
    named: Named,
    actor: Actor,
    as_json: bool,
    key: str,
    work: Callable[[Doing], Done | None],
) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.acts import find
    from alertd.engine.ruling.scope import Scope

    now, world = session.now, session.world

    def attempt(tx: Connection) -> list[tuple[str, Done]]:
        scope = Scope(tx, world, now, actor)
        acted: list[tuple[str, Done]] = []
        for chosen in named.rows(tx):
            row = find(tx, chosen.id) if acted else chosen
            if row.state != chosen.state and not named.still(row):
                continue  # what was done to one before has ended it
            acted.append((row.id, work(Doing(session, scope, row)) or Done()))
        return acted

    acted = session.store.transact(attempt)
    with session.store.read() as tx:
        rows = [find(tx, found) for found, _ in acted]
    if as_json:
        said = [
            {"id": row.id, **done.data} if done.data is not None else state_json(row, session)
            for row, (_, done) in zip(rows, acted, strict=True)
        ]
        print_json(said[0] if named.one else said)
        return
    for row, (_, done) in zip(rows, acted, strict=True):
        print_state(key, row, session, **done.values)
        for line in done.lines:
            print(line)


def read_fact(text: str, session: Session) -> date | datetime:
    """A day, or an instant where a time is given; the engine says which a clock needs. Raises Said."""
    from alertd.cli.instants import read_instant

    return read_instant(text, session.zone).fact


def read_past(text: str, session: Session) -> date | datetime | None:
    """When something was done; None where nothing is said. Raises Said."""
    return read_fact(text, session) if text else None


def state_json(row: Any, session: Session) -> dict[str, Any]:
    """What became of the deadline: its state and limit."""
    from alertd.cli.output import iso, rfc3339

    zone = session.zone
    return {
        "id": row.id,
        "state": str(row.state),
        "unit": row.unit,
        "due": rfc3339(row.due, zone),
        "last_day": iso(row.last_day),
        "next_action_at": rfc3339(row.next_action_at, zone),
        "waits": row.waits or None,
    }


def print_state(key: str, row: Any, session: Session, **more: str) -> None:
    """What became of the deadline: the sentence under `act.KEY`."""
    from alertd.saying.rows import row_limit

    print(session.say(f"act.{key}", deadline=row.id, **{"due": row_limit(row, session), **more}))
