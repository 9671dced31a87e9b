"""Files that prove a hand-in, kept with their deadline; whichever way they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alertd.core.evidence import LARGEST, MOST, file_name, kind_of, megabytes
from alertd.core.rights import Act
from alertd.core.text import OwnText
from alertd.engine.deadlines.permission import permitted
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import evidence
from alertd.store.rows import DeadlineRow


@dataclass(frozen=True, slots=True)
class File:
    """A file as somebody sends it. Its name may be anything, also a path: it is cleaned before it is kept."""

    name: OwnText
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it is kept: `size` in bytes, `kind` a media type."""

    id: int
    name: str
    kind: str
    size: int
    sha256: str


@taking_texts
def keep(scope: Scope, number: int, files: Sequence[File]) -> tuple[KeptFile, ...]:
    """Keep files with their deadline, all of them or none, each with its hash in the audit.

    With a hand-in, before it, or afterwards until it is reviewed. The very same once more is kept once.
    Raises Refused: no right; "file-empty", "file-too-large", "too-many-files".
    """
    row, right = permitted(scope, number, Act.ATTACH)
    return tuple(_keep(scope, row, file, right) for file in files)


def _keep(scope: Scope, row: DeadlineRow, file: File, right: Mapping[str, Any]) -> KeptFile:
    name = file_name(file.name)
    if not file.content:
        raise Refused("file-empty", file=name)
    if len(file.content) > LARGEST:
        raise Refused("file-too-large", file=name, most=megabytes(LARGEST))
    kept = evidence.same(scope.tx, row.number, file.content)
    if kept is None:
        if evidence.count(scope.tx, row.number) >= MOST:
            raise Refused("too-many-files", deadline=row.id, most=MOST)
        kept = evidence.add(
            scope.tx, row.number, name, kind_of(name), file.content, scope.now, scope.actor.text
        )
        detail = {"file": f"{kept.id:x}", "name": kept.name, "size": kept.size, "sha256": kept.sha256}
        scope.record(row.number, "evidence-kept", {**detail, **right})
    return KeptFile(kept.id, kept.name, kept.kind, kept.size, kept.sha256)
