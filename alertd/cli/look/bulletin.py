"""`alertd bulletin`: what each unit owed and what became of it, as it was known at an instant."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command
from alertd.cli.exits import USAGE, Said
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.bulletin import BulletinPeriod
    from alertd.engine.ruling.world import World


@command("bulletin")
@click.option("--from", "first", metavar="DATE", default="")
@click.option("--to", "last", metavar="DATE", default="")
@click.option("--as-of", metavar="INSTANT", default="")
@click.option("--previous", metavar="INSTANT", default="")
@click.option("--ranking", is_flag=True)
@click.option("--format", "shape", type=click.Choice(["csv", "xlsx", "html", "json"]), default="csv")
@click.option("--out", metavar="FILE", default="")
@click.option("--send", is_flag=True)
@by
@as_json
def bulletin(
    session: Session,
    first: str,
    last: str,
    as_of: str,
    previous: str,
    ranking: bool,
    shape: str,
    out: str,
    send: bool,
    by: str,
    as_json: bool,
) -> None:
    from alertd.cli.output import print_bytes
    from alertd.engine.reporting.issuing import issue, period_before
    from alertd.messages.bulletin_files import write

    if not (first and last) and (first or last or not send):
        raise Said("bulletin.needs-period", exit_code=USAGE)
    if send:
        _send(session, first, last, as_of, previous, by, as_json)
        return
    shape = "json" if as_json else shape
    if shape == "xlsx" and not out:
        raise Said("bulletin.needs-out", exit_code=USAGE)
    at, before = _instant(session, as_of) or session.now, _instant(session, previous)
    world = world_at(session, at)
    period = _period(session, world, first, last, at, before)
    with session.store.read() as tx:
        earlier = period_before(world, period) if before else None
        issued = issue(tx, world, period, earlier, ranking)
    written = write(issued, session.language, shape)
    if out:
        _save(session.cwd / out, written)
        print(session.say("bulletin.written", file=out), file=sys.stderr)
    else:
        print_bytes(written)


def _send(session: Session, first: str, last: str, as_of: str, previous: str, by: str, as_json: bool) -> None:
    """Mail an issue to the readers of the schedule: of these days, else of the newest period that is over."""
    from alertd.cli.output import print_json, rfc3339
    from alertd.core.bulletins import newest_over, of_days
    from alertd.engine.operations.mailing import mail_bulletin
    from alertd.engine.reporting.mailed import made
    from alertd.engine.ruling.refusal import Refused

    at, before, now = _instant(session, as_of) or session.now, _instant(session, previous), session.world
    if now.bulletin is None:
        raise Refused("no-bulletin")
    ruled, actor = world_at(session, at), session.actor(by)
    if first:
        period = _period(session, ruled, first, last, at, before)
        local = ruled.calendar.local_date
        issue = of_days(local(period.begins), local(period.ends - timedelta(seconds=1)), at)
    else:
        issue = newest_over(now.bulletin, at, ruled.calendar)
    with session.store.read() as tx:
        found = made(tx, ruled, issue, now, before)
    people = session.store.transact(lambda tx: mail_bulletin(Scope(tx, now, session.now, actor), found))
    if as_json:
        said = {"period": issue.period, "as_of": rfc3339(at, session.zone), "people": list(people)}
        print_json(said)
    else:
        from alertd.saying.people import who
        from alertd.saying.voice import Reader

        voice = Reader(now, session.language, session.now)
        names = session.words.say("text.list").join(who(person, voice) for person in people)
        print(session.say("bulletin.mailed", period=issue.period, count=len(people), people=names))


def world_at(session: Session, at: datetime) -> World:
    """What ruled at an instant: its calendar, titles and names."""
    from alertd.engine.reporting.issuing import ruled_at

    return ruled_at(session.store, at, session.world, session.installation.ruled_by)


def _period(
    session: Session, world: World, first: str, last: str, at: datetime, before: datetime | None
) -> BulletinPeriod:
    from alertd.cli.instants import read_day
    from alertd.engine.reporting.issuing import asked_period

    return asked_period(world, session.now, read_day(first), read_day(last), at, before)


def _instant(session: Session, text: str) -> datetime | None:
    from alertd.cli.instants import read_instant

    return read_instant(text, session.zone).at if text else None


def _save(path: Path, content: bytes) -> None:
    """Write the whole file or none of it. Raises Said."""
    try:
        handle, name = tempfile.mkstemp(".part", f".{path.name}.", path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise Said("bulletin.unwritable", file=path, said=error.strerror or error) from None
