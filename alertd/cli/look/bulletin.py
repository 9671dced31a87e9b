"""`alertd bulletin`: what each unit owed and what became of it, as it was known at an instant."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import USAGE, Said

if TYPE_CHECKING:
    from alertd.engine.reporting.bulletin import BulletinPeriod
    from alertd.engine.ruling.world import World


@command("bulletin")
@click.option("--from", "first", metavar="DATE", required=True)
@click.option("--to", "last", metavar="DATE", required=True)
@click.option("--as-of", metavar="INSTANT", default="")
@click.option("--previous", metavar="INSTANT", default="")
@click.option("--ranking", is_flag=True)
@click.option("--format", "shape", type=click.Choice(["csv", "xlsx", "html", "json"]), default="csv")
@click.option("--out", metavar="FILE", default="")
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
    as_json: bool,
) -> None:
    from alertd.engine.reporting.issuing import issue, period_before
    from alertd.messages.bulletin_files import write

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
        _print(written)


def world_at(session: Session, at: datetime) -> World:
    """What ruled at an instant: its calendar, titles and names; what rules now where that cannot be read.

    A later change of the files must not change an old bulletin.
    """
    from alertd.engine.operations.releasing import NoRegister
    from alertd.engine.reporting.issuing import texts_ruling_at

    now = session.world
    with session.store.read() as tx:
        texts = texts_ruling_at(tx, at)
    if not texts:
        return now
    try:
        return session.installation.ruled_by(texts)
    except NoRegister:  # written for an older version, which read its files otherwise
        return now


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


def _print(content: bytes) -> None:
    """Bytes as they are, so that a redirected CSV keeps its byte order mark and line ends."""
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        sys.stdout.write(content.decode("utf-8-sig"))
    else:
        sys.stdout.flush()
        raw.write(content)
        raw.flush()
