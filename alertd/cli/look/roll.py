"""`alertd roll` and `alertd board`: who has not handed in, and what is green, yellow, red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.board import Call, DutyRoll, Light


_ROLL = ("unit", "mark", "due", "at", "contact", "phone", "remarks")


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
    from alertd.engine.reporting.board import Mark
    from alertd.saying.rows import row_title

    words = session.words
    title = row_title(found.calls[0].row, session, carried=False)
    counts = [
        session.say("roll.counts", mark=words.word("cli.roll.word", mark), count=found.count(mark))
        for mark in Mark
        if found.count(mark)
    ]
    units, people = len({call.row.unit for call in found.calls}), len(found.calls)
    if any(call.row.party in session.world.register.roster for call in found.calls):
        print(session.say("roll.heading-people", title=title, total=units, people=people))
    else:
        print(session.say("roll.heading", title=title, total=people, count=people))
    print("\n".join(fitted([words.say("text.list").join(counts)])))
    headings = [session.say(f"roll.{name}") for name in _ROLL]
    print_table(headings, (_roll_cells(session, call) for call in found.calls))
    if found.others:
        names = words.say("text.list").join(found.others)
        print("\n".join(fitted([session.say("roll.others", names=names)])))


def _roll_cells(session: Session, call: Call) -> tuple[str, ...]:
    from alertd.messages.dates import instant_text
    from alertd.saying.rows import row_limit

    at = call.row.done_at
    return (
        _who(session, call.row),
        _mark(session, call),
        row_limit(call.row, session),
        instant_text(at, session.zone, session.language, session.today()) if at else "",
        session.words.script(call.contact),
        call.phone,
        _remarks(session, call),
    )


def _remarks(session: Session, call: Call) -> str:
    """What the mark does not say: more time, why it came back, the plan that left it open."""
    carried = call.row.carried_from
    said = (
        session.say("roll.extended") if call.extended else "",
        session.words.script(call.reason),
        session.words.say("row.carried", plan=carried) if carried else "",
    )
    return session.words.say("text.list").join(filter(None, said))


def _mark(session: Session, call: Call) -> str:
    """Where the unit stands, and what it has asked for that waits for a decision."""
    from alertd.cli.look.requests import what_text

    words = session.words
    said = words.word("cli.roll.word", call.mark)
    for request in call.requests:
        asked = words.say(
            "fact.state", state=what_text(request, session), standing=session.say("requests.waiting")
        )
        said = words.say("fact.state", state=said, standing=asked)
    return said


def _who(session: Session, row: Any) -> str:
    """The unit that owes it now, and for whom: an officer, or the unit it was taken over from."""
    words, world = session.words, session.world
    unit = words.text(world.party_name(row.unit))
    if row.party == row.unit:
        return unit
    return words.say("bulletin.of-unit", unit=unit, party=words.text(world.party_name(row.party)))


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
