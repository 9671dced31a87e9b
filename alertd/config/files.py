"""Which file of schedules/ holds what, and all tables of all files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from alertd.config.checking import Table, known_keys
from alertd.config.csv_tables import columns_of, read_table
from alertd.config.documents import Document
from alertd.config.duty_shapes import DefaultsShape, ObligationsFile, PoliciesFile
from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.gate_shapes import GatesFile
from alertd.config.roster_shapes import DutyFile
from alertd.config.shapes import ROWS, CalendarFile, DirectoryFile, EventTypesFile
from alertd.config.toml_syntax import read_document
from alertd.config.values import Shape, type_name

#: TOML files by stem; every other .toml holds obligations
_TOML: Mapping[str, type[Shape]] = {
    "directory": DirectoryFile,
    "event-types": EventTypesFile,
    "policies": PoliciesFile,
    "gates": GatesFile,
    "calendar": CalendarFile,
    "duty": DutyFile,
}
#: the tables each kind of file may hold; what is unknown while that file cannot be read
_TABLES: Mapping[type[Shape], tuple[str, ...]] = {
    DirectoryFile: ("unit", "group", "person"),
    EventTypesFile: ("event_type",),
    PoliciesFile: ("policy",),
    GatesFile: ("gate",),
    CalendarFile: ("year",),
    DutyFile: ("rotation", "shift", "override"),
    ObligationsFile: ("obligation",),
}
#: CSV files by stem, with the kind of table a row is
_CSV: Mapping[str, Literal["person", "officer"]] = {"people": "person", "roster": "officer"}
#: the key each kind of table is known by
ID_KEYS: Mapping[str, str] = {
    "unit": "id",
    "group": "id",
    "person": "id",
    "officer": "number",
    "event_type": "id",
    "policy": "id",
    "gate": "id",
    "obligation": "id",
    "year": "year",
    "rotation": "id",
}
#: all kinds of tables; what is written shift by shift has no name
KINDS = (*ID_KEYS, "shift", "override")


@dataclass(slots=True)
class Contents:
    """Everything the files say, before it is checked."""

    tables: dict[str, list[Table]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    tops: list[Table] = field(default_factory=list)  # what stands above the tables of directory.toml
    defaults: list[Table] = field(default_factory=list)  # what stands above the policies
    unreadable: set[str] = field(default_factory=set)  # kinds of tables of which some may be unknown
    faults: list[Fault] = field(default_factory=list)


def shape_of(file: str) -> type[Shape]:
    """The shape of a TOML file of schedules/."""
    return _TOML.get(PurePosixPath(file).stem, ObligationsFile)


def kinds_of(file: str) -> tuple[str, ...]:
    """The kinds of tables a file may hold."""
    path = PurePosixPath(file)
    if path.suffix.lower() == ".csv":
        return (_CSV[path.stem],) if path.stem in _CSV else ()
    return _TABLES[shape_of(file)]


def read_contents(texts: Mapping[str, str]) -> Contents:
    """All tables of all files; never raises."""
    contents = Contents()
    for file, text in sorted(texts.items()):
        if file.lower().endswith(".csv"):
            _read_csv(file, text, contents)
        else:
            _read_toml(file, text, contents)
    return contents


def _read_csv(file: str, text: str, contents: Contents) -> None:
    stem = PurePosixPath(file).stem
    if stem not in _CSV:
        args = {"known": listed(f"{name}.csv" for name in _CSV), **nearest(stem, _CSV)}
        contents.faults.append(Fault(file, 1, 1, "csv-unknown-file", args))
        return
    kind = _CSV[stem]
    table, faults = read_table(file, text, columns_of(ROWS[kind]))
    contents.faults += faults
    contents.tables[kind] += [Table(table, (number,), row) for number, row in enumerate(table.rows)]
    if not table.whole:
        contents.unreadable.add(kind)


def _read_toml(file: str, text: str, contents: Contents) -> None:
    document, faults = read_document(file, text)
    contents.faults += faults
    if document is None or not document.whole:
        contents.unreadable.update(kinds_of(file))
    if document is None:
        return
    shape, kinds = shape_of(file), kinds_of(file)
    contents.faults += list(_top_faults(document, shape, kinds))
    for kind in kinds:
        found = document.data.get(kind)
        for number, raw in enumerate(found if isinstance(found, list) else ()):
            if isinstance(raw, dict):
                contents.tables[kind].append(Table(document, (kind, number), raw))
    if shape is DirectoryFile:
        contents.tops.append(Table(document, (), document.data))
    if shape is PoliciesFile:
        above = {key: value for key, value in document.data.items() if key in known_keys(DefaultsShape)}
        contents.defaults.append(Table(document, (), above))


def _top_faults(document: Document, shape: type[Shape], kinds: tuple[str, ...]) -> Iterator[Fault]:
    known = known_keys(shape)
    for key, value in document.data.items():
        if key not in known and (home := _home_of(key)):
            yield document.key_fault((key,), "misplaced-table", {"key": shown(key), "file": home})
        elif key not in known:
            args = {"key": shown(key), "known": listed(known), **nearest(key, known)}
            yield document.key_fault((key,), "unknown-key", args)
        elif key in kinds:
            yield from _table_list_faults(document, key, value)


def _home_of(key: str) -> str | None:
    """The file that tables of this name belong in."""
    homes = {kind: f"{stem}.toml" for stem, shape in _TOML.items() for kind in _TABLES[shape]}
    return {**homes, "obligation": "chapter-N.toml"}.get(key)


def _table_list_faults(document: Document, key: str, value: Any) -> Iterator[Fault]:
    if isinstance(value, dict):
        yield document.key_fault((key,), "single-table", {"key": key})
    elif not isinstance(value, list):
        yield document.value_fault((key,), "expected-tables", {"key": key, "type": type_name(value)})
    else:
        for number, raw in enumerate(value):
            if not isinstance(raw, dict):
                args = {"key": key, "type": type_name(raw)}
                yield document.value_fault((key, number), "expected-tables", args)
