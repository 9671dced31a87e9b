"""From the place an admin's file names to a secret that can be revealed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from alertd.config.checking import Table
from alertd.config.faults import shown
from alertd.config.secret import Secret


def secret_at(
    table: Table, key: str, place: tuple[str, str], environ: Mapping[str, str], folder: Path
) -> Secret:
    """The secret that `key` of the table names; relative file names start in `folder`."""
    kind, name = place
    fault = table.fault((key,), f"secret-missing-{kind}", {"name": shown(name)})
    return Secret(kind, name, environ, folder, fault)
