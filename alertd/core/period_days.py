"""Which date a day of a period is, and how a label names one of several."""

from __future__ import annotations

import calendar as months
import re
from datetime import date, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import add_months
from alertd.core.periods import MONTHS, Occurrence, following
from alertd.core.timing import LAST, Period, PeriodDay

_DAY = timedelta(days=1)
_WEEK = 7
_PART = re.compile(r"(n?)(?:(?:(\d\d)-)?(\d\d)|d([1-7]))")


def date_of(day: PeriodDay, period: Period, occurrence: Occurrence, calendar: WorkCalendar) -> date:
    """The date; in a month too short for it, the month's end. What is not there is the last that is."""
    first, last = span_of(day, period, occurrence)
    if period is Period.DAY:
        return first
    if day.day is not None:
        return last if period is Period.HALF_MONTH else min(first + (day.day - 1) * _DAY, last)
    if day.weekday is not None:
        return _weekday(day.weekday, day.nth or 1, first, last)
    assert day.nth is not None
    if day.nth == LAST:
        return calendar.previous_workday_on_or_before(last)
    return min(calendar.next_workday(first - _DAY, day.nth), calendar.previous_workday_on_or_before(last))


def span_of(day: PeriodDay, period: Period, occurrence: Occurrence) -> tuple[date, date]:
    """First and last day of where the day is looked for: its month, or the whole period."""
    first, last = occurrence.first_day, occurrence.last_day
    if period is Period.YEAR and day.following:
        first, last = add_months(first, MONTHS[period]), add_months(last, MONTHS[period])
    elif period is Period.WEEK and day.following:
        after = following(occurrence, period)
        return after.first_day, after.last_day
    elif day.following and period is not Period.HALF_MONTH:
        return _month_of(last + _DAY)
    if period in MONTHS and day.month is not None:
        return _month_of(add_months(first, day.month - 1))
    if day.day is not None and period in MONTHS:
        return _month_of(last)
    return first, last


def part_of(day: PeriodDay) -> str:
    """How a label names one of several days: "06-25", "15", "d5" for a Friday; "n" is the next period's."""
    lead = "n" if day.following else ""
    if day.weekday is not None:
        return f"{lead}d{day.weekday}"
    month = f"{day.month:02}-" if day.month is not None else ""
    return f"{lead}{month}{day.day:02}"


def day_named(part: str) -> PeriodDay | None:
    """The way back from `part_of`; None for what it never gives."""
    found = _PART.fullmatch(part)
    if found is None:
        return None
    lead, month, day, weekday = found.groups()
    if weekday:
        return PeriodDay(weekday=int(weekday), following=bool(lead))
    return PeriodDay(int(month) if month else None, int(day), following=bool(lead))


def _month_of(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=months.monthrange(day.year, day.month)[1])


def _weekday(weekday: int, nth: int, first: date, last: date) -> date:
    if nth == LAST:
        return last - (last.isoweekday() - weekday) % _WEEK * _DAY
    found = first + ((weekday - first.isoweekday()) % _WEEK + (nth - 1) * _WEEK) * _DAY
    while found > last:
        found -= _WEEK * _DAY
    return found
