"""When somebody is left in peace: hours of each day, and days of the week. Day clocks only (core.pacing).

Times are local, in the zone of the calendar. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.timing import OfficeHours

#: so many days are looked at for a moment that is free: longer than any holiday
_DAYS = 60
_MIDNIGHT = time(0)
#: says in a file that somebody rests at no hour, or on no day, whatever everybody else does
NONE = "none"
_QUIET = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})")
_DAYS_OF_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMERALS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_IN_CHINESE = re.compile(r"(?:星期|周|週|禮拜|礼拜)([一二三四五六日天])")
#: from when until when of one day, None for its midnight
Span = tuple[time, time | None]


@dataclass(frozen=True, slots=True)
class Rest:
    """`quiet` hours, from and until, over midnight where the first is later; `days` of rest, 0 is Monday."""

    quiet: tuple[time, time] | None = None
    days: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.quiet is not None or bool(self.days)

    def covers(self, at: datetime) -> bool:
        """Whether somebody rests at this local time."""
        return at.weekday() in self.days or not any(
            begins <= at.time() and (ends is None or at.time() < ends) for begins, ends in self.spans()
        )

    def spans(self) -> tuple[Span, ...]:
        """The hours of a day that is none of rest which are not quiet."""
        if self.quiet is None:
            return ((_MIDNIGHT, None),)
        begins, ends = self.quiet
        if begins > ends:
            return ((ends, begins),)
        before: tuple[Span, ...] = ((_MIDNIGHT, begins),) if begins > _MIDNIGHT else ()
        return (*before, (ends, None))


def read_quiet(text: str) -> tuple[time, time] | None:
    """A span of hours as a file writes it, such as 20:00-07:00; None where it is none."""
    found = _QUIET.fullmatch(text.strip())
    if found is None:
        return None
    begins, ends = (_time(*pair) for pair in (found.groups()[:2], found.groups()[2:]))
    return None if begins is None or ends is None or begins == ends else (begins, ends)


def _time(hour: str, minute: str) -> time | None:
    """24:00 is midnight too."""
    if (hour, minute) == ("24", "00"):
        return _MIDNIGHT
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


def weekday(text: str) -> int | None:
    """Which day of the week a text names, 0 is Monday; None where it names none."""
    plain = text.strip().casefold()
    if plain in _DAYS_OF_WEEK:
        return _DAYS_OF_WEEK.index(plain)
    found = _IN_CHINESE.fullmatch(plain)
    return _NUMERALS[found[1]] if found else None


def rest_of(quiet: str, days: Iterable[str], usual: Rest) -> Rest:
    """When somebody rests by what a file says of them; what it does not say is as it is `usual`ly."""
    named = frozenset(number for each in days if (number := weekday(each)) is not None)
    return Rest(
        read_quiet(quiet) if quiet else usual.quiet,
        named if tuple(days) else usual.days,
    )


#: of who is told whenever the office is open
NO_REST = Rest()


def first_free(
    now: datetime, calendar: WorkCalendar, office: OfficeHours | None, rest: Rest
) -> datetime | None:
    """The first moment from `now` on in the hours of the `office` (any, for None) and outside of `rest`.

    None where there is none within two months: the office is open only when somebody rests.
    """
    local = now.astimezone(calendar.zone)
    for ahead in range(_DAYS):
        day = local.date() + timedelta(days=ahead)
        found = free_on(day, now, calendar, office, rest)
        if found is not None:
            return found
    return None


def free_on(
    day: date, now: datetime, calendar: WorkCalendar, office: OfficeHours | None, rest: Rest
) -> datetime | None:
    """The first such moment of one day that is not before `now`; None where there is none."""
    if day.weekday() in rest.days or (office is not None and not calendar.is_workday(day)):
        return None
    opens, closes = (office.opens, office.closes) if office is not None else (_MIDNIGHT, None)
    for begins, ends in rest.spans():
        start = calendar.instant(day, max(begins, opens))
        over = _earlier(ends, closes)
        end = calendar.instant(day, over) if over is not None else calendar.midnight_after(day)
        at = max(start, now)
        if at < end:
            return at
    return None


def _earlier(one: time | None, other: time | None) -> time | None:
    """Of two ends within a day, None being its midnight."""
    if one is None or other is None:
        return one or other
    return min(one, other)
