"""Instants and days as fields of a browser write them, in the configured zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def moment_of(scope: Scope, text: str, hour: str = "") -> date | datetime | None:
    """What a field for day and time gives, or a day alone whose time is not known; None where it is empty.

    `hour` is what a field of its own says of the time; without a day it is of today. Raises Refused:
    "unread-instant" for what is none, and for a local time that the zone's clocks skipped.
    """
    if hour and "T" not in text:
        text = f"{text or scope.today.isoformat()}T{hour}"
    if not text:
        return None
    zone = scope.world.zone
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("unread-instant", found=text) from None
    if at.tzinfo is not None:
        return at
    at = at.replace(tzinfo=zone)
    if at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise Refused("unread-instant", found=text)
    return at


def day_of(text: str) -> date | None:
    """What a field for a day gives; None where it is empty. Raises Refused: "unread-instant"."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("unread-instant", found=text) from None


def written(at: datetime, zone: ZoneInfo) -> str:
    """An instant as a field for day and time takes it: in whole minutes."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
