"""What a file said, against what it says now: the difference between a wish and a file that was cut.

A file is taken at its word. What it says no more may be half of what somebody is saving, and where something
depends on it, it is kept until a person lets it go (docs/decisions/0035-at-its-word.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from pydantic import BaseModel

from alertd.config.documents import Document
from alertd.config.toml_positions import Positions

#: the keys and values of one file without a fault; never a secret, only where one lies
Said = Mapping[str, Any]
#: a key, or keys within keys
Keys = tuple[str, ...]
NOTHING = object()


def lost(shape: type[BaseModel], before: Said, now: Said, paths: Iterable[Keys]) -> list[Keys]:
    """The keys that were there, are there no more, and had another value than holds without them."""
    return [
        path
        for path in paths
        if value_at(before, path) not in (NOTHING, plain(default_at(shape, path)))
        and value_at(now, path) is NOTHING
    ]


def with_values(said: Said, before: Said, paths: Iterable[Keys]) -> Said:
    """What a file says, and what it said before under these keys."""
    for path in paths:
        said = _with_value(said, path, value_at(before, path))
    return said


def value_at(said: Said, path: Keys) -> object:
    """The plain value under keys within keys; a value of its own kind where there is none."""
    found: Any = said
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return NOTHING
        found = found[key]
    return plain(found)


def _with_value(said: Said, path: Keys, value: object) -> Said:
    key, *rest = path
    inner = said.get(key)
    return {
        **said,
        key: _with_value(inner if isinstance(inner, Mapping) else {}, tuple(rest), value) if rest else value,
    }


def plain(value: object) -> object:
    """A value as JSON has it: the store keeps it so, and a file may write it so as well."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def document_of(file: str, said: Said) -> Document:
    """What a file once said, as if it were read; every fault in it is at its beginning."""
    return Document(file, "", dict(said), Positions())


def default_at(shape: type[BaseModel], path: Keys) -> object:
    """What holds where the key is not there that these keys within keys lead to."""
    found: Any = shape.model_fields[path[0]].get_default(call_default_factory=True)
    for key in path[1:]:
        found = getattr(found, key)
    return found
