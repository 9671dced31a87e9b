"""`alertd duty`: who answers on a day, from when to when, and under which number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.core.directory import Holder
    from alertd.engine.reporting.on_duty import Post, Shift, Watch

_COLUMNS = ("unit", "position", "time", "person", "phone")


@command("duty")
@click.argument("unit", metavar="[UNIT]", default="")
@click.option("--on", "day", metavar="DATE", default="")
@as_json
def duty(session: Session, unit: str, day: str, as_json: bool) -> None:
    from alertd.cli.instants import read_day
    from alertd.cli.output import fitted, print_json, print_table
    from alertd.engine.reporting.on_duty import UNIT, on_duty, watch
    from alertd.engine.ruling.naming import party_named
    from alertd.messages.dates import day_text

    world, on = session.world, read_day(day) if day else session.today()
    named = party_named(world.register, unit) if unit else ""
    with session.store.read() as tx:
        scope = Scope(tx, world, session.now)
        watches = [*on_duty(scope, on), *([watch(scope, named, UNIT, on)] if named else [])]
    if as_json:
        print_json({"day": on.isoformat(), "units": [_watch_json(each) for each in watches]})
        return
    key = "duty.today" if on == session.today() else "duty.on"
    print(session.say(key, day=day_text(on, session.language, session.today())))
    rows = [row for each in watches for row in _rows(session, each)]
    columns = [name for name in _COLUMNS if name != "time" or any(row[2] for row in rows)]
    headings = [session.say(f"duty.{name}") for name in columns]
    print_table(headings, [[row[_COLUMNS.index(name)] for name in columns] for row in rows])
    print("\n".join(fitted([session.say("duty.others")])))


def _watch_json(watch: Watch) -> dict[str, Any]:
    return {
        "unit": watch.unit,
        "posts": [
            {
                "position": post.position,
                "vacant": post.vacant,
                "holders": [_holder_json(each) for each in post.holders],
                "shifts": [_shift_json(each) for each in post.shifts],
            }
            for post in watch.posts
        ],
    }


def _shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "start": shift.start.isoformat(),
        "end": shift.end.isoformat(),
        "vacant": shift.vacant,
        "several": shift.several,
        "holders": [_holder_json(each) for each in shift.holders],
    }


def _holder_json(holder: Holder) -> dict[str, Any]:
    person = holder.person
    return {
        "id": person.id,
        "name": person.name,
        "phone": person.phone,
        "deputy_for": holder.deputy_for,
    }


def _rows(session: Session, watch: Watch) -> Iterator[tuple[str, ...]]:
    name = session.words.text(session.world.party_name(watch.unit))
    for post in watch.posts:
        yield from _of_post(session, name, post)


def _of_post(session: Session, unit: str, post: Post) -> Iterator[tuple[str, ...]]:
    position = session.words.word("position", post.position)
    for shift in post.shifts:
        notes = [session.say("duty.gap")] if shift.vacant else []
        notes += [session.say("duty.several")] if shift.several else []
        yield from _people(session, (unit, position, _when(session, shift)), shift.holders, notes)
    if not post.shifts:
        notes = [session.say("duty.vacant")] if post.vacant and post.holders else []
        yield from _people(session, (unit, position, ""), post.holders, notes)


def _when(session: Session, shift: Shift) -> str:
    """Of a shift that is on only the end: it says who is there now."""
    from alertd.messages.dates import instant_text

    start, end = (
        instant_text(at, session.zone, session.language, session.today()) for at in (shift.start, shift.end)
    )
    on = shift.start <= session.now < shift.end
    return session.say("duty.until", end=end) if on else session.say("duty.hours", start=start, end=end)


def _people(
    session: Session, what: tuple[str, ...], holders: tuple[Holder, ...], notes: list[str]
) -> Iterator[tuple[str, ...]]:
    if not holders:
        yield *what, " ".join((session.say("duty.nobody"), *notes)), ""
    for holder in holders:
        away = session.say("duty.for", name=holder.deputy_for) if holder.deputy_for else ""
        said = " ".join(each for each in (holder.person.name, away, *notes) if each)
        yield *what, said, holder.person.phone
