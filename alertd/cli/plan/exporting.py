"""`alertd export --xlsx FILE`: units, groups, people, duties, event types as a workbook to be filled in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths, command
from alertd.cli.exits import Faulty, Said
from alertd.messages.catalogue import to_simplified

if TYPE_CHECKING:
    from alertd.config.city_sheets import SheetShape
    from alertd.config.files import Contents
    from alertd.config.register import Loaded

#: before the sum by which an import sees on which state of the files a workbook is based
MARK = "alertd:"
#: characters of a cell that Excel keeps; what is longer would be cut off without a word
_LONGEST = 32_767


@command("export")
@click.option("--xlsx", "file", metavar="FILE", required=True, type=Paths(path_type=Path, dir_okay=False))
def export(session: Session, file: Path) -> None:
    from alertd.config.city_book import book_bytes
    from alertd.config.city_rows import rows_of
    from alertd.config.city_sheets import ABOUT, POLICIES
    from alertd.messages.wrap import columns

    texts, contents, loaded = written_files(session)
    assert loaded.register is not None
    language = session.language
    sheets = rows_of(contents, language, to_simplified)
    for sheet in sheets:
        for row in sheet.rows:
            if any(isinstance(cell, str) and len(cell) > _LONGEST for cell in row):
                raise Said("export.long", sheet=sheet.title, row=row[0], most=_LONGEST)
    lines = session.say("export.about").splitlines()
    policies = {each.id: session.words.text(each.title) for each in loaded.register.policies.values()}
    data = book_bytes(
        (helper_title(session, ABOUT), lines),
        sheets,
        (helper_title(session, POLICIES), policies),
        columns,
        MARK + state_of(texts),
    )
    path = session.cwd / file
    try:
        with path.open("xb") as out:
            out.write(data)
    except FileExistsError:
        raise Said("export.exists", path=path) from None
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise Said("export.unwritable", path=path, said=fault.strerror or fault) from fault
    counts = session.words.say("text.list").join(
        session.say("export.count", sheet=each.title, count=len(each.rows)) for each in sheets
    )
    print(session.say("export.done", path=path, counts=counts))


def helper_title(session: Session, words: tuple[str, str]) -> str:
    return words[1] if session.language == "en" else session.words.script(words[0])


def sheet_title(session: Session, sheet: SheetShape) -> str:
    return sheet.title(session.language, to_simplified)


def written_files(session: Session) -> tuple[Mapping[str, str], Contents, Loaded]:
    """The texts of schedules/ and what they say. Raises Faulty: a workbook can only say what is sound."""
    from alertd.config.files import read_contents
    from alertd.config.register import load_register

    files = session.installation.files()
    loaded = load_register(files.texts, channels=set(session.node.channels), unreadable=files.unreadable)
    if loaded.faults:
        raise Faulty(loaded.faults)
    return files.texts, read_contents(files.texts), loaded


def state_of(texts: Mapping[str, str]) -> str:
    """A short sum of the files that a workbook is about."""
    from alertd.config.city_sheets import SHEETS
    from alertd.config.files import kinds_of

    kinds = {sheet.kind for sheet in SHEETS}
    said = [f"{file}\0{text}" for file, text in sorted(texts.items()) if kinds & set(kinds_of(file))]
    return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]
