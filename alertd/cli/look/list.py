"""`alertd list`: deadlines, the unfinished ones first, the next due on top."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import USAGE, Said
from alertd.core.model import Standing, State
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.queries import Stood


#: deadlines on a terminal, unless somebody asks for more
_ON_A_SCREEN = 40


@command("list")
@click.option("--state", metavar="STATE", multiple=True)
@click.option("--standing", metavar="STANDING", multiple=True)
@click.option("--party", metavar="UNIT", multiple=True)
@click.option("--case", metavar="CASE", default="")
@click.option("--obligation", metavar="ID", default="")
@click.option("--from", "first", metavar="DATE", default="")
@click.option("--to", "last", metavar="DATE", default="")
@click.option("--days", type=click.IntRange(min=1), default=None)
@click.option("--limit", type=click.IntRange(min=1), default=None)
@as_json
def list_(
    session: Session,
    state: tuple[str, ...],
    standing: tuple[str, ...],
    party: tuple[str, ...],
    case: str,
    obligation: str,
    first: str,
    last: str,
    days: int | None,
    limit: int | None,
    as_json: bool,
) -> int:
    from alertd.cli.instants import read_day
    from alertd.cli.output import fitted, print_json
    from alertd.cli.rows import say_lost
    from alertd.engine.reporting.ahead import span_of
    from alertd.engine.reporting.queries import Filter, listed
    from alertd.engine.ruling.naming import obligation_named, party_named

    world, register = session.world, session.world.register
    given = (read_day(first) if first else None, read_day(last) if last else None)
    span = span_of(session.today(), *given, days or 0)
    wanted = Filter(
        states=_choices("--state", state, State),
        standings=_choices("--standing", standing, Standing),
        parties=tuple(party_named(register, name) for name in _split(party)),
        case=case.lower(),
        obligation=obligation_named(register, obligation) if obligation else "",
        begins=span.begins(world),
        ends=span.ends(world),
    )
    with session.store.read() as tx:
        found, lost = listed(Scope(tx, world, session.now), wanted)
    found.sort(key=lambda stood: stood.standing is None)  # stable: keeps the order of due dates
    if limit is None and not as_json and sys.stdout.isatty():
        limit = _ON_A_SCREEN
    shown = found[:limit]
    if as_json:
        print_json([stood_json(stood, session) for stood in shown])
    else:
        _print(session, shown)
        if len(found) > len(shown):
            more = session.say("list.more", count=len(found) - len(shown), all=len(found))
            print("\n".join(["", *fitted([more])]))
    return say_lost(session, lost)


def _split(values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in value.replace("，", ",").split(",") if part.strip()]


def _choices(option: str, values: Iterable[str], known: type[StrEnum]) -> tuple[str, ...]:
    """Several may be given, each by itself or with commas. Raises Said (usage)."""
    names = [str(member) for member in known]
    found = [value.lower() for value in _split(values)]
    if any(value not in names for value in found):
        raise Said("usage.choice", exit_code=USAGE, name=option, known=", ".join(names))
    return tuple(found)


def stood_json(stood: Stood, session: Session) -> dict[str, Any]:
    """One deadline as `list --json` gives it."""
    from alertd.cli.output import rfc3339

    row, zone = stood.row, session.zone
    return {
        "id": row.id,
        "number": row.number,
        "obligation": row.obligation,
        "party": row.party,
        "case": row.case_id,
        "state": str(row.state),
        "standing": str(stood.standing) if stood.standing else None,
        "opens_at": rfc3339(row.opens_at, zone),
        "earliest": rfc3339(row.earliest, zone),
        "due": rfc3339(row.due, zone),
        "office_due": rfc3339(row.office_due, zone),
        "measure": _measure(stood, session),
        "next_action_at": rfc3339(row.next_action_at, zone),
        "provisional": bool(row.provisional),
        "carried_from": row.carried_from or None,
    }


def _measure(stood: Stood, session: Session) -> dict[str, Any] | None:
    measure, fraction, expected = stood.measure, stood.fraction, stood.expected
    if measure is None:
        return None
    if measure.percent is not None:
        return {
            "percent": measure.percent,
            "bound": stood.owed.kind,
            "numerator": fraction.numerator if fraction else None,
            "denominator": fraction.denominator if fraction else None,
            "value": None if stood.total is None else round(stood.total, 2),
        }
    return {
        "unit": session.words.text(measure.unit),
        "minimum": stood.minimum,
        "bound": stood.owed.kind,
        "total": stood.total,
        "expected": None if expected is None else round(expected, 2),
    }


def _print(session: Session, found: Sequence[Stood]) -> None:
    from alertd.cli.output import print_table
    from alertd.messages.dates import instant_text
    from alertd.saying.rows import row_limit, row_party, row_state, row_title

    if not found:
        print(session.say("list.none"))
        return
    today = session.today()

    def upcoming(row: Any) -> str:
        at = row.next_action_at
        return instant_text(at, session.zone, session.language, today) if at else ""

    headings = [session.say(f"list.{name}") for name in ("number", "title", "party", "due", "state", "next")]
    print_table(
        headings,
        (
            (
                f"#{stood.row.number}",
                row_title(stood.row, session),
                row_party(stood.row, session),
                row_limit(stood.row, session),
                row_state(stood.row, stood.standing, session),
                upcoming(stood.row),
            )
            for stood in found
        ),
    )
