"""The occurrences of a calendar rule: one for each year, quarter or month the duty is about."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import NominalEnd, add_months, ended, rolled
from alertd.core.timing import Limits, OfficeHours, Period, Rule, RuleKind, TraceLine

_MIDNIGHT = time(0)
_LENGTH = {Period.YEAR: 12, Period.HALF: 6, Period.QUARTER: 3, Period.MONTH: 1}
_LABEL = re.compile(r"(\d{4})(?:-h([12])|-q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The period a duty is about. `label` is "2026", "2026-h2", "2026-q4" or "2026-12"; both days count."""

    label: str
    first_day: date
    last_day: date


def occurrence_at(period: Period, day: date) -> Occurrence:
    """The year, half-year, quarter or month the day lies in."""
    length = _LENGTH[period]
    first = date(day.year, (day.month - 1) // length * length + 1, 1)
    label = f"{first.year:04}"
    if period is Period.HALF:
        label += f"-h{first.month // 6 + 1}"
    elif period is Period.QUARTER:
        label += f"-q{first.month // 3 + 1}"
    elif period is Period.MONTH:
        label += f"-{first.month:02}"
    return Occurrence(label, first, add_months(first, length) - timedelta(days=1))


def following(occurrence: Occurrence, period: Period) -> Occurrence:
    """The next period."""
    return occurrence_at(period, occurrence.last_day + timedelta(days=1))


@lru_cache(maxsize=256)  # few labels, asked for with every deadline of a roster
def occurrence_labelled(label: str) -> Occurrence:
    """The occurrence of a label: the way back from a stored deadline to its period.

    Raises:
        ValueError: the label names no period.
    """
    found = _LABEL.fullmatch(label)
    if found is None:
        raise ValueError(f'"{label}" names no period; expected a label such as 2026, 2026-h2 or 2026-12')
    year, half, quarter, month = found.groups()
    if half:
        return occurrence_at(Period.HALF, date(int(year), int(half) * 6, 1))
    if quarter:
        return occurrence_at(Period.QUARTER, date(int(year), int(quarter) * 3, 1))
    if month:
        return occurrence_at(Period.MONTH, date(int(year), int(month), 1))
    return occurrence_at(Period.YEAR, date(int(year), 1, 1))


def limits_of(rule: Rule, occurrence: Occurrence, calendar: WorkCalendar, office: OfficeHours) -> Limits:
    """The limits of one occurrence of a calendar rule; the clock starts with the period the duty is about.

    A printed date is kept: it rolls only where the rule says so. Rolled back to before its period, it opens
    with that day.
    """
    return ended(occurrence_count(rule, occurrence, calendar), calendar, office)


def occurrence_count(rule: Rule, occurrence: Occurrence, calendar: WorkCalendar) -> NominalEnd:
    """The same occurrence, counted to its nominal end."""
    start = calendar.instant(occurrence.first_day, _MIDNIGHT)
    period = {
        "label": occurrence.label,
        "first": occurrence.first_day.isoformat(),
        "last": occurrence.last_day.isoformat(),
    }
    nominal = _nominal_day(rule, occurrence)
    lines = (
        TraceLine(start, "start", "period", period),
        TraceLine(nominal, "last-day", "calendar-date", {"label": occurrence.label}),
    )
    last_day = rolled(nominal, rule.roll, calendar)
    opens_at = min(start, calendar.instant(last_day, _MIDNIGHT))
    return NominalEnd(start, opens_at, nominal=nominal, roll=rule.roll, lines=lines)


def occurrences_due_after(
    rule: Rule, instant: datetime, calendar: WorkCalendar, office: OfficeHours, count: int = 2
) -> list[tuple[Occurrence, Limits]]:
    """The next `count` occurrences of a calendar rule whose due is later than the instant, in order.

    Raises:
        ValueError: the rule is no calendar rule.
    """
    coming = islice(_due_after(rule, instant, calendar), count)
    return [(occurrence, limits_of(rule, occurrence, calendar, office)) for occurrence in coming]


def occurrence_due_after(rule: Rule, instant: datetime, calendar: WorkCalendar) -> Occurrence:
    """The first of them. Raises what `occurrences_due_after` raises."""
    return next(_due_after(rule, instant, calendar))


def _due_after(rule: Rule, instant: datetime, calendar: WorkCalendar) -> Iterator[Occurrence]:
    if rule.kind is not RuleKind.CALENDAR or rule.period is None:
        raise ValueError(f'"{rule.text}" has no occurrences, it is no calendar rule')
    # Two periods back: a date in the next period, and a rolling over a long holiday, both end later than
    # theirs.
    now = occurrence_at(rule.period, calendar.local_date(instant))
    occurrence = occurrence_at(rule.period, add_months(now.first_day, -2 * _LENGTH[rule.period]))
    while True:
        last_day = rolled(_nominal_day(rule, occurrence), rule.roll, calendar)
        if calendar.midnight_after(last_day) > instant:
            yield occurrence
        occurrence = following(occurrence, rule.period)


def _nominal_day(rule: Rule, occurrence: Occurrence) -> date:
    """The date the rule prints; in a month too short for it, the month's end.

    Of a quarter it lies in the last month or, where the rule says so, in the month after.
    """
    assert rule.day is not None
    following = int(rule.next_period)
    if rule.period is Period.YEAR:
        assert rule.month is not None
        first = date(occurrence.first_day.year + following, rule.month, 1)
    else:
        first = add_months(occurrence.last_day.replace(day=1), following)
    return first.replace(day=min(rule.day, months.monthrange(first.year, first.month)[1]))
