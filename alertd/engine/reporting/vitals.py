"""How the whole is: how much is owed and how it stands, what waits and how long, which channels serve.

Nothing of it names a deadline, a person or a unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alertd.core.standing import near_until
from alertd.engine.deadlines.figures import Figures
from alertd.engine.notify import feeds
from alertd.engine.reporting import nodes as daemons
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode
from alertd.store import illness, reports, settings, vitals
from alertd.store import nodes as node_store
from alertd.store.types import Unreadable

#: counted beside the standings: one that a figure which cannot be read is counted in
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits on one channel: how many messages, and for how many seconds the first ought to have left.

    `ill` says that no node can use it now.
    """

    messages: int
    seconds: float
    ill: bool


@dataclass(frozen=True, slots=True)
class Vitals:
    """The figures of one instant. `queues` are seconds for which the first of each kind of work has waited.

    `standings` counts unfinished deadlines, `provisional` those among them whose date is estimated. `nodes`
    counts daemons by state (running, silent), and `beat` is how many seconds ago the last of them was seen,
    None where none runs. `feeds` counts systems that report events (heard, silent). `held` says that a saved
    change waits to be released.
    """

    at: datetime
    mode: str
    standings: Mapping[str, int]
    provisional: int
    queues: Mapping[str, float]
    channels: Mapping[str, Waits]
    nodes: Mapping[str, int]
    beat: float | None
    held: bool
    feeds: Mapping[str, int]


def vitals_of(scope: Scope, shared: bool) -> Vitals:
    """As of the scope's instant. `shared`: several daemons may run on this store at once."""
    tx, now, world = scope.tx, scope.now, scope.world
    standings, provisional = _standings(scope)
    seen = _nodes(tx, now, shared)
    return Vitals(
        at=now,
        mode=str(world.mode),
        standings=standings,
        provisional=provisional,
        queues={name: _age(at, now) for name, at in vitals.queues(tx).items()},
        channels=_channels(scope),
        nodes=Counter(state for state, _ in seen),
        beat=min((age for _, age in seen), default=None),
        held=_held(tx),
        feeds=Counter("silent" if feed.silent else "heard" for feed in feeds.every(scope)),
    )


def running(tx: Connection, now: datetime, shared: bool) -> bool:
    """Whether any daemon of this store was seen lately."""
    return any(state == "running" for state, _ in _nodes(tx, now, shared))


def _held(tx: Connection) -> bool:
    try:
        return bool(settings.get(tx, settings.HELD))
    except Unreadable:
        return True  # there is something


def _age(at: datetime | None, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0) if at is not None else 0.0


def _nodes(tx: Connection, now: datetime, shared: bool) -> list[tuple[str, float]]:
    """The daemons that have not ended: running or silent, and how many seconds ago each was seen."""
    quiet = daemons.QUIET_SHARED if shared else daemons.QUIET
    return [
        ("running" if daemons.alive(seen, now, quiet) else "silent", _age(seen, now))
        for seen in node_store.running(tx).values()
    ]


def _standings(scope: Scope) -> tuple[dict[str, int], int]:
    """Unfinished deadlines by standing, and the provisional ones among them.

    What is measured is looked at one by one, since its standing lies in figures; all others are counted by
    the database.
    """
    tx, now, world = scope.tx, scope.now, scope.world
    measured = [name for name, each in world.register.obligations.items() if each.measure is not None]
    counted: Counter[str] = Counter()
    provisional = 0
    for (standing, estimated), count in vitals.standings(
        tx, now, near_until(now, world.calendar), measured
    ).items():
        counted[standing] += count
        provisional += count if estimated else 0
    figures, found = Figures(scope), reports.opened_found(tx, now, measured)
    counted[UNREADABLE] += len(found.unread)
    for row in found.rows:
        provisional += bool(row.provisional)
        try:
            stands = figures.standing(row, now)
        except Unreadable:
            counted[UNREADABLE] += 1
        else:
            counted[vitals.SUSPENDED if row.state == vitals.SUSPENDED else str(stands)] += 1
    return dict(counted), provisional


def _channels(scope: Scope) -> dict[str, Waits]:
    """Each channel that is enabled. On hold nothing is to leave, so nothing waits too long."""
    tx, now, world = scope.tx, scope.now, scope.world
    ill, found = illness.ill(tx), {}
    for channel in world.channels:
        waiting = vitals.waiting(tx, channel, world.drilling)
        seconds = 0.0 if world.mode is Mode.HOLD else _age(waiting.since, now)
        found[channel] = Waits(waiting.messages, seconds, channel in ill)
    return found
