"""`alertd init`, `alertd schema` and `alertd completion`: what a new city and a comfortable editor need."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, command
from alertd.cli.exits import USAGE, Said

_LAID_DOWN = ("config.toml", "channels", "schedules", "systemd")
_SCHEMAS = Path("docs", "schema")
_SHOWN = 20


@command("init")
@click.argument("folder", metavar="FOLDER", type=Paths(path_type=Path, file_okay=False))
def init(session: Session, folder: Path) -> None:
    from alertd.shipped import shipped_files

    target = session.cwd / folder
    pairs = list(_pairs(shipped_files(), target))
    there = [str(path.relative_to(target)) for _, path in pairs if path.exists()]
    if there:
        rest = ["  …"] if len(there) > _SHOWN else []
        names = "\n".join([*(f"  {name}" for name in there[:_SHOWN]), *rest])
        raise Said("init.exists", folder=target, count=len(there), names=names)
    try:
        for source, path in pairs:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, path)  # not its mode: what is shipped may be read-only
        _write_schemas(target / _SCHEMAS)
    except OSError as fault:
        path = fault.filename2 or fault.filename or target  # of a copy, the second is where it goes
        raise Said("init.unwritable", path=path, said=fault.strerror or fault) from fault
    print(session.say("init.done", folder=target, count=len(pairs)))


def _pairs(source: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    for name in _LAID_DOWN:
        place = source / name
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            relative = file.relative_to(source)
            hidden = any(part.startswith((".", "__")) or part.endswith("~") for part in relative.parts)
            if file.is_file() and not hidden:
                yield file, target / relative
    for template in _templates():
        yield template, target / "channels" / "templates" / template.name


def _templates() -> Iterator[Path]:
    """The packaged templates, which an admin may change in copies of their own."""
    from alertd.messages.render import TEMPLATES

    folder = resources.files("alertd.messages").joinpath("templates")
    yield from (Path(str(folder.joinpath(name))) for name in TEMPLATES)


@command("schema")
@click.argument("name", metavar="NAME", default="")
@click.option("--write", "folder", metavar="FOLDER", type=Paths(path_type=Path, file_okay=False))
def schema(session: Session, name: str, folder: Path | None) -> None:
    from alertd.cli.output import print_json
    from alertd.config.schema import schemas

    known = schemas()
    if name and name not in known:
        raise Said("schema.unknown", exit_code=USAGE, found=name, known=", ".join(known))
    if folder is None:
        print_json(known[name] if name else known)
        return
    try:
        written = _write_schemas(session.cwd / folder, name)
    except OSError as fault:
        raise Said("init.unwritable", path=fault.filename or folder, said=fault.strerror or fault) from fault
    print(session.say("schema.written", folder=session.cwd / folder, names=", ".join(written)))


def _write_schemas(folder: Path, only: str = "") -> list[str]:
    from alertd.config.schema import schema_text, schemas

    folder.mkdir(parents=True, exist_ok=True)
    chosen = {name: made for name, made in schemas().items() if not only or name == only}
    for name, made in chosen.items():
        (folder / f"{name}.json").write_text(schema_text(made), "utf-8")
    return list(chosen)


@command("completion")
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
def completion(session: Session, shell: str) -> None:
    from click.shell_completion import get_completion_class

    from alertd.cli.app import alertd

    found = get_completion_class(shell)
    assert found is not None
    print(found(alertd, {}, "alertd", "_ALERTD_COMPLETE").source())
