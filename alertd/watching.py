"""Saved files and other processes' commits, as the operating system tells of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from watchfiles import Change

from alertd.installation import Installation
from alertd.store.database import Store

#: tells of changes below places, as `watchfiles.awatch` does
Watch = Callable[..., AsyncIterator[set[tuple[Change, str]]]]

#: files whose change is worth reading everything anew
WATCHED = (".toml", ".csv", ".j2")
#: changes are looked for this often and gathered this long, in milliseconds: a command's change takes effect
#: within a second, and looking costs a hundredth of a second of processor time a minute
STEP_MS, GATHER_MS = 300, 400
#: seconds; by then the watcher watches
SETTLED = 1.0


async def watch_files(
    installation: Installation,
    store: Store,
    watch: Watch,
    committed: Callable[[], None],
    saved: Callable[[], None],
) -> None:
    """For ever: call `saved` when files were, and `committed` when another process wrote to the WAL."""
    node = installation.node
    places = {node.folder, node.schedules, node.channels_folder}
    wal = f"{store.path.name}-wal" if store.path is not None else ""
    if store.path is not None:
        places.add(store.path.parent)
    existing = [place for place in places if place.is_dir()]

    def wanted(_: Change, path: str) -> bool:
        name = Path(path).name
        return name == wal or (name.endswith(WATCHED) and not name.startswith((".", "~")))

    def catch_up() -> None:
        if installation.saved_since_start():  # perhaps after it was read, and before it was watched
            saved()

    asyncio.get_running_loop().call_later(SETTLED, catch_up)
    async for changes in watch(*existing, watch_filter=wanted, debounce=GATHER_MS, step=STEP_MS):
        names = {Path(path).name for _, path in changes}
        if wal in names:
            committed()
        if names - {wal}:
            saved()
