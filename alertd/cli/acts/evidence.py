"""`alertd evidence`: the files that prove a hand-in; they are listed, added, or written into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, as_json, by, command
from alertd.cli.evidence import evidence_json, read_files
from alertd.cli.exits import Said

if TYPE_CHECKING:
    from sqlalchemy import Connection


@command("evidence")
@click.argument("deadline", metavar="DEADLINE")
@click.option("--add", "files", metavar="FILE", multiple=True, type=Paths(path_type=Path))
@click.option("--into", metavar="FOLDER", default=None, type=Paths(path_type=Path))
@by
@as_json
def evidence(
    session: Session, deadline: str, files: tuple[Path, ...], into: Path | None, by: str, as_json: bool
) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.acts import find
    from alertd.engine.operations.evidence import keep
    from alertd.engine.reporting.evidence import files_of
    from alertd.engine.ruling.scope import Scope

    given, now, world = read_files(files), session.now, session.world
    if given:
        actor = session.actor(by)

        def work(tx: Connection) -> None:
            keep(Scope(tx, world, now, actor), find(tx, deadline).number, given)

        session.store.transact(work)
    with session.store.read() as tx:
        scope = Scope(tx, world, now)
        number = find(tx, deadline).number
        found = files_of(scope, number)
        written = _written(scope, number, found, into) if into is not None else {}
    if as_json:
        more = {row.id: {"file": str(written[row.id])} if row.id in written else {} for row in found}
        print_json([{**evidence_json(row, session), **more[row.id]} for row in found])
        return
    if not found:
        print(session.say("evidence.none", deadline=deadline))
    for row in found:
        print(session.say("evidence.at", path=written[row.id]) if written else _line(row, session))


def _written(scope: Any, number: int, found: Sequence[Any], folder: Path) -> dict[int, Path]:
    """Each file in a folder, under its place and its name; what is there stays. Raises Said and Refused."""
    from alertd.engine.reporting.evidence import content_of

    written = {}
    for place, row in enumerate(found, 1):
        path = folder / f"{place}-{row.name}"
        content = content_of(scope, number, row.id)[1]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != content:
                with path.open("xb") as opened:
                    opened.write(content)
        except OSError as fault:
            raise Said("evidence.unwritable", file=path, said=fault.strerror or str(fault)) from fault
        written[row.id] = path
    return written


def _line(row: Any, session: Session) -> str:
    from alertd.saying.whole import file_text

    name, said = file_text(row, session)
    return session.say("evidence.line", name=name, said=said, sha256=row.sha256)
