"""Instants as people type them: RFC 3339, or without an offset in the configured zone, or a bare date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alertd.cli.faults import Said

#: an instant further ahead than this is a slip of the pen unless --planned says otherwise
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Given:
    """What was typed. `bare` says that it was a date without a time, which then means its first moment."""

    at: datetime
    bare: bool
    text: str


def read_instant(text: str, zone: ZoneInfo) -> Given:
    """Raises Said for what is no instant, and for a local time that the zone's clocks skipped."""
    plain = text.strip().replace("/", "-")
    try:
        if len(plain) == len("2026-01-01"):
            return Given(datetime.combine(date.fromisoformat(plain), time(0), zone), True, text)
        at = datetime.fromisoformat(plain)
    except ValueError:
        raise Said("said.no-instant", found=text) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
        if at.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != at.replace(tzinfo=None):
            raise Said("said.skipped-instant", found=text, zone=zone.key)
    return Given(at, False, text)


def read_day(text: str) -> date:
    """A date, YYYY-MM-DD. Raises Said."""
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise Said("said.no-day", found=text) from None


def refuse_ahead(given: Given, now: datetime, key: str = "said.ahead") -> None:
    """Raises Said under `key` for an instant more than five minutes ahead."""
    if given.at > now + AHEAD:
        raise Said(key, found=given.text)
