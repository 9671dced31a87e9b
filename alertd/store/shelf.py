"""What the nodes that share a store know in common of one channel: found out by one of them, used by all.

A thing that is not there, or no longer holds, is found out by whoever looks first; the others wait until it
is there, or until that node has had time enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from alertd.store import settings


@dataclass(frozen=True, slots=True)
class OnShelf:
    """What stands there, None for nothing that holds, and until when; `yours` to find out, if it is."""

    value: str | None
    until: datetime | None = None
    yours: bool = False


def look(tx: Connection, channel: str, name: str, now: datetime, owner: str, lease: timedelta) -> OnShelf:
    """What stands there; where nothing does, `owner` may find it out until its lease is over."""
    place = _place(channel, name)
    kept = _kept(settings.hold(tx, place, {}))
    if kept.get("value") is not None and not _over(kept.get("until"), now):
        return OnShelf(kept["value"], _instant(kept.get("until")))
    if kept.get("finder", owner) != owner and not _over(kept.get("finding"), now):
        return OnShelf(None)
    settings.put(tx, place, {"finder": owner, "finding": (now + lease).isoformat()})
    return OnShelf(None, yours=True)


def keep(tx: Connection, channel: str, name: str, value: str, until: datetime | None) -> None:
    """Let this stand there until then, or for ever."""
    place = _place(channel, name)
    settings.lock(tx, place)
    settings.put(tx, place, {"value": value, "until": until.isoformat() if until else None})


def forget(tx: Connection, channel: str, name: str, value: str) -> None:
    """Let this stand there no longer. What another node has put in its place stays."""
    place = _place(channel, name)
    if _kept(settings.hold(tx, place, {})).get("value") == value:
        settings.put(tx, place, {})


def _place(channel: str, name: str) -> str:
    return f"shelf.{sha256(f'{channel}|{name}'.encode()).hexdigest()[:32]}"


def _kept(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _over(text: Any, now: datetime) -> bool:
    until = _instant(text)
    return until is not None and until <= now
