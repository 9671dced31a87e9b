"""What keepers look at besides the store: the files, and looks that cost. For pages, from any thread.

A file system may hang, and examining reads everything. So each look has a thread of its own, one of a kind at
a time; a page waits for it some seconds, and what comes later is there for whoever asks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import structlog

from alertd.config.node import LoadedNode, load_node
from alertd.engine.ruling.refusal import Refused
from alertd.installation import Installation, Store
from alertd.messages.render import Renderer

log = structlog.get_logger("alertd.web")

#: seconds for which a page waits for files, and for what may take longer
FILES_PATIENCE, PATIENCE = 15.0, 8.0
#: a look that costs is not taken again within so many seconds
PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found last, None for nothing yet, and when; whether another one is under way."""

    found: Any
    at: datetime | None
    under_way: bool
    failed: bool


class _Look:
    """One kind of look."""

    def __init__(self) -> None:
        self.thread: threading.Thread | None = None
        self.found: Any = None
        self.fault: BaseException | None = None
        self.at: datetime | None = None
        self.began = float("-inf")

    @property
    def under_way(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def begin(self, work: Callable[[], Any], at: datetime) -> None:
        def run() -> None:
            try:
                self.found, self.fault = work(), None
            except BaseException as fault:
                self.fault = fault
            self.at = at

        self.began = monotonic()
        self.thread = threading.Thread(target=run, name="looking", daemon=True)
        self.thread.start()

    def wait(self, seconds: float) -> bool:
        assert self.thread is not None
        self.thread.join(seconds)
        return not self.thread.is_alive()


class Keeping:
    """The files of this node as they lie there, and its store."""

    def __init__(
        self,
        store: Store,
        path: Path,
        environ: Mapping[str, str],
        renderer: Callable[[], Renderer] = Renderer,
    ) -> None:
        """`path` is that of config.toml; `renderer` puts messages into words, and reads no files."""
        self.store, self.renderer = store, renderer
        self._path, self._environ = path, environ
        self._looks: dict[str, _Look] = {}
        self._held = threading.Lock()

    def loaded(self) -> LoadedNode:
        """config.toml and channels/ as they lie there; only within a look. Never raises."""
        return load_node(self._path, self._environ)

    def here(self) -> Installation:
        """This node by its files as they lie there; only within a look. Raises ConfigFaulty."""
        return Installation(self.loaded(), self._environ)

    def read(self, kind: str, work: Callable[[], Any], at: datetime) -> Any:
        """What `work` finds in the files now. Raises what it raises, and Refused where they do not answer."""
        with self._held:
            look = self._looks.setdefault(kind, _Look())
            if not look.under_way:
                look.begin(work, at)
        if not look.wait(FILES_PATIENCE):
            raise Refused("files-hanging")
        if look.fault is not None:
            raise look.fault
        return look.found

    def take(self, kind: str, work: Callable[[], Any], at: datetime) -> None:
        """Begin a look that costs, unless one is under way or was taken just now, and wait for it a while."""
        with self._held:
            look = self._looks.setdefault(kind, _Look())
            if not look.under_way and monotonic() - look.began >= PAUSE:
                look.begin(work, at)
        if look.wait(PATIENCE) and look.fault is not None:
            log.error("look-failed", look=kind, exc_info=look.fault)

    def last(self, kind: str) -> Looked:
        """What a look that costs found last."""
        look = self._looks.get(kind) or _Look()
        return Looked(look.found, look.at, look.under_way, look.fault is not None)
