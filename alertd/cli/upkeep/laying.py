"""Laying down many new files at once: all of them stand there, or none does."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from alertd.cli.exits import Said

_SHOWN = 20


def lay_down(target: Path, files: Mapping[str, bytes]) -> None:
    """Write new files, by name relative to `target`, which need not exist; the last one is put there last.

    They are written beside where they go and then moved, so that a full disk or an interruption leaves
    nothing. Raises Said where one of them is there already, or cannot be written.
    """
    refuse_existing(target, files)
    new = not target.exists()
    place = target.parent if new else target
    part = place / f".{target.name}.{secrets.token_hex(4)}.part"
    try:
        _write(part, files)
        if new:
            part.rename(target)
        else:
            _move(part, target, files)
    except OSError as fault:
        path = fault.filename2 or fault.filename or target
        shown = target if Path(str(path)) == part else Path(str(path).replace(str(part), str(target)))
        raise Said("init.unwritable", path=shown, said=fault.strerror or fault) from fault
    finally:
        shutil.rmtree(part, ignore_errors=True)


def refuse_existing(target: Path, files: Mapping[str, bytes]) -> None:
    """Raises Said where one of the files is there already; nothing of a city is ever overwritten."""
    there = [name for name in files if os.path.lexists(target / name)]
    if there:
        rest = ["  …"] if len(there) > _SHOWN else []
        names = "\n".join([*(f"  {name}" for name in there[:_SHOWN]), *rest])
        raise Said("init.exists", folder=target, count=len(there), names=names)


def _write(part: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _move(part: Path, target: Path, files: Mapping[str, bytes]) -> None:
    """Into a folder that holds other things; what was moved goes again where one cannot be."""
    made: list[Path] = []
    try:
        for name in files:
            path = target / name
            for folder in reversed([path.parent, *path.parent.parents]):
                if not folder.exists():
                    folder.mkdir()
                    made.append(folder)
            made.append(path)
            (part / name).rename(path)
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise
