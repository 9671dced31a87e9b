"""Where an admin's file says that a secret lies, and from that place to a secret that can be revealed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from alertd.config.checking import Table
from alertd.config.faults import listed, nearest, shown
from alertd.config.secret import SECRET_KINDS, Secret
from alertd.config.values import fitting, wrong

_SECRET_NAME = re.compile(r"[A-Za-z0-9_.-]+")

#: where a secret lies and under which name, e.g. ("credential", "smtp_password")
SecretPlace = tuple[str, str]


def secret_place(value: object) -> SecretPlace | None:
    """`{ credential = "NAME" }` and the like; the value itself is refused and not repeated."""
    if value == "":
        return None
    if not isinstance(value, dict):
        raise wrong("secret-inline", {})
    if len(value) != 1:
        raise wrong("secret-place", {"known": listed(SECRET_KINDS)})
    kind, name = next(iter(value.items()))
    if kind not in SECRET_KINDS:
        args = {"key": shown(kind), "known": listed(SECRET_KINDS), **nearest(kind, SECRET_KINDS)}
        raise wrong("unknown-key", args, path=(kind,))
    if not isinstance(name, str) or not name.strip():
        raise wrong("secret-name", {}, path=(kind,))
    if kind != "file" and (not _SECRET_NAME.fullmatch(name) or not name.strip(".")):
        raise wrong("secret-name", {}, path=(kind,))
    return kind, fitting(name, path=(kind,))


SECRET_SCHEMA: Mapping[str, object] = {
    "description": "Where the secret lies. Never the secret itself.",
    "anyOf": [
        {
            "type": "object",
            "properties": {kind: {"type": "string", "minLength": 1}},
            "required": [kind],
            "additionalProperties": False,
        }
        for kind in SECRET_KINDS
    ],
}
SecretValue = Annotated[SecretPlace | None, PlainValidator(secret_place), WithJsonSchema(dict(SECRET_SCHEMA))]


def secret_at(table: Table, key: str, place: SecretPlace, environ: Mapping[str, str], folder: Path) -> Secret:
    """The secret that `key` of the table names; relative file names start in `folder`."""
    kind, name = place
    fault = table.fault((key,), f"secret-missing-{kind}", {"name": shown(name)})
    return Secret(kind, name, environ, folder, fault)
