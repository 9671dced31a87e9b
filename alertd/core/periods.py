"""Years, half-years, quarters, months, half-months and weeks, and the labels that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from alertd.core.counting import add_months
from alertd.core.timing import Period

_DAY = timedelta(days=1)
_WEEK = 7
#: the first day of the second half of a month
_SECOND_HALF = 16
#: how many months a period has, where it is made of whole ones
MONTHS = {Period.YEAR: 12, Period.HALF: 6, Period.QUARTER: 3, Period.MONTH: 1}
#: what a label is made of: year, half, quarter, week, month, half of a month, day, and one of several days
LABEL = re.compile(
    r"(\d{4})(?:-h([12])|-q([1-4])|-w(\d{2})|-(\d{2})(?:-h([12])|-(\d{2}))?)?(?:\.([a-z0-9-]+))?"
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The period a duty is about. Both days count.

    `label` is "2026", "2026-h2", "2026-q4", "2026-12", "2026-12-h1", "2026-12-30" or "2026-w52" (ISO 8601).
    Of a rule that names several days in a period, `part` says which, behind a dot of the label: "2026.06-25".
    """

    label: str
    first_day: date
    last_day: date
    part: str = ""


def occurrence_at(period: Period, day: date) -> Occurrence:
    """The period of this kind the day lies in."""
    if period is Period.DAY:
        return Occurrence(day.isoformat(), day, day)
    if period is Period.WEEK:
        year, week, weekday = day.isocalendar()
        first = day - (weekday - 1) * _DAY
        return Occurrence(f"{year:04}-w{week:02}", first, first + (_WEEK - 1) * _DAY)
    if period is Period.HALF_MONTH:
        month = occurrence_at(Period.MONTH, day)
        second = month.first_day.replace(day=_SECOND_HALF)
        if day < second:
            return Occurrence(f"{month.label}-h1", month.first_day, second - _DAY)
        return Occurrence(f"{month.label}-h2", second, month.last_day)
    length = MONTHS[period]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    label = f"{first.year:04}"
    if period is Period.HALF:
        label += f"-h{first.month // 6 + 1}"
    elif period is Period.QUARTER:
        label += f"-q{first.month // 3 + 1}"
    elif period is Period.MONTH:
        label += f"-{first.month:02}"
    return Occurrence(label, first, add_months(first, length) - _DAY)


def following(occurrence: Occurrence, period: Period) -> Occurrence:
    """The next period."""
    return occurrence_at(period, occurrence.last_day + _DAY)


def span_before(first: date, last: date) -> tuple[date, date]:
    """The period before one that is a week, a month and so on; of any other as many days before it."""
    for period in Period:
        occurrence = occurrence_at(period, first)
        if (occurrence.first_day, occurrence.last_day) == (first, last):
            before = occurrence_at(period, first - _DAY)
            return before.first_day, before.last_day
    return first - (last - first) - _DAY, first - _DAY


def periods_between(period: Period, first: date, day: date) -> int:
    """How many periods the one of `day` comes after that of `first`; negative where it comes before."""
    if period is Period.DAY:
        return (day - first).days
    if period is Period.WEEK:
        return (day.toordinal() - 1) // _WEEK - (first.toordinal() - 1) // _WEEK
    months = (day.year - first.year) * 12 + day.month - first.month
    if period is Period.HALF_MONTH:
        return 2 * months + (day.day >= _SECOND_HALF) - (first.day >= _SECOND_HALF)
    length = MONTHS[period]
    return (day.year * 12 + day.month - 1) // length - (first.year * 12 + first.month - 1) // length


@lru_cache(maxsize=256)  # few labels, asked for with every deadline of a roster
def occurrence_labelled(label: str) -> Occurrence:
    """The occurrence of a label: the way back from a stored deadline to its period.

    Raises:
        ValueError: the label names no period.
    """
    found = LABEL.fullmatch(label)
    try:
        if found is not None:
            return _named(*found.groups())
    except ValueError:
        pass  # a 13th month, a 32nd of December, a 54th week
    expected = "expected a label such as 2026, 2026-h2, 2026-12 or 2026-w52"
    raise ValueError(f'"{label}" names no period; {expected}')


def _named(
    year: str,
    half: str | None,
    quarter: str | None,
    week: str | None,
    month: str | None,
    half_month: str | None,
    day: str | None,
    part: str | None,
) -> Occurrence:
    if week:
        occurrence = occurrence_at(Period.WEEK, date.fromisocalendar(int(year), int(week), 1))
    elif half:
        occurrence = occurrence_at(Period.HALF, date(int(year), int(half) * 6, 1))
    elif quarter:
        occurrence = occurrence_at(Period.QUARTER, date(int(year), int(quarter) * 3, 1))
    elif half_month:
        first = 1 if half_month == "1" else _SECOND_HALF
        occurrence = occurrence_at(Period.HALF_MONTH, date(int(year), int(month or 1), first))
    elif day:
        occurrence = occurrence_at(Period.DAY, date(int(year), int(month or 1), int(day)))
    elif month:
        occurrence = occurrence_at(Period.MONTH, date(int(year), int(month), 1))
    else:
        occurrence = occurrence_at(Period.YEAR, date(int(year), 1, 1))
    return parted(occurrence, part) if part else occurrence


def parted(occurrence: Occurrence, part: str) -> Occurrence:
    """The same period, for one of the days a rule names in it."""
    label = f"{occurrence.label}.{part}"
    return Occurrence(label, occurrence.first_day, occurrence.last_day, part)
