"""The daemons that share the store: which of them live, and what each does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.store import nodes

#: nodes that ended longer ago are left out
_SHOWN = timedelta(days=1)
#: without a heartbeat for so long a node is silent; sooner where several share a store
QUIET, QUIET_SHARED = timedelta(minutes=3), timedelta(seconds=30)


#: a machine whose wall clock differs so many seconds from the database's has a wrong one
APART_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Node:
    """One daemon. Its `state` is running, silent (no sign of life lately), taken-over or stopped."""

    id: str
    state: str
    version: str
    mode: str
    started_at: datetime
    seen_at: datetime
    leased: int
    listens: tuple[str, ...]  # the channels whose bot it listens to
    ahead: float  # seconds by which its machine's clock is ahead of the database's; below nought: behind
    behind: tuple[str, ...]  # files that are older in its folder than what rules
    taken_over_by: str


def alive(seen_at: datetime, now: datetime, quiet: timedelta = QUIET) -> bool:
    """Whether a node's last heartbeat is recent; one of the future is from before a clock was set back."""
    return abs(now - seen_at) < quiet


def apart(ahead: float) -> bool:
    """Whether a wall clock so many seconds ahead of the database's, or behind it, is wrong."""
    return abs(ahead) >= APART_SECONDS


def every(tx: Connection, now: datetime, shared: bool) -> tuple[Node, ...]:
    """The nodes that run, or ended within a day. `shared`: several may run on this store at once."""
    posts = nodes.listeners(tx)
    return tuple(
        _node(row, now, shared, tuple(channel for channel, node in posts.items() if node == row.id))
        for row in nodes.every(tx)
        if row.stopped_at is None or now - row.stopped_at < _SHOWN
    )


def last_sign(tx: Connection) -> datetime | None:
    """When any daemon of this store last showed that it lives; None where none runs."""
    return max(nodes.running(tx).values(), default=None)


def _node(row: Any, now: datetime, shared: bool, listens: tuple[str, ...]) -> Node:
    about = row.about or {}
    return Node(
        id=row.id,
        state=state_of(row, now, shared),
        version=row.version,
        mode=about.get("mode") or "",
        started_at=row.started_at,
        seen_at=row.seen_at,
        leased=row.leased,
        listens=listens,
        ahead=float(about.get("ahead") or 0),
        behind=tuple(about.get("behind", ())),
        taken_over_by=about.get("taken_over_by") or "",
    )


def state_of(row: Any, now: datetime, shared: bool) -> str:
    """What a node is: running, silent, taken-over or stopped."""
    if row.stopped_at is not None:
        return "taken-over" if (row.about or {}).get("taken_over_by") else "stopped"
    return "running" if alive(row.seen_at, now, QUIET_SHARED if shared else QUIET) else "silent"
