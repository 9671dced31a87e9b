"""`alertd duty-import FILE`: shifts of a sheet or a calendar go into schedules/duty.toml, shown first."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, command, yes
from alertd.cli.exits import USAGE, YES, Said
from alertd.messages.catalogue import to_simplified

_SUFFIXES = (".csv", ".ics")


@command("duty-import")
@click.argument("file", metavar="FILE.csv|ics", type=Paths(path_type=Path))
@click.option("--unit", metavar="UNIT", default="")
@click.option("--position", metavar="POSITION", default="duty")
@click.option("--dry-run", is_flag=True)
@yes
def duty_import(session: Session, file: Path, unit: str, position: str, dry_run: bool, yes: bool) -> int:
    from alertd.cli.existing import existing_store
    from alertd.cli.output import confirmed
    from alertd.cli.plan.exporting import written_files
    from alertd.cli.rewriting import write_files
    from alertd.config.duty_sheet import rows_of, with_shifts
    from alertd.config.register import load_register

    if not file.name.lower().endswith(_SUFFIXES):
        raise Said("duty-import.suffix", exit_code=USAGE, found=file.name)
    texts, _, loaded = written_files(session)
    register = loaded.register
    assert register is not None
    rows, faults = rows_of(file.name, _text(session, file), register, session.zone, unit, position)
    if faults:
        lines = "\n".join(fault.text(session.language, to_simplified) for fault in faults)
        raise Said("duty-import.faults", lines=lines)
    name = f"{session.node.schedules.name}/duty.toml"
    before = texts.get(name, "")
    found = with_shifts(before, rows, register)
    if found is None:
        raise Said("duty-import.unusual", file=name)
    if found.text == before:
        print(session.say("import.nothing"))
        return YES
    after = load_register({**texts, name: found.text}, channels=set(session.node.channels))
    if after.faults:
        lines = "\n".join(fault.text(session.language, to_simplified) for fault in after.faults)
        raise Said("duty-import.faults", lines=lines)
    print(
        "\n".join(difflib.unified_diff(before.splitlines(), found.text.splitlines(), name, name, lineterm=""))
    )
    print(session.say("duty-import.counts", new=found.new, gone=found.gone, same=found.same))
    if dry_run:
        return YES
    if not confirmed(session, session.say("import.ask"), yes):
        raise Said("said.aborted")
    if session.installation.files().texts.get(name, "") != before:
        raise Said("import.changed")
    write_files(session.node.schedules, {name: found.text})
    print(session.say("import.done.one", files=name))
    print(session.say("import.applies" if existing_store(session) is not None else "import.no-store"))
    return YES


def _text(session: Session, file: Path) -> str:
    from alertd.config.sources import read_source

    text, faults = read_source(session.cwd / file, file.name)
    if faults:
        lines = "\n".join(fault.text(session.language, to_simplified) for fault in faults)
        raise Said("duty-import.faults", lines=lines)
    return text
