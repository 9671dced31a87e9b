"""Files that prove a hand-in, as several commands take and give them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import Paths
from alertd.cli.exits import Said

if TYPE_CHECKING:
    from alertd.engine.operations.evidence import File

files_option = click.option("--file", "files", metavar="FILE", multiple=True, type=Paths(path_type=Path))


def read_files(paths: Sequence[Path]) -> tuple[File, ...]:
    """Files of this machine, as they are. Raises Said."""
    from alertd.core.evidence import LARGEST
    from alertd.engine.operations.evidence import File

    found = []
    for path in paths:
        try:
            with path.open("rb") as opened:
                found.append(File(path.name, opened.read(LARGEST + 1)))
        except OSError as fault:
            raise Said("evidence.unreadable", file=path, said=fault.strerror or str(fault)) from fault
    return tuple(found)


def evidence_json(row: Any, session: Session) -> dict[str, Any]:
    """A file without what is in it."""
    from alertd.cli.output import rfc3339

    return {
        "id": f"{row.id:x}",
        "name": row.name,
        "kind": row.kind,
        "bytes": row.size,
        "sha256": row.sha256,
        "kept_at": rfc3339(row.kept_at, session.zone),
        "by": row.by,
    }
