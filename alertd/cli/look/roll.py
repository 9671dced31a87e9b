"""`alertd roll` and `alertd board`: who has not handed in, and what is green, yellow, red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.board import DutyRoll, Light


@command("roll")
@click.argument("obligation", metavar="OBLIGATION")
@click.option("--occurrence", metavar="NAME", default="")
@as_json
def roll(session: Session, obligation: str, occurrence: str, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.reporting import board
    from alertd.engine.ruling.naming import obligation_named

    world = session.world
    name = obligation_named(world.register, obligation)
    with session.store.read() as tx:
        found = board.roll(Scope(tx, world, session.now), name, occurrence)
    if found is None:
        raise Said("roll.none", obligation=name, found=occurrence)
    if as_json:
        print_json(_roll_json(session, found))
    else:
        _print_roll(session, found)


def _roll_json(session: Session, found: DutyRoll) -> dict[str, Any]:
    from alertd.cli.look.requests import request_json
    from alertd.cli.output import rfc3339

    zone = session.zone
    return {
        "obligation": found.obligation,
        "occurrence": found.occurrence,
        "others": list(found.others),
        "units": [
            {
                "id": call.row.id,
                "number": call.row.number,
                "unit": call.row.unit,
                "party": call.row.party,
                "mark": str(call.mark),
                "requests": [request_json(each, session) for each in call.requests],
                "due": rfc3339(call.row.due, zone),
                "extended": call.extended,
                "reason": call.reason or None,
                "carried_from": call.row.carried_from or None,
                "handed_in_at": rfc3339(call.row.done_at, zone),
                "contact": call.contact,
                "phone": call.phone,
            }
            for call in found.calls
        ],
    }


def _print_roll(session: Session, found: DutyRoll) -> None:
    from alertd.cli.output import fitted, print_table
    from alertd.saying.roll import ROLL, roll_cells, roll_counts, roll_title

    print(roll_title(found, session))
    print("\n".join(fitted([roll_counts(found, session)])))
    headings = [session.say(f"roll.{name}") for name in ROLL]
    print_table(headings, (roll_cells(call, session) for call in found.calls))
    if found.others:
        names = session.words.say("text.list").join(found.others)
        print("\n".join(fitted([session.say("roll.others", names=names)])))


#: the columns of numbers, and how a terminal shows the colours
_NUMBERS = ("red", "yellow", "green", "grey", "carried")
_STYLES = {1: "red", 2: "yellow", 3: "green", 4: "bright_black"}


@command("board")
@click.option("--by", "grouped", type=click.Choice(["unit", "item"]), default="unit")
@as_json
def board(session: Session, grouped: str, as_json: bool) -> None:
    from alertd.cli.output import print_json, print_table, rfc3339
    from alertd.engine.reporting.board import board as lights_of

    with session.store.read() as tx:
        lights = lights_of(Scope(tx, session.world, session.now), grouped)
    if as_json:
        print_json(
            [
                {
                    grouped: light.name,
                    "green": light.green,
                    "yellow": light.yellow,
                    "red": light.red,
                    "grey": light.grey,
                    "carried": light.carried,
                    "next_due": rfc3339(light.next_due, session.zone),
                }
                for light in lights
            ]
        )
        return
    if not lights:
        print(session.say("board.none"))
        return
    headings = [session.say(f"board.{name}") for name in (grouped, *_NUMBERS, "next")]
    rows = [_board_cells(session, light, grouped) for light in lights]
    print_table(headings, [*rows, _board_total(session, lights)], _STYLES)


def _board_cells(session: Session, light: Light, grouped: str) -> tuple[str, ...]:
    from alertd.messages.dates import instant_text, limit_text

    words, register = session.words, session.world.register
    if grouped == "unit":
        name = words.text(session.world.party_name(light.name))
    else:
        known = register.obligations.get(light.name)
        name = words.text(known.title) if known else light.name
    at, said = light.next_due, ""
    if at is not None:
        write = instant_text if light.next_by_the_hour else limit_text
        said = write(at, session.zone, session.language, session.today())
    return name, *_numbers(light), said


def _numbers(light: Light) -> tuple[str, ...]:
    return tuple(str(getattr(light, name) or "") for name in _NUMBERS)


def _board_total(session: Session, lights: list[Light]) -> tuple[str, ...]:
    from alertd.engine.reporting.board import total_of

    return session.say("board.total"), *_numbers(total_of(lights)), ""
