"""Which channels are ill, as each node finds: the provider serves nobody, or it cannot be started.

A channel is ill for everybody where every node that runs says so; else the others send.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from alertd.store import settings
from alertd.store.tables import nodes
from alertd.store.types import Unreadable

#: what stands for a provider's words where the channel could not be started, as for want of a secret
NOT_STARTED = "not-started"


@dataclass(frozen=True, slots=True)
class Illness:
    """What one node says of one channel: since when, and what its provider said (code and detail).

    `refused` are the deliveries it refused in the same words before that was known to be for everybody.
    """

    since: datetime
    said: str
    refused: Sequence[int] = ()

    def row(self) -> dict[str, Any]:
        return {"since": self.since.isoformat(), "said": self.said, "refused": list(self.refused)}


def _of(row: Mapping[str, Any]) -> Illness:
    return Illness(datetime.fromisoformat(row["since"]), row["said"], tuple(row["refused"]))


def every(tx: Connection) -> dict[str, dict[str, Illness]]:
    """channel -> node -> what it says."""
    stored = _stored(tx, settings.ILL)
    return {channel: {node: _of(row) for node, row in by.items()} for channel, by in stored.items()}


def _stored(tx: Connection, name: str) -> Mapping[str, Any]:
    """Nothing where it cannot be read: it is only an order of ways."""
    try:
        return settings.get(tx, name) or {}
    except Unreadable:
        return {}


def ill(tx: Connection) -> frozenset[str]:
    """The channels that no node can use now."""
    known = every(tx)
    return _everywhere(known, _running(tx)) if known else frozenset()


def _everywhere(known: Mapping[str, Mapping[str, Illness]], running: set[str]) -> frozenset[str]:
    return frozenset(channel for channel, by in known.items() if by and running <= by.keys())


def _running(tx: Connection) -> set[str]:
    return set(tx.execute(select(nodes.c.id).where(nodes.c.stopped_at.is_(None))).scalars())


@dataclass(frozen=True, slots=True)
class Turn:
    """What nobody was told yet: channels that no node can use any more, and those some node can again."""

    ill: Mapping[str, Illness]
    well: Mapping[str, Illness]


def say(tx: Connection, node: str, found: Mapping[str, Illness]) -> Turn:
    """`node` finds these channels ill, and no others; what nodes that have ended said is forgotten.

    To be said again while a channel is ill: who was taken for dead meanwhile counts as one that says nothing.
    """
    settings.hold(tx, settings.ILL, {})
    before, running = every(tx), _running(tx)
    after: dict[str, dict[str, Illness]] = {}
    for channel in {**before, **found}:
        known = before.get(channel, {})
        by = {each: said for each, said in known.items() if each in running and each != node}
        if channel in found:
            by[node] = known.get(node) or found[channel]
        if by:
            after[channel] = by
    again = bool(found) and after == before  # said with each round while a channel is ill
    if not again:
        rows = {channel: {each: said.row() for each, said in by.items()} for channel, by in after.items()}
        settings.put(tx, settings.ILL, rows)
    now = {channel: _oldest(after[channel]) for channel in sorted(_everywhere(after, running))}
    told = {channel: _of(row) for channel, row in _stored(tx, settings.ILL_TOLD).items()}
    if not again or now != told:
        settings.put(tx, settings.ILL_TOLD, {channel: said.row() for channel, said in now.items()})
    return Turn(
        {channel: said for channel, said in now.items() if channel not in told},
        {channel: said for channel, said in told.items() if channel not in now},
    )


def _oldest(by: Mapping[str, Illness]) -> Illness:
    """What the first node said, with everything any of them saw refused."""
    first = min(by.values(), key=lambda each: each.since)
    return Illness(first.since, first.said, tuple(each for said in by.values() for each in said.refused))
