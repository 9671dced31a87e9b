"""Saved files and other processes' commits, as the operating system tells of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Heard:
    """Called when another process wrote to the WAL, and when files were saved, moved or removed."""

    committed: Callable[[], None]
    saved: Callable[[], None]


async def watch_files(
    installation: Installation,
    store: Store,
    watch: Watch,
    heard: Heard,
    read: Callable[[Callable[[], Any]], Awaitable[Any]],
) -> None:
    """For ever: tell of what is heard. `read` looks at files where that holds up nothing else."""
    node = installation.node
    places = {node.folder, node.schedules, node.channels_folder}
    wal = f"{store.path.name}-wal" if store.path is not None else ""
    if store.path is not None:
        places.add(store.path.parent)
    existing = await read(lambda: [place for place in places if place.is_dir()])

    def wanted(_: Change, path: str) -> bool:
        name = Path(path).name
        folder = "." not in name  # one that was moved away or back takes its files along
        return name == wal or ((folder or name.endswith(WATCHED)) and not name.startswith((".", "~")))

    async def catch_up() -> None:
        await asyncio.sleep(SETTLED)
        if await read(installation.saved_since_start):  # perhaps after it was read, and before it was watched
            heard.saved()

    catching_up = asyncio.create_task(catch_up(), name="catch up")
    try:
        async for changes in watch(*existing, watch_filter=wanted, debounce=GATHER_MS, step=STEP_MS):
            names = {Path(path).name for _, path in changes}
            if wal in names:
                heard.committed()
            if names - {wal}:
                heard.saved()
    finally:
        catching_up.cancel()
