"""One installation examined: its files, its store, and what rules in it. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from alertd.config.faults import Fault
from alertd.engine.planning.reconciler import NoRegister
from alertd.engine.preview import examining
from alertd.engine.preview.checkup import Finding, files_finding, lost_finding
from alertd.engine.preview.examining import TimeLeft
from alertd.engine.ruling.world import World
from alertd.installation import Installation
from alertd.store.database import Store


def of_files(
    here: Installation, more: list[Fault], say: Callable[[Fault], str]
) -> tuple[Finding, World | None]:
    """The faults of the files, with `more` that somebody found; and what they say, None with faults."""
    faults = [*here.faults, *more]
    world = None
    try:
        world = here.written()
    except NoRegister as nothing:
        faults += nothing.faults
    return files_finding([say(fault) for fault in faults]), world


def of_store(
    here: Installation,
    store: Store,
    now: datetime,
    written: World | None,
    ahead: float = 0.0,
    seal: str = "",
    time_left: TimeLeft = examining.EVER,
) -> Iterator[Finding]:
    """The store; `written` is what the files say. Raises StoreError.

    `ahead`, `seal` and `time_left` are as in `examining.of_store`.
    """

    def mode() -> str:
        return here.settled(store).node.mode

    found = examining.of_store(store, now, here.files().texts, mode, ahead, seal, time_left)
    yield from found
    if examining.damaged(found) or not time_left():
        return
    ruling = here.rules_in(store)
    if ruling:
        yield lost_finding(here.lost(store, now))
    world = here.ruling(store, now) if ruling else written
    if world is not None:
        yield from examining.of_what_rules(store, now, world, ruling, time_left)
