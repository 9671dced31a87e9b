"""What tells that a file was written, moved or replaced, and one machine from another."""

from __future__ import annotations

import os
from pathlib import Path


def stamp_of(path: Path) -> tuple[int, ...]:
    """Size, times and place of a file; nothing where it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def below(folder: Path) -> list[Path]:
    """Everything below a folder, without following links."""
    return [Path(parent, name) for parent, folders, files in os.walk(folder) for name in (*folders, *files)]


def machine_id() -> str:
    """What tells this machine from every other one (machine-id(5)); nothing where nobody gave it a name."""
    machine = Path("/etc/machine-id")
    return machine.read_text("ascii", "replace").strip() if machine.is_file() else ""
