"""`alertd import FILE.xlsx`: what a workbook says goes into the files, shown first, all of it or nothing."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, as_json, command, yes
from alertd.cli.exits import USAGE, YES, Said
from alertd.cli.plan.exporting import MARK, sheet_title, state_of, written_files
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.config.city_edit import CityEdit, Told
    from alertd.config.city_read import CityBook
    from alertd.config.faults import Fault
    from alertd.config.files import Contents
    from alertd.core.model import Register
    from alertd.engine.operations.releasing import Files
    from alertd.engine.reporting.differences import Difference

#: beside schedules/: the files as they were before each import, and what the last one made of which workbook
KEPT = "before-import"
_LAST = "last"
#: ids named in a line of the summary
_NAMED = 8


@dataclass(frozen=True, slots=True)
class _Import:
    """A workbook worked into the files, before anything is written."""

    name: str
    book: CityBook
    edit: CityEdit
    before: Mapping[str, str]
    files: Files  # as they would be
    based: bool  # whether the files are as they were when the workbook was made from them
    origin: str
    difference: Difference | None  # None without a store


@command("import")
@click.argument("file", metavar="FILE", type=Paths(path_type=Path))
@click.option("--dry-run", is_flag=True)
@click.option("--replace", "replacing", is_flag=True)
@yes
@as_json
def import_(session: Session, file: Path, dry_run: bool, replacing: bool, yes: bool, as_json: bool) -> int:
    from alertd.cli.output import confirmed, print_json

    found = _worked_in(session, file)
    if not as_json:
        print("\n".join(_lines(session, found)))
    wanted = bool(found.edit.changes) and not dry_run
    kept: Path | None = None
    if wanted:
        if not (found.based or found.edit.only_adds or replacing):
            raise Said("import.stale", file=found.name)
        if not confirmed(session, session.say("import.ask"), yes):
            raise Said("said.aborted")
        kept = _write(session, found)
    if as_json:
        print_json(_json(found, wanted))
    elif wanted:
        print("\n".join(_done(session, found, kept)))
    return YES


# ---------------------------------------------------------------- from the workbook to texts


def _worked_in(session: Session, file: Path) -> _Import:
    """Raises Said with every fault of the workbook, Faulty for files with faults."""
    from alertd.config.city_edit import edit_city
    from alertd.config.city_read import read_city
    from alertd.config.workbooks import read_book
    from alertd.engine.operations.releasing import with_changes

    if not file.name.lower().endswith(".xlsx"):
        raise Said("import.no-workbook", exit_code=USAGE, found=file.name)
    texts, known, _ = written_files(session)
    folder = session.node.schedules.name
    text, faults = read_book(session.cwd / file, file.name)
    _refuse(session, faults)
    book = read_city(file.name, text, known, folder, to_simplified)
    wanted = _register(session, book, known)
    edit = edit_city(texts, known, book, _fresh(session, folder), folder)
    if edit.unusual:
        raise Said("import.unusual", files=", ".join(edit.unusual))
    files = with_changes(session.installation.files(), edit.changes)
    _require_the_same(session, files.texts, wanted)
    origin = text.keywords.removeprefix(MARK) if text.keywords.startswith(MARK) else ""
    based = bool(origin) and state_of(texts) in (origin, _left_by(session, origin))
    return _Import(file.name, book, edit, texts, files, based, origin, _difference(session, files))


def _refuse(session: Session, faults: Iterator[Fault] | tuple[Fault, ...] | list[Fault]) -> None:
    from alertd.config.city_read import cell_name

    lines = []
    for fault in faults:
        place = cell_name(fault) if "!" in fault.file else f"{fault.file}:{fault.line}:{fault.column}"
        lines.append(f"{place}: {fault.sentence(session.language, to_simplified)}")
    if lines:
        raise Said("import.faults", lines="\n".join(lines))


def _register(session: Session, book: CityBook, known: Contents) -> Register:
    """What the workbook and the other files say together. Raises Said with every fault."""
    from alertd.config.checking import Table
    from alertd.config.files import Contents
    from alertd.config.register import load_contents

    contents = Contents(tables={**known.tables, **book.tables}, tops=known.tops, defaults=known.defaults)
    contents.faults += book.faults
    if "unit" in book.tables:
        contents.tops = [
            Table(table.origin, table.path, {key: table.raw["id"]}) for key, table in book.roles.items()
        ]
    damaged = {kind for kind, tables in book.tables.items() if any(t.origin.excuses(()) for t in tables)}
    contents.unreadable |= damaged
    loaded = load_contents(contents, "", set(session.node.channels))
    _refuse(session, loaded.faults)
    assert loaded.register is not None
    return loaded.register


def _fresh(session: Session, folder: str) -> dict[str, str]:
    """How a file begins that is not there yet: as in an empty start, remarks and all."""
    from alertd.config.start import people_heading
    from alertd.shipped import empty_files

    source = empty_files("en" if session.language == "en" else "zh-Hant") / "schedules"
    texts = {path.name: session.words.script(path.read_text("utf-8")) for path in source.iterdir()}
    begun = {f"{folder}/{name}": text for name, text in texts.items()}
    begun[f"{folder}/people.csv"] = people_heading().removeprefix("\ufeff")
    return {**begun, "": "\n".join(texts["duties.toml"].splitlines()[:2]) + "\n"}


def _require_the_same(session: Session, texts: Mapping[str, str], wanted: Register) -> None:
    """What is to be written must say what the workbook says; files are written in many ways."""
    from alertd.config.register import load_register

    loaded = load_register(texts, channels=set(session.node.channels))
    found = loaded.register
    if found is None or _placeless(found) != _placeless(wanted):
        raise Said("import.unsafe")


def _placeless(register: Register) -> Register:
    duties = {name: replace(duty, file="", line=0) for name, duty in register.obligations.items()}
    gates = {name: replace(gate, file="", line=0) for name, gate in register.gates.items()}
    return replace(register, obligations=duties, gates=gates)


def _difference(session: Session, files: Files) -> Difference | None:
    """What the files would change against the store, where there is one."""
    from alertd.cli.existing import existing_store
    from alertd.cli.rewriting import world_with
    from alertd.engine.reporting.differences import difference

    store = existing_store(session)
    if store is None:
        return None
    here, world = session.installation, world_with(session, files)
    return difference(store, files, here.make_world, set(here.node.channels), session.now, world)


# ---------------------------------------------------------------- to the files


def _write(session: Session, found: _Import) -> Path | None:
    """Write all files or none, after a copy of those that change; the folder of the copies.

    Raises Said where the files are not what was looked at, or cannot be written.
    """
    from alertd.cli.rewriting import write_files

    schedules = session.node.schedules
    changes = found.edit.changes
    if session.installation.files().texts != found.before:
        raise Said("import.changed")
    kept = _keep(schedules, [file for file in changes if file in found.before], session)
    # Excel takes UTF-8 for something else where it is not marked.
    marked = {file: f"\ufeff{text}" if file.endswith(".csv") else text for file, text in changes.items()}
    write_files(schedules, marked)
    with contextlib.suppress(OSError):  # without it the next import only asks for --replace
        (schedules.parent / KEPT).mkdir(exist_ok=True)
        note = f"{found.origin} {state_of(found.files.texts)}\n"
        (schedules.parent / KEPT / _LAST).write_text(note, "utf-8")
    return kept


def _keep(schedules: Path, files: list[str], session: Session) -> Path | None:
    """Copies of the files that change, before they do. Raises Said."""
    if not files:
        return None
    stamp = f"{session.now.astimezone(session.zone):%Y-%m-%dT%H%M%S}"
    named = (f"{stamp}-{number}" if number else stamp for number in count())
    try:
        folder = next(each for name in named if not (each := schedules.parent / KEPT / name).exists())
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes((schedules.parent / file).read_bytes())
    except OSError as fault:
        raise Said(
            "import.unkept", path=fault.filename or schedules.parent / KEPT, said=fault.strerror or fault
        ) from fault
    return folder


def _left_by(session: Session, origin: str) -> str:
    """The state in which the last import of this workbook left the files; "" where another was imported."""
    try:
        of, _, left = (session.node.schedules.parent / KEPT / _LAST).read_text("utf-8").strip().partition(" ")
    except (OSError, ValueError):
        return ""
    return left if of == origin else ""


# ---------------------------------------------------------------- what is shown


def _lines(session: Session, found: _Import) -> Iterator[str]:
    for file, text in sorted(found.edit.changes.items()):
        old = found.before.get(file)
        source = file if old is not None else "/dev/null"
        yield from difflib.unified_diff(
            (old or "").splitlines(), text.splitlines(), source, file, lineterm=""
        )
        yield ""
    for title in found.book.unread:
        yield session.say("import.unread", sheet=title)
    if not found.edit.changes:
        yield session.say("import.nothing")
        return
    for told in found.edit.told:
        yield from _told(session, told)
    if found.difference is not None:
        plan = found.difference.plan
        counts = {"opened": len(plan.opened), "moved": len(plan.moved), "withdrawn": len(plan.vanished)}
        yield session.say("plan.counts", **counts)
    if not (found.based or found.edit.only_adds):
        yield session.say("import.not-based")


def _told(session: Session, told: Told) -> Iterator[str]:
    from alertd.config.city_sheets import SHEETS

    title = next(sheet_title(session, sheet) for sheet in SHEETS if sheet.kind == told.kind)
    for key, names in (("new", told.new), ("changed-rows", told.changed), ("gone", told.gone)):
        if names:
            listed = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
            yield session.say(f"import.{key}", sheet=title, count=len(names), names=listed)


def _done(session: Session, found: _Import, kept: Path | None) -> Iterator[str]:
    yield session.say(
        "import.done", count=len(found.edit.changes), files=", ".join(sorted(found.edit.changes))
    )
    if kept is not None:
        yield session.say("import.kept", folder=kept)
    if found.difference is None:
        yield session.say("import.no-store")
        return
    lost = session.installation.lost(session.store, session.now)
    yield session.say("import.waits" if found.difference.exceeds or lost else "import.applies")
    if withdrawn := len(found.difference.plan.vanished):
        yield session.say("import.withdrawn", count=withdrawn)


def _json(found: _Import, written: bool) -> dict[str, Any]:
    difference = found.difference
    return {
        "files": sorted(found.edit.changes),
        "sheets": {
            told.kind: {"new": told.new, "changed": told.changed, "gone": told.gone}
            for told in found.edit.told
        },
        "unread": found.book.unread,
        "based": found.based,
        "written": written,
        "waits": difference.exceeds if difference is not None else None,
    }
