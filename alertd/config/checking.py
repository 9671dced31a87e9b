"""Checks one table against its shape and turns every objection into a fault at its place."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.toml_positions import Path
from alertd.config.values import Shape, type_name

S = TypeVar("S", bound=Shape)

#: what pydantic objects to, and what the value should have been
_EXPECTED_TYPES = {
    "string_type": "text",
    "int_type": "number",
    "bool_type": "boolean",
    "date_type": "date",
    "time_type": "time",
    "list_type": "list",
    "dict_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
}
_LIMITS = ("ge", "gt", "le", "lt")
#: faults that a part which could not be read may have caused
_ABOUT_ABSENCE = frozenset(
    {
        "empty-group",
        "half-absence",
        "key-needed-for-source",
        "login-without-password",
        "needed-when-enabled",
        "official-without-source",
        "redirect-nowhere",
        "start-missing",
        "too-many-repeats",
        "verify-without-receiver",
        "while-open-without-measure",
    }
)


class Origin(Protocol):
    """A file that can be pointed into: a TOML document or a CSV table."""

    file: str

    def excuses(self, path: Path) -> bool:
        """Whether what is missing there may stand in a part that could not be read, which is reported."""
        ...

    def value_fault(
        self, path: Path, code: str, args: Mapping[str, str], index: int | None = None
    ) -> Fault: ...

    def key_fault(self, path: Path, code: str, args: Mapping[str, str]) -> Fault: ...

    def place(self, path: Path) -> str: ...

    def line(self, path: Path) -> int: ...


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file (`[[unit]]`, a CSV row): its plain values and where they stand."""

    origin: Origin
    path: Path
    raw: Mapping[str, Any]

    def fault(self, path: Path, code: str, args: Mapping[str, str], index: int | None = None) -> Fault:
        """A fault at a value below this table."""
        return self.origin.value_fault(self.path + path, code, args, index)

    def key_fault(self, path: Path, code: str, args: Mapping[str, str]) -> Fault:
        """A fault at a key below this table."""
        return self.origin.key_fault(self.path + path, code, args)

    def texts(self, key: str) -> Iterator[tuple[Path, str]]:
        """The texts under `key`, one or a list, with their paths; whatever else stands there is skipped."""
        value = self.raw.get(key)
        if isinstance(value, str):
            yield (key,), value
        elif isinstance(value, list):
            yield from (((key, number), text) for number, text in enumerate(value) if isinstance(text, str))

    def text(self, key: str) -> str | None:
        value = self.raw.get(key)
        return value if isinstance(value, str) else None


def check(shape: type[S], table: Table) -> tuple[S | None, list[Fault]]:
    """The table as its shape, or all faults of it."""
    try:
        return shape.model_validate(table.raw), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults = [fault for detail in details if (fault := _fault(shape, table, detail))]
        return None, faults


def known_keys(shape: type[BaseModel]) -> list[str]:
    """The keys an admin may write in a table of this shape."""
    return [info.alias or name for name, info in shape.model_fields.items()]


def _fault(shape: type[Shape], table: Table, detail: ErrorDetails) -> Fault | None:
    kind, loc = detail["type"], detail["loc"]
    context: dict[str, Any] = detail.get("ctx", {})
    path = table.path + loc
    if kind == "fault":
        path += tuple(context["path"])
        if context["code"] in _ABOUT_ABSENCE and table.origin.excuses(path):
            return None
        if context["code"] == "unknown-key":
            return table.origin.key_fault(path, "unknown-key", context["args"])
        return table.origin.value_fault(path, context["code"], context["args"], context["index"])
    if kind == "missing":
        args = {"key": str(loc[-1])}
        return None if table.origin.excuses(path) else table.origin.key_fault(path, "missing-key", args)
    if kind == "extra_forbidden":
        known = known_keys(_shape_at(shape, loc[:-1]))
        key = str(loc[-1])
        args = {"key": shown(key), "known": listed(known), **nearest(key, known)}
        return table.origin.key_fault(path, "unknown-key", args)
    code, args = _objection(kind, detail["input"], context)
    return table.origin.value_fault(path, code, args)


def _objection(kind: str, found: object, context: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    args = {"found": shown(found), "type": type_name(found)}
    if kind in _EXPECTED_TYPES:
        return f"expected-{_EXPECTED_TYPES[kind]}", args
    if kind == "too_short":
        return "empty-list", {}
    for limit in _LIMITS:
        if limit in context:
            return f"out-of-range-{limit}", {**args, "limit": str(context[limit])}
    return "bad-value", args


def _shape_at(shape: type[BaseModel], loc: Path) -> type[BaseModel]:
    """The shape of the table that `loc` leads to."""
    for part in loc:
        if isinstance(part, str):
            fields = {info.alias or name: info for name, info in shape.model_fields.items()}
            found = _shape_in(fields[part].annotation) if part in fields else None
            shape = found or shape
    return shape


def _shape_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (list, Union, types.UnionType, Annotated):
        return next((found for part in get_args(annotation) if (found := _shape_in(part))), None)
    return None
