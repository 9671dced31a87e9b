"""Entries of a calendar as telephones and computers read them (RFC 5545), from plain values.

Equal entries are equal bytes: nothing in them depends on when they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

#: so often a program may ask again (RFC 7986 section 5.7), and the older way to say so
_AGAIN = timedelta(hours=1)
TENTATIVE, CONFIRMED, CANCELLED = "TENTATIVE", "CONFIRMED", "CANCELLED"
KIND = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry: all of a day, or an instant. `uid` never changes, `sequence` only grows.

    `changed_at` is when what it says last changed. `alarms` lie so long before the beginning of the day, or
    before the instant; one below nought lies after it.
    """

    uid: str
    at: date | datetime
    summary: str
    description: str
    status: str
    sequence: int
    changed_at: datetime
    url: str = ""
    alarms: Sequence[timedelta] = ()


def calendar_bytes(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """A whole calendar that is called so, for whoever subscribes to it."""
    found = Calendar()
    found.add("prodid", "-//alertd//alertd//")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("name", name)
    found.add("x-wr-calname", name)
    found.add("refresh-interval", _AGAIN, {"VALUE": "DURATION"})
    found.add("x-published-ttl", "PT1H")
    for entry in entries:
        found.add_component(_event(entry))
    content: bytes = found.to_ical()
    return content


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", _instant(entry.changed_at))
    event.add("last-modified", _instant(entry.changed_at))
    event.add("sequence", entry.sequence)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")  # it takes nobody's time
    if isinstance(entry.at, datetime):
        event.add("dtstart", _instant(entry.at))
    else:
        event.add("dtstart", entry.at)
        event.add("dtend", entry.at + timedelta(days=1))
    if entry.url:
        event.add("url", entry.url)
    for before in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event


def _instant(at: datetime) -> datetime:
    """In UTC, which needs no rules of a zone beside it; to the second, which is all the format has."""
    return at.astimezone(UTC).replace(microsecond=0)
