"""The files that prove a hand-in: which there are, and what is in one, as it was kept or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import evidence
from alertd.store.rows import EvidenceRow


def files_of(scope: Scope, number: int) -> Sequence[EvidenceRow]:
    """The files of a deadline, oldest first."""
    return evidence.of_deadline(scope.tx, number)


def content_of(scope: Scope, number: int, file: int) -> tuple[EvidenceRow, bytes]:
    """A file of a deadline with what is in it. Raises Refused: "no-file"; "file-damaged" where it changed."""
    row = evidence.find(scope.tx, file)
    if row is None or row.deadline != number:
        raise Refused("no-file", found=f"{file:x}")
    content = evidence.content(scope.tx, row)
    if content is None:
        raise Refused("file-damaged", file=row.name)
    return row, content
