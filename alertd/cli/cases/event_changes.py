"""`alertd event correct` and `event cancel`: what was reported was wrong."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from alertd.cli.cases.event import INSTANTS, gather, instant_options, refuse_bare
from alertd.cli.cases.gate import shut_by_stored, verdict_json, warning
from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, reason, yes
from alertd.cli.exits import NO, USAGE, YES, Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.cli.instants import Given
    from alertd.engine.cases.corrections import Correction


@command("correct")
@click.argument("identity", metavar="ID")
@instant_options
@click.option("--due", metavar="DATE", default="")
@reason
@click.option("--approver", metavar="NAME", default="")
@click.option("--planned", is_flag=True)
@yes
@by
@as_json
def correct(
    session: Session,
    identity: str,
    due: str,
    reason: str,
    approver: str,
    planned: bool,
    yes: bool,
    by: str,
    as_json: bool,
    **instants: str,
) -> int:
    from alertd.cli.output import confirmed, print_json
    from alertd.engine.cases import corrections

    _need_reason(reason)
    given, stated = _given(session, identity, instants, due, planned)
    at = {name: one.at for name, one in given.items()}
    now, world, actor = session.now, session.world, session.actor(by)
    with session.store.read() as tx:
        event, moves = corrections.corrections(Scope(tx, world, now), identity, at, stated)
        shut = shut_by_stored(tx, world, identity, min(event.instants.values(), default=now))
    _need_approver(moves, approver)
    if not yes:
        print("\n".join(_shown(session, moves) + warning(shut, session)), file=sys.stderr)
        if not confirmed(session, session.say("event.ask-correct"), yes):
            print(session.say("said.aborted"), file=sys.stderr)
            return NO
    moved = session.store.transact(
        lambda tx: corrections.correct(Scope(tx, world, now, actor), identity, at, stated, reason, approver)
    )
    if as_json:
        print_json({"id": identity, "moved": moved, "gates": [verdict_json(verdict) for verdict in shut]})
    else:
        print(session.say("event.corrected", id=identity, count=len(moved)))
        for name in moved:
            print(f"  ~ {name}")
        for verdict in shut:
            print("  " + session.say("event.went-past", gate=verdict.gate.id))
    return YES


def _need_reason(reason: str) -> None:
    from alertd.engine.ruling.refusal import Refused

    if not reason.strip():
        raise Refused("reason-missing")


def _given(
    session: Session, identity: str, instants: dict[str, str], due: str, planned: bool
) -> tuple[dict[str, Given], date | None]:
    """The new instants and the new stated date. Raises Said, and Refused for an unknown event."""
    from alertd.cli.instants import read_day
    from alertd.cli.names import known_id
    from alertd.engine.cases.corrections import stored

    with session.store.read() as tx:
        found = stored(tx, identity)
    kind = known_id("said.no-event-type", found.type, session.world.register.event_types)
    texts = {name: instants[name] for name in ("at", *INSTANTS)}
    if not any(texts.values()) and not due:
        raise Said("said.nothing-to-correct", exit_code=USAGE)
    given = gather(session, kind, texts, planned, session.now)
    refuse_bare(session.world, kind, given)
    return given, read_day(due) if due else None


def _need_approver(moves: list[Correction], approver: str) -> None:
    from alertd.engine.ruling.refusal import Refused

    later = [move.row.id for move in moves if move.later]
    if later and not approver.strip():
        raise Refused("approver-needed", deadlines=", ".join(later))


def _shown(session: Session, moves: list[Correction]) -> list[str]:
    """Each deadline with its limit before and after."""
    from alertd.cli.rows import limit_rows, row_limit

    lines = []
    for move in moves:
        rows = limit_rows(move.limits, move.row.by_the_hour, session, session.today())
        new = session.say("word.semicolon").join(text for _, text in rows)
        old = row_limit(move.row, session)
        if old == new:
            continue
        lines.append(session.say("event.move", number=move.row.number, id=move.row.id, old=old, new=new))
    return lines or [session.say("event.moves-nothing")]


@command("cancel")
@click.argument("identity", metavar="ID")
@reason
@yes
@by
@as_json
def cancel(session: Session, identity: str, reason: str, yes: bool, by: str, as_json: bool) -> int:
    from alertd.cli.output import confirmed, print_json
    from alertd.engine.cases import corrections

    _need_reason(reason)
    now, world, actor = session.now, session.world, session.actor(by)
    with session.store.read() as tx:
        running = corrections.started_by(tx, identity)
    if not yes:
        lines = [session.say("event.cancels", id=identity, count=len(running))]
        lines += [f"  - #{row.number} {row.id}" for row in running]
        print("\n".join(lines), file=sys.stderr)
        if not confirmed(session, session.say("event.ask-cancel"), yes):
            print(session.say("said.aborted"), file=sys.stderr)
            return NO
    cancelled = session.store.transact(
        lambda tx: corrections.cancel(Scope(tx, world, now, actor), identity, reason)
    )
    if as_json:
        print_json({"id": identity, "cancelled": cancelled})
    else:
        print(session.say("event.cancelled", id=identity, count=len(cancelled)))
        for name in cancelled:
            print(f"  - {name}")
    return YES
