"""`alertd rate set`: figures given by hand for a rate or a stock."""

from __future__ import annotations

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, group
from alertd.cli.exits import USAGE, Said
from alertd.engine.ruling.scope import Scope


@command("set")
@click.argument("obligation", metavar="OBLIGATION")
@click.argument("party", metavar="PARTY")
@click.argument("numerator", metavar="NUM")
@click.argument("denominator", metavar="DEN")
@click.option("--on", "day", metavar="DATE", required=True)
@click.option("--note", metavar="TEXT", default="")
@by
@as_json
def set_(
    session: Session,
    obligation: str,
    party: str,
    numerator: str,
    denominator: str,
    day: str,
    note: str,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.figures.sheet import read_amount
    from alertd.cli.instants import read_day
    from alertd.cli.output import print_json
    from alertd.core.measures import Fraction
    from alertd.engine.operations.rating import set_rate
    from alertd.engine.ruling.naming import obligation_named, party_named

    now, world, actor = session.now, session.world, session.actor(by)
    name = obligation_named(world.register, obligation)
    unit = party_named(world.register, party)
    numbers = []
    for text in (numerator, denominator):
        number = read_amount(text)
        if number is None:
            raise Said("said.no-amount", exit_code=USAGE, found=text)
        numbers.append(number)
    on, fraction = read_day(day), Fraction(*numbers)
    given = session.store.transact(
        lambda tx: set_rate(Scope(tx, world, now, actor), name, unit, fraction, on, note)
    )
    if as_json:
        old = [given.old.numerator, given.old.denominator] if given.old else None
        print_json({"old": old, "value": given.percent, "closed": given.closed, "reopened": given.reopened})
        return
    figures = f"{fraction.numerator:g}/{fraction.denominator:g}"
    if given.old:
        before = f"{given.old.numerator:g}/{given.old.denominator:g}"
        print(session.say("rate.corrected", on=str(on), old=before, new=figures))
    else:
        print(session.say("rate.recorded", on=str(on), new=figures))
    if given.percent is not None:
        print(session.say("rate.stands", percent=f"{given.percent:.4g}"))
    for deadline in given.closed:
        print("  " + session.say("progress.met", deadline=deadline))
    for deadline in given.reopened:
        print("  " + session.say("progress.reopened", deadline=deadline))


rate = group("rate", {"set": "alertd.cli.figures.rate:set_"})
