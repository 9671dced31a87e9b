"""How a limit was counted, for the eye: months of a calendar, or a line of hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from alertd.core.day_by_day import DayMark, Mark, days_of, hours_of
from alertd.engine.reporting.whole import Explained
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Shown

_WEEK = 7


class Day(Shown):
    """One day: what became of it, its number among those counted, and the holiday it belongs to."""

    day: date
    mark: Literal["start", "counted", "make-up", "skipped", "paused", "moved"]
    number: int
    holiday: str
    last: bool


class Month(Shown):
    """A month in weeks from Monday on; None stands for days that are none of the clock's."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


class Hour(Shown):
    """The end of an hour that counts, or of a pause of some minutes; `next_day` where a day begins."""

    at: datetime
    number: int
    over: bool
    minutes: int
    next_day: bool


def months(scope: Scope, explained: Explained) -> tuple[Month, ...]:
    """The months that a clock of days runs through."""
    row = explained.row
    if row.by_the_hour:
        return ()
    found = days_of(explained.trace, row.start, row.last_day, scope.world.calendar)
    marks = {mark.day: mark for mark in found}
    firsts = sorted({day.replace(day=1) for day in marks})
    return tuple(Month(first=first, weeks=_weeks(first, marks)) for first in firsts)


def hours(scope: Scope, explained: Explained) -> tuple[Hour, ...]:
    """The hours of a clock that counts them."""
    row = explained.row
    if not row.by_the_hour:
        return ()
    found, day = [], scope.world.today(row.start)
    for mark in hours_of(explained.trace, row.start, row.due, scope.now):
        today = scope.world.today(mark.at)
        found.append(
            Hour(
                at=mark.at,
                number=mark.number,
                over=mark.over,
                minutes=mark.minutes,
                next_day=today != day,
            )
        )
        day = today
    return tuple(found)


def marks_in(months: Iterable[Month]) -> tuple[str, ...]:
    """What became of days, each kind once, in the order of their meaning."""
    there = {day.mark for month in months for week in month.weeks for day in week if day is not None}
    return tuple(mark for mark in map(str, Mark) if mark in there)


def _weeks(first: date, marks: dict[date, DayMark]) -> tuple[tuple[Day | None, ...], ...]:
    """The weeks of a month that hold a day of the clock."""
    monday, weeks = first - timedelta(days=first.weekday()), []
    while monday.replace(day=1) <= first:
        week = [monday + timedelta(days=ahead) for ahead in range(_WEEK)]
        days = tuple(_day(marks[day]) if day.month == first.month and day in marks else None for day in week)
        if any(days):
            weeks.append(days)
        monday += timedelta(days=_WEEK)
    return tuple(weeks)


def _day(mark: DayMark) -> Day:
    return Day(
        day=mark.day,
        mark=mark.mark.value,
        number=mark.number,
        holiday=mark.reason.args.get("name", ""),
        last=mark.last,
    )
