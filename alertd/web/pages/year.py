"""A year at a glance: how many limits each day has."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from alertd.engine.reporting.ahead import DayLimits, days_of_year
from alertd.engine.ruling.refusal import Refused
from alertd.web.page import Call, Fields, Shown

#: limits of a day from which its square is larger
STEPS = (1, 2, 5, 10, 25)


class Which(Fields):
    """A year; this one where none is named."""

    year: str = ""


class Day(Shown):
    """One day: its limits that are open in time, late, or closed. `size` counts the steps it reaches."""

    day: date
    open: int
    late: int
    closed: int
    count: int
    size: int
    rest: bool


class Month(Shown):
    """All its days."""

    number: int
    first: date
    last: date
    open: int
    late: int
    closed: int
    count: int
    days: tuple[Day, ...]


class Year(Shown):
    """Twelve months; `today` is marked."""

    year: int
    today: date
    steps: tuple[int, ...]
    months: tuple[Month, ...]
    count: int


def year(call: Call) -> Year:
    """Deadlines that are owed or were. Raises Refused: "unread-year", "far-year"."""
    scope, text = call.scope, call.asked.year.strip()
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Refused("unread-year", found=text)
    number = int(text) if text else scope.today.year
    found, none = days_of_year(scope, number), DayLimits()
    months = []
    for month in range(1, 13):
        days = []
        for day in range(1, monthrange(number, month)[1] + 1):
            at = date(number, month, day)
            limits, rest = found.get(at, none), not scope.world.calendar.is_workday(at)
            size = sum(limits.count >= step for step in STEPS)
            days.append(Day(day=at, **_counts(limits), size=size, rest=rest))
        total = none
        for each in days:
            total = total.plus(DayLimits(each.open, each.late, each.closed))
        months.append(
            Month(number=month, first=days[0].day, last=days[-1].day, **_counts(total), days=tuple(days))
        )
    count = sum(month.count for month in months)
    return Year(year=number, today=scope.today, steps=STEPS, months=tuple(months), count=count)


def _counts(limits: DayLimits) -> dict[str, int]:
    return {
        "open": limits.open,
        "late": limits.late,
        "closed": limits.closed,
        "count": limits.count,
    }
