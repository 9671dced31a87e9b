"""Files of schedules/ that a command writes: all or none of them, and what they say rules at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.cli.exits import Said

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.engine.operations.releasing import Changes, Files
    from alertd.engine.reporting.differences import Plan
    from alertd.engine.ruling.world import World
    from alertd.installation import Store


def world_with(session: Session, files: Files) -> World:
    """The picture these files give. Raises NoRegister."""
    from alertd.engine.operations.releasing import world_of

    return world_of(session.installation.make_world, files, session.installation.node.channels)


def plan_with(session: Session, store: Store, files: Files) -> Plan:
    """What these files would change in the store. Raises NoRegister."""
    from alertd.engine.reporting.differences import planned

    here = session.installation
    return planned(store, files, here.make_world, here.node.channels, session.now)


def write_and_apply(session: Session, store: Store, changes: Changes, by: str, reason: str) -> None:
    """Write the files and let them rule, in one transaction. Raises Said where a file cannot be written."""
    from alertd.engine.operations.releasing import Release, release_files, with_changes

    here = session.installation
    asked = Release(
        with_changes(here.files(), changes),
        frozenset(here.node.channels),
        reason,
        lambda: write_files(here.node.schedules, changes),
    )
    release_files(store, here.make_world, session.now, session.actor_of(by, None), asked)


def write_files(schedules: Path, changes: Changes) -> None:
    """Write all files or, where one cannot be written, none. Raises Said."""
    done: list[tuple[Path, bytes | None]] = []
    # Nothing goes before its copy stands.
    wanted = sorted(changes.items(), key=lambda change: change[1] is None)
    try:
        for file, text in wanted:
            path = schedules.parent / file
            before = path.read_bytes() if path.is_file() else None
            done.append((path, before))
            _put(path, None if text is None else text.encode("utf-8"))
    except BaseException as fault:  # Ctrl-C too
        for path, before in reversed(done):
            with contextlib.suppress(OSError):
                _put(path, before)
        if not isinstance(fault, OSError):
            raise
        said = fault.strerror or str(fault)
        raise Said("rewriting.unwritable", path=fault.filename or schedules, said=said) from fault


def _put(path: Path, data: bytes | None) -> None:
    """The file with this content, or gone with None; folders are made, and go with their last file."""

    if data is None:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
        return
    if not path.exists():
        _make(path)
    write_over(path, data.decode("utf-8"))


def _make(path: Path) -> None:
    """An empty file that belongs to whom its folder belongs to, so that the daemon may read it."""
    new = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    owner = (new[-1].parent if new else path.parent).stat()
    for each in (*new, path):
        os.chown(each, owner.st_uid, owner.st_gid)


def write_over(path: Path, text: str) -> None:
    """Replace a file at once, with its owner and mode: a crash leaves the old or the new. Raises OSError."""
    target = path.resolve()
    before = target.stat()
    handle, name = tempfile.mkstemp(".part", f".{target.name}.", target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        os.chown(name, before.st_uid, before.st_gid)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
