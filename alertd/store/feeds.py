"""When each system that reports events last showed a sign of life, and whether its silence was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.store import settings
from alertd.store.types import Unreadable


@dataclass(frozen=True, slots=True)
class Heard:
    """A feed: last heard `at`, or first waited for; `ever` says which. `told`: its silence is known."""

    at: datetime
    ever: bool
    told: bool = False


def _name(feed: str) -> str:
    return f"feed.{feed}"


def find(tx: Connection, feed: str) -> Heard | None:
    """What is known of a feed, None of one that nobody has waited for yet, or that cannot be read."""
    try:
        return _of(settings.get(tx, _name(feed)))
    except (Unreadable, KeyError, TypeError, ValueError):
        return None


def _of(kept: Any) -> Heard | None:
    return Heard(datetime.fromisoformat(kept["at"]), kept["ever"], kept["told"]) if kept else None


def keep(tx: Connection, feed: str, heard: Heard) -> None:
    """Write down what is known; other nodes that do wait until the commit."""
    settings.lock(tx, _name(feed))
    settings.put(tx, _name(feed), {"at": heard.at.isoformat(), "ever": heard.ever, "told": heard.told})
