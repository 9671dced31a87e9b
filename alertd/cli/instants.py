"""Instants as people type them: RFC 3339, or without an offset in the configured zone, or a bare date.

Where what is typed happened just now, a time alone will do, which is one of today.

Only what is read is judged here; what a day or an instant may be is the engine's to say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from alertd.cli.exits import Said
from alertd.core.limits import FIRST_YEAR, LAST_YEAR

#: 2026-10-01, 2026/10/1 and 2026年10月1日, with whatever follows
_DATE = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?(?!\d)(.*)", re.DOTALL)
#: 05:10 and 5:10
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class TypedInstant:
    """What was typed. `bare` says that it was a date without a time, which then means its first moment."""

    at: datetime
    bare: bool

    @property
    def fact(self) -> date | datetime:
        """What is known: the instant, or the day where no time was given."""
        return self.at.date() if self.bare else self.at


def read_instant(text: str, zone: ZoneInfo, today: date | None = None) -> TypedInstant:
    """Raises Said for what is no instant, and for a local time that the zone's clocks skipped.

    Where `today` is given, a time alone is one of that day in the zone.
    """
    clock = _TIME.fullmatch(_plain(text)) if today else None
    if today and clock:
        day, rest = today, f"T{clock[1]:0>2}:{clock[2]}"
    else:
        day, rest = _leading_date(text, "said.no-instant")
    if not rest:
        return TypedInstant(datetime.combine(day, time(0), zone), True)
    try:
        at = datetime.fromisoformat(day.isoformat() + rest)
    except ValueError:
        raise Said("said.no-instant", found=text) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
        if at.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != at.replace(tzinfo=None):
            raise Said("said.skipped-instant", found=text, zone=zone.key)
    return TypedInstant(at, False)


def read_day(text: str) -> date:
    """A date, YYYY-MM-DD. Raises Said."""
    day, rest = _leading_date(text, "said.no-day")
    if rest:
        raise Said("said.no-day", found=text)
    return day


def _leading_date(text: str, key: str) -> tuple[date, str]:
    """The date at the beginning and what follows it. Raises Said: `key` where no date begins the text."""
    found = _DATE.fullmatch(_plain(text))
    if found is None:
        raise Said(key, found=text)
    year, month, day = (int(number) for number in found.groups()[:3])
    if not FIRST_YEAR < year < LAST_YEAR:
        raise Said("said.far-year", found=text, first=FIRST_YEAR + 1, last=LAST_YEAR - 1)
    try:
        return date(year, month, day), found[4]
    except ValueError:
        raise Said("said.no-such-day", found=text) from None


def _plain(text: str) -> str:
    """An input method leaves digits and colons of full width, which look alike on many screens."""
    return unicodedata.normalize("NFKC", text).strip()
