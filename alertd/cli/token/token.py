"""`alertd token new`, `list` and `end`: who may use the API, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command, group
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from datetime import datetime


@command("new")
@click.argument("name", metavar="NAME")
@click.option("--may", metavar="WHAT", default="read")
@click.option("--party", metavar="UNIT", multiple=True)
@click.option("--as", "person", metavar="PERSON", default="")
@click.option("--until", metavar="DATE", default="")
@by
@as_json
def new(
    session: Session,
    name: str,
    may: str,
    party: tuple[str, ...],
    person: str,
    until: str,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.instants import read_instant
    from alertd.cli.output import print_json, rfc3339
    from alertd.engine.operations.tokens import NewToken, new_token

    end = read_instant(until, session.zone).fact if until else None
    asked = NewToken(name, tuple(_split([may])), tuple(_split(party)), person, end)
    world, now, actor = session.world, session.now, session.actor(by)
    made = session.store.transact(lambda tx: new_token(Scope(tx, world, now, actor), asked))
    if as_json:
        until_said = rfc3339(made.ends_at, session.zone)
        print_json({"name": made.name, "token": made.secret, "until": until_said})
        return
    print(made.secret)
    print(session.say("token.made", name=made.name))


@command("list")
@as_json
def list_(session: Session, as_json: bool) -> None:
    from alertd.cli.output import print_json, print_table
    from alertd.engine.operations.tokens import every_token

    with session.store.read() as tx:
        rows = every_token(tx)
    if as_json:
        print_json([_json(row, session) for row in rows])
        return
    if not rows:
        print(session.say("token.none"))
        return
    names = ("name", "may", "party", "person", "seen", "until")
    print_table([session.say(f"token.head-{each}") for each in names], (_cells(row, session) for row in rows))


@command("end")
@click.argument("name", metavar="NAME")
@by
def end(session: Session, name: str, by: str) -> None:
    from alertd.engine.operations.tokens import end_token

    world, now, actor = session.world, session.now, session.actor(by)
    session.store.transact(lambda tx: end_token(Scope(tx, world, now, actor), name))
    print(session.say("token.ended", name=name))


def _split(texts: Any) -> list[str]:
    return [part.strip() for text in texts for part in text.replace("，", ",").split(",") if part.strip()]


def _json(row: Any, session: Session) -> dict[str, Any]:
    from alertd.cli.output import rfc3339

    return {
        "name": row.name,
        "may": list(row.may),
        "parties": list(row.parties),
        "person": row.person or None,
        "made_at": rfc3339(row.made_at, session.zone),
        "seen_at": rfc3339(row.seen_at, session.zone),
        "until": rfc3339(row.ends_at, session.zone),
        "over": _over(row, session),
    }


def _cells(row: Any, session: Session) -> tuple[str, ...]:
    from alertd.messages.dates import instant_text, limit_text
    from alertd.saying.people import who

    words, world = session.words, session.world

    def instant(at: datetime | None) -> str:
        return instant_text(at, session.zone, session.language, session.today()) if at else ""

    ends, day = row.ends_at, session.today()
    until = limit_text(ends, session.zone, session.language, day) if ends else ""
    until = session.say("token.over", at=instant(ends)) if _over(row, session) else until
    between = words.say("text.list")
    return (
        row.name,
        between.join(words.say(f"cli.token.may-{each}") for each in row.may),
        between.join(words.text(world.party_name(party)) for party in row.parties),
        who(row.person, session) if row.person else "",
        instant(row.seen_at),
        until,
    )


def _over(row: Any, session: Session) -> bool:
    return row.ends_at is not None and row.ends_at <= session.now


token = group(
    "token",
    {
        "new": "alertd.cli.token.token:new",
        "list": "alertd.cli.token.token:list_",
        "end": "alertd.cli.token.token:end",
    },
)
