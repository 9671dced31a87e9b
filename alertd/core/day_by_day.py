"""A count day by day: which days of a clock counted, which did not, and why. Pure.

It is read from the lines that explain the limit (the trace) and from the calendar, so that a clerk who points
with a finger at a calendar on the wall comes to the same day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from alertd.core.calendar import Reason, WorkCalendar
from alertd.core.timing import TraceLine

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
#: a clock of more days, or more hours, is not drawn: its words say enough
MOST_DAYS, MOST_HOURS = 370, 72


class Mark(StrEnum):
    """What became of one day."""

    START = "start"  # the day it started, which is not counted (Civil Code art. 201)
    COUNTED = "counted"
    MAKE_UP = "make-up"  # a weekend day that is worked, and counted
    SKIPPED = "skipped"  # a day of rest, where working days are counted
    PAUSED = "paused"  # the clock stood still
    MOVED = "moved"  # after the last day as it was counted: it rolled on, or more time was given


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day; `number` is its place among those counted, 0 for the others. `reason` is the calendar's."""

    day: date
    mark: Mark
    number: int
    reason: Reason
    last: bool = False


@dataclass(frozen=True, slots=True)
class HourMark:
    """The end of the `number`-th hour, or of the time less than one that is left; a pause has `minutes`."""

    at: datetime
    number: int
    over: bool
    minutes: int = 0


def days_of(
    trace: Sequence[TraceLine], start: datetime, last_day: date | None, calendar: WorkCalendar
) -> tuple[DayMark, ...]:
    """Every day from the start to the last; nothing where no days were counted forwards, or too many."""
    begun = calendar.local_date(start)
    lengths = [line for line in trace if line.why in ("working-days", "calendar-days")]
    if last_day is None or not lengths or not begun < last_day <= begun + MOST_DAYS * _DAY:
        return ()
    working = lengths[-1].why == "working-days"
    paused, nominal = _paused(trace), _nominal(trace, last_day)
    marks, number = [DayMark(begun, Mark.START, 0, calendar.reason(begun))], 0
    for ahead in range(1, (last_day - begun).days + 1):
        day = begun + ahead * _DAY
        mark = _mark(day, working, paused, nominal, calendar)
        number += mark in (Mark.COUNTED, Mark.MAKE_UP)
        counted = number if mark in (Mark.COUNTED, Mark.MAKE_UP) else 0
        marks.append(DayMark(day, mark, counted, calendar.reason(day), day == last_day))
    return tuple(marks)


def _mark(
    day: date, working: bool, paused: Sequence[tuple[date, date]], nominal: date, calendar: WorkCalendar
) -> Mark:
    if any(first < day <= last for first, last in paused):
        return Mark.PAUSED
    if day > nominal:
        return Mark.MOVED
    if not working:
        return Mark.COUNTED
    if not calendar.is_workday(day):
        return Mark.SKIPPED
    return Mark.MAKE_UP if calendar.reason(day).code == "make-up" else Mark.COUNTED


def _paused(trace: Iterable[TraceLine]) -> list[tuple[date, date]]:
    """The days a clock stopped and ran again: the first is counted, the last is not (core/excluded.py)."""
    found = (line.args for line in trace if line.why == "paused-days")
    return [(date.fromisoformat(args["first"]), date.fromisoformat(args["last"])) for args in found]


def _nominal(trace: Iterable[TraceLine], last_day: date) -> date:
    """The last day as it was counted, before it rolled or was moved by somebody's word."""
    lines = [*trace]
    rolled = [line.args["from"] for line in lines if line.what == "roll" and "from" in line.args]
    if rolled:
        return date.fromisoformat(rolled[-1])
    given = any(line.why in ("extended-until", "returned-until") for line in lines)
    counted = [line.at for line in lines if line.what == "last-day" and not isinstance(line.at, datetime)]
    return min(counted[-1], last_day) if given and counted else last_day


def hours_of(
    trace: Sequence[TraceLine], start: datetime, due: datetime | None, now: datetime
) -> tuple[HourMark, ...]:
    """The end of each hour until the limit; nothing where there are too many. `start` and the others aware.

    What stood still is not counted, and stands among the hours where it ended.
    """
    if due is None or not timedelta(0) < due.astimezone(UTC) - start.astimezone(UTC) <= MOST_HOURS * _HOUR:
        return ()
    pauses = [
        (line.at, int(line.args["amount"]))
        for line in trace
        if line.why == "paused-hours" and isinstance(line.at, datetime)
    ]
    marks, at, number = list[HourMark](), start.astimezone(UTC), 0
    while at < due:
        step = at + _HOUR
        stood = [(end, minutes) for end, minutes in pauses if at < end - timedelta(minutes=minutes) <= step]
        for end, minutes in stood:
            marks.append(HourMark(end, 0, end <= now, minutes))
            step += timedelta(minutes=minutes)
        at, number = min(step, due.astimezone(UTC)), number + 1
        marks.append(HourMark(at, number, at <= now))
    return tuple(marks)
