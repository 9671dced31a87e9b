"""What stands behind the pages, the same in the daemon and in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from alertd.config.web_shapes import WebSettings
from alertd.engine.ruling.world import World
from alertd.openid.provider import Provider
from alertd.web.counting import Counts
from alertd.web.keeping import Keeping
from alertd.web.pulse import Pulse

T = TypeVar("T")
RuledBy = Callable[[Mapping[str, str]], World]


class Kept(Protocol):
    """The store, as pages use it. Threads may share it. Reading and writing raise StoreError.

    An `embedded` one has one daemon at most.
    """

    @property
    def embedded(self) -> bool: ...
    def read(self) -> AbstractContextManager[Connection]: ...
    def transact(self, work: Callable[[Connection], T], wake: bool = True) -> T: ...


@dataclass(frozen=True, slots=True)
class Backing:
    """`world` is what rules now and `now` the present instant, asked for each request, from any thread.

    `done` is called after something was pressed, so that what follows is looked at at once. `pulse` asks the
    loop that sends, where it runs in this process: None where it does not answer. `keeping` is what keepers
    look at besides; None where there are no files. `ruled_by` makes the picture of texts that ruled once.
    `counts` is what was counted lately for all who look, `provider` what is known of one of accounts. `told`
    takes in what the provider of a channel tells: False for a channel or a secret that there is not.
    """

    store: Kept
    world: Callable[[], World]
    now: Callable[[], datetime]
    settings: WebSettings
    done: Callable[[], None] = lambda: None
    pulse: Callable[[], Pulse | None] | None = None
    keeping: Keeping | None = None
    ruled_by: RuledBy | None = None
    counts: Counts = field(default_factory=Counts)
    told: Callable[[str, str, bytes], bool] | None = None
    provider: Provider = field(default_factory=Provider)

    def acted(self) -> None:
        """Something was done: whoever looks next sees it, and what follows from it is looked at."""
        self.counts.forget()
        self.done()
