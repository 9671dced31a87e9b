"""Tables of a workbook into the files of schedules/: what is the same stays as it was typed, remarks and all.

A table that changed keeps its remarks where its keys can be changed one by one; the order of the files stays,
and what is new follows at the end. Pure: texts of files to texts of files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from alertd.config.blocks import Block, Parts, header_line, joined, parts_of, read
from alertd.config.checking import Table, check
from alertd.config.city_people import people_added, people_with
from alertd.config.city_read import CityBook
from alertd.config.city_sheets import PEOPLE, ROLES, SHEETS, UNITS, SheetShape
from alertd.config.edit import with_value, without_key
from alertd.config.files import Contents, kinds_of
from alertd.config.toml_write import literal, table

_SHAPES = {sheet.kind: sheet for sheet in SHEETS}


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of the tables of one kind, by their ids."""

    kind: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(slots=True)
class CityEdit:
    """`changes` are the new texts of the files that change. `unusual` are files that were left alone because
    they are written so that they cannot be changed safely."""

    changes: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    unusual: list[str] = field(default_factory=list)

    @property
    def only_adds(self) -> bool:
        return not any(each.changed or each.gone for each in self.told)


def edit_city(
    texts: Mapping[str, str], known: Contents, book: CityBook, fresh: Mapping[str, str], folder: str
) -> CityEdit:
    """The files as they say what the workbook says. Both must be without faults.

    `known` is what `texts` say; `fresh` is how a file that is not there yet begins, by its name, with "" for
    any other file of duties. `folder` is that of schedules/.
    """
    edit = CityEdit()
    wanted = {kind: {str(t.raw["id"]): t for t in tables} for kind, tables in book.tables.items()}
    placed: set[tuple[str, str]] = set()
    result: dict[str, str] = {}
    for file, text in sorted(texts.items()):
        kinds = [kind for kind in kinds_of(file) if kind in wanted]
        if not kinds:
            continue
        if file.lower().endswith(".csv"):
            result[file] = _people_with(file, text, wanted[PEOPLE.kind], placed)
        else:
            changed = _toml_with(file, text, kinds, wanted, book, placed)
            held = [(kind, t) for kind in kinds for t in known.tables[kind] if t.origin.file == file]
            if changed is None and all(_untouched(kind, each, wanted, book) for kind, each in held):
                placed |= {(kind, str(each.raw["id"])) for kind, each in held}
                changed = text
            if changed is None:
                edit.unusual.append(file)
            else:
                result[file] = changed
    for (file, kind), new in _new_by_file(wanted, placed, texts, book, folder).items():
        before = result.get(file) or texts.get(file) or fresh.get(file, fresh[""])
        result[file] = _appended(file, before, _SHAPES[kind], new)
    if UNITS.kind in wanted and not edit.unusual:
        _say_roles(result, texts, known, book, _home(UNITS, texts) or f"{folder}/{UNITS.home}")
    edit.changes = {file: text for file, text in result.items() if text != texts.get(file)}
    edit.told = [_told(_SHAPES[kind], known.tables[kind], tables, book) for kind, tables in wanted.items()]
    return edit


def _new_by_file(
    wanted: Mapping[str, Mapping[str, Table]],
    placed: Collection[tuple[str, str]],
    texts: Mapping[str, str],
    book: CityBook,
    folder: str,
) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """The tables that stand in no file yet, by the file and the kind."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for kind, tables in wanted.items():
        sheet = _SHAPES[kind]
        for name, each in tables.items():
            if (kind, name) not in placed:
                file = (book.files.get(name) if kind == "obligation" else None) or _home(sheet, texts)
                found.setdefault((file or f"{folder}/{sheet.home}", kind), []).append(each.raw)
    return found


def _home(sheet: SheetShape, texts: Mapping[str, str]) -> str | None:
    """The file in which tables of this kind are looked for first."""
    return min((file for file in texts if PurePosixPath(file).name == sheet.home), key=len, default=None)


def _untouched(kind: str, before: Table, wanted: Mapping[str, Mapping[str, Table]], book: CityBook) -> bool:
    name = str(before.raw["id"])
    after = wanted[kind].get(name)
    return after is not None and _same(_SHAPES[kind], before, after.raw) and _stays(before, name, book)


def _told(sheet: SheetShape, before: Sequence[Table], after: Mapping[str, Table], book: CityBook) -> Told:
    known = {str(each.raw["id"]): each for each in before}
    changed = [
        name
        for name, each in after.items()
        if name in known and not (_same(sheet, known[name], each.raw) and _stays(known[name], name, book))
    ]
    new, gone = (tuple(n for n in a if n not in b) for a, b in ((after, known), (known, after)))
    return Told(sheet.kind, new, tuple(changed), gone)


def _stays(before: Table, name: str, book: CityBook) -> bool:
    return book.files.get(name, before.origin.file) == before.origin.file


def _same(sheet: SheetShape, before: Table, raw: Mapping[str, Any]) -> bool:
    """Whether two tables mean the same, however they are written."""
    shape = sheet.shape
    found = [check(shape, Table(before.origin, before.path, each))[0] for each in (before.raw, raw)]
    return found[0] is not None and found[0] == found[1]


def _people_with(file: str, text: str, wanted: Mapping[str, Table], placed: set[tuple[str, str]]) -> str:
    """people.csv with the rows that are wanted."""

    def each(row: Table) -> Mapping[str, Any] | None:
        name = str(row.raw.get("id"))
        found = wanted.get(name)
        if found is None:
            return None
        placed.add((PEOPLE.kind, name))
        return row.raw if _same(PEOPLE, row, found.raw) else found.raw

    return people_with(file, text, each)


# ---------------------------------------------------------------- TOML


def _toml_with(
    file: str,
    text: str,
    kinds: Sequence[str],
    wanted: Mapping[str, Mapping[str, Table]],
    book: CityBook,
    placed: set[tuple[str, str]],
) -> str | None:
    parts = parts_of(text)
    if parts is None or any(kind in (read(parts.top) or {}) for kind in kinds):
        return None
    texts: list[str] = []
    touched = False
    for block in parts.blocks:
        if block.kind not in kinds:
            texts.append(block.text)
            continue
        name = str(block.raw["id"])
        each = wanted[block.kind].get(name)
        if each is None or (block.kind == "obligation" and book.files.get(name, file) != file):
            touched = True
            continue
        placed.add((block.kind, name))
        new = _block_with(block, _SHAPES[block.kind], each)
        touched |= new != block.text
        texts.append(new)
    return joined(parts.top, texts) if touched else text


def _block_with(block: Block, sheet: SheetShape, wanted: Table) -> str:
    """The block as it says the same as the table; only the keys that differ are written anew."""
    before = Table(wanted.origin, wanted.path, block.raw)
    if _same(sheet, before, wanted.raw):
        return block.text
    lines = block.text.splitlines(keepends=True)
    head = header_line(lines) + 1
    body = "".join(lines[head:])
    for key in dict.fromkeys([*block.raw, *wanted.raw]):
        old, new = block.raw.get(key), wanted.raw.get(key)
        if old == new or _same_value(sheet, block.raw, key, new):
            continue
        edit = without_key(body, key) if new is None else with_value(body, "", key, literal(new))
        if edit.text is None:
            return _rewritten(block, wanted.raw, lines, head)
        body = edit.text
    changed = "".join(lines[:head]) + body
    found = read(changed)
    meant = found is not None and _same(sheet, _found(wanted, found, block.kind), wanted.raw)
    return changed if meant else _rewritten(block, wanted.raw, lines, head)


def _found(wanted: Table, found: Mapping[str, Any], kind: str) -> Table:
    tables = found.get(kind)
    raw = tables[0] if isinstance(tables, list) and len(tables) == 1 else {}
    return Table(wanted.origin, wanted.path, raw)


def _same_value(sheet: SheetShape, raw: Mapping[str, Any], key: str, new: Any) -> bool:
    """Whether one key means the same in both ways of writing: a name alone or by languages, one or a list."""
    old = raw.get(key)
    if isinstance(old, str) and isinstance(new, list):
        return new == [old]
    if isinstance(old, str) and isinstance(new, Mapping):
        return new == {"zh-Hant": old}
    if isinstance(old, Mapping) and isinstance(new, str):
        return old == {"zh-Hant": new}
    return new is None and old in ([], "", False)


def _rewritten(block: Block, raw: Mapping[str, Any], lines: list[str], head: int) -> str:
    """The table written anew, between the remarks above it and those that follow it."""
    last = max(n for n, line in enumerate(lines) if n < head or (line.strip() and line[0] != "#"))
    return "".join(lines[: head - 1]) + table(block.kind, raw) + "".join(lines[last + 1 :])


def _appended(file: str, text: str, sheet: SheetShape, new: Sequence[Mapping[str, Any]]) -> str:
    """The file with more tables of a kind, behind the last of its kind."""
    if file.lower().endswith(".csv"):
        return people_added(file, text, new)
    end = "\r\n" if "\r\n" in text else "\n"
    added = [table(sheet.kind, raw).replace("\n", end) for raw in new]
    parts = parts_of(text)
    last = max((n + 1 for n, b in enumerate(parts.blocks) if b.kind == sheet.kind), default=0) if parts else 0
    if parts is None or not last:
        return joined(text, added)
    before = [block.text for block in parts.blocks]
    return joined(parts.top, [*before[:last], *added, *before[last:]])


def _say_roles(
    result: dict[str, str], texts: Mapping[str, str], known: Contents, book: CityBook, home: str
) -> None:
    """Which unit supervises and whose duty desk answers, at the top of the file that says so."""
    for key in ROLES:
        said = next((top for top in known.tops if key in top.raw), None)
        wanted = book.roles.get(key)
        names = [] if wanted is None else _all_names(wanted.raw)
        if said is not None and said.raw[key] in names:
            continue
        file = said.origin.file if said is not None else home
        text = result.get(file, texts.get(file, ""))
        parts = parts_of(text) or Parts(text, ())
        if wanted is not None:
            edit = with_value(parts.top, "", key, literal(wanted.raw["id"]))
        elif said is not None:
            edit = without_key(parts.top, key)
        else:
            continue
        if edit.text is not None:
            result[file] = joined(edit.text, [block.text for block in parts.blocks])


def _all_names(raw: Mapping[str, Any]) -> list[Any]:
    name = raw.get("name")
    return [raw["id"], *(name.values() if isinstance(name, Mapping) else [name]), *raw.get("aliases", ())]
