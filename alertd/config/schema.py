"""JSON Schemas of the admins' files, for editors that complete and check while one types."""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping
from functools import reduce
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter

from alertd.config.channel_settings import SHAPES
from alertd.config.duty_shapes import ObligationsFile, PoliciesFile
from alertd.config.gate_shapes import GatesFile
from alertd.config.node_shapes import ConfigFile
from alertd.config.roster_shapes import DutyFile
from alertd.config.shapes import CalendarFile, DirectoryFile, EventTypesFile

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: Mapping[str, type[BaseModel]] = {
    "config": ConfigFile,
    "directory": DirectoryFile,
    "event-types": EventTypesFile,
    "policies": PoliciesFile,
    "gates": GatesFile,
    "obligations": ObligationsFile,
    "calendar": CalendarFile,
    "duty": DutyFile,
}


def schemas() -> dict[str, dict[str, Any]]:
    """All schemas by name; each belongs in docs/schema/NAME.json, which the files' `#:schema` lines name."""
    made = {name: shape.model_json_schema() for name, shape in _FILES.items()}
    made["channel"] = _channel()
    return {name: {"$schema": _DIALECT, **_tidy(schema)} for name, schema in sorted(made.items())}


def _channel() -> dict[str, Any]:
    """One of the transports' shapes, told by `transport`."""
    shapes: Any = reduce(operator.or_, SHAPES.values())
    return TypeAdapter[object](Annotated[shapes, Field(discriminator="transport")]).json_schema()


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _tidy(schema: Any) -> Any:
    """Without pydantic's titles, and without null, which TOML cannot say."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema if part != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    kept = {
        key: {name: _tidy(part) for name, part in value.items()} if key == "properties" else _tidy(value)
        for key, value in schema.items()
        if key != "title" and (key, value) != ("default", None)
    }
    choices = kept.get("anyOf", ())
    if len(choices) == 1:
        del kept["anyOf"]
        kept = {**choices[0], **kept}
    return kept
