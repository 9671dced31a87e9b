"""`alertd schema` and `alertd completion`: what a comfortable editor and a shell need."""

from __future__ import annotations

from pathlib import Path

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, command
from alertd.cli.exits import USAGE, Said


@command("schema")
@click.argument("name", metavar="NAME", default="")
@click.option("--write", "folder", metavar="FOLDER", type=Paths(path_type=Path, file_okay=False))
def schema(session: Session, name: str, folder: Path | None) -> None:
    from alertd.cli.output import print_json
    from alertd.config.schema import schema_text, schemas
    from alertd.web.api.openapi import document

    known = {**schemas(), "openapi": document()}
    if name and name not in known:
        raise Said("schema.unknown", exit_code=USAGE, found=name, known=", ".join(known))
    if folder is None:
        print_json(known[name] if name else known)
        return
    target = session.cwd / folder
    chosen = {each: made for each, made in known.items() if not name or each == name}
    try:
        target.mkdir(parents=True, exist_ok=True)
        for each, made in chosen.items():
            (target / f"{each}.json").write_text(schema_text(made), "utf-8")
    except OSError as fault:
        raise Said("init.unwritable", path=fault.filename or folder, said=fault.strerror or fault) from fault
    print(session.say("schema.written", folder=target, names=", ".join(chosen)))


@command("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
def completion(session: Session, shell: str) -> None:
    from click.shell_completion import get_completion_class

    from alertd.cli.app import alertd

    found = get_completion_class(shell)
    assert found is not None
    print(found(alertd, {}, "alertd", "_ALERTD_COMPLETE").source())
