"""Pages at a place of loopback, served from a thread of the test's own process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from alertd.web.backing import Backing
from alertd.web.place import listening_at
from alertd.web.serving import server_of


@contextmanager
def serving(backing: Backing) -> Iterator[str]:
    """Where pages are served, which is where the settings of `backing` say."""
    listen = backing.settings.listen
    assert listen is not None
    place, server = listening_at(listen), server_of(backing)
    run = lambda: asyncio.run(server.serve(sockets=[place]))  # noqa: E731
    thread = threading.Thread(target=run, name="pages", daemon=True)
    thread.start()
    try:
        yield listen.url
    finally:
        server.should_exit = True
        thread.join()
