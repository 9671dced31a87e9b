"""`alertd duty`: who answers on a day, and under which number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.core.directory import Holder
    from alertd.engine.reporting.on_duty import Post, Watch


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
    headings = [session.say(f"duty.{name}") for name in ("unit", "position", "person", "phone")]
    print_table(headings, [row for each in watches for row in _rows(session, each)])
    print("\n".join(fitted([session.say("duty.others")])))


def _watch_json(watch: Watch) -> dict[str, Any]:
    return {
        "unit": watch.unit,
        "posts": [
            {
                "position": post.position,
                "vacant": post.vacant,
                "holders": [_holder_json(each) for each in post.holders],
            }
            for post in watch.posts
        ],
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
    if not post.holders:
        yield unit, position, session.say("duty.nobody"), ""
    for holder in post.holders:
        away = session.say("duty.for", name=holder.deputy_for) if holder.deputy_for else ""
        empty = session.say("duty.vacant") if post.vacant else ""
        said = " ".join(each for each in (holder.person.name, away, empty) if each)
        yield unit, position, said, holder.person.phone
