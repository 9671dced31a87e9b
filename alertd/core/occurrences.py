"""The occurrences of a calendar rule: one for each day it names in each period the duty is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import NominalEnd, counted_days, end_of, ended, rolled
from alertd.core.day_times import in_day, is_time, part_of_time, time_named, times_of
from alertd.core.period_days import date_of, day_named, part_of, span_of
from alertd.core.periods import (
    Occurrence,
    following,
    occurrence_at,
    occurrence_labelled,
    parted,
    periods_between,
)
from alertd.core.timing import (
    LAST,
    Closing,
    Duration,
    Limits,
    OfficeHours,
    Period,
    PeriodDay,
    Rule,
    RuleKind,
    TimeUnit,
    TraceLine,
)

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
#: so many periods back a date may lie that rolls over a long holiday
_BACK = {Period.WEEK: 4, Period.DAY: 14}


def limits_of(rule: Rule, occurrence: Occurrence, calendar: WorkCalendar, office: OfficeHours) -> Limits:
    """The limits of one occurrence of a calendar rule; the clock starts with the period the duty is about.

    A window starts with its first day; of several days in a period, or times of a day, each starts when the
    one before is over. A printed date is kept: it rolls only where the rule says so. Rolled back to before
    its start, it opens with that day.
    """
    return ended(occurrence_count(rule, occurrence, calendar, office), calendar, office)


def occurrence_count(
    rule: Rule, occurrence: Occurrence, calendar: WorkCalendar, office: OfficeHours
) -> NominalEnd:
    """The same occurrence, counted to its nominal end."""
    day, period = _day_of(rule, occurrence), _period_of(rule)
    nominal = date_of(day, period, occurrence, calendar)
    named = time_named(occurrence.part) if is_time(occurrence.part) else rule.at
    at = office.time_of(named)
    first = _first_day(rule, occurrence, nominal, calendar)
    start = calendar.instant(first, _time_before(rule, occurrence, at, office))
    about = {
        "label": occurrence.label,
        "first": occurrence.first_day.isoformat(),
        "last": occurrence.last_day.isoformat(),
    }
    counted, looked = _counted(day, period, occurrence, nominal, calendar)
    why = "period" if rule.opening is None else "window"
    lines = (TraceLine(start, "start", why, about), *counted)
    last_day = rolled(nominal, rule.roll, calendar)
    opens_at = start if last_day >= first else calendar.instant(last_day, _MIDNIGHT)
    return NominalEnd(
        start,
        opens_at,
        nominal=nominal,
        at=at,
        roll=rule.roll,
        looked=looked,
        lines=lines,
        closing=isinstance(named, Closing),
    )


def occurrences_due_after(
    rule: Rule, instant: datetime, calendar: WorkCalendar, office: OfficeHours, count: int = 2
) -> list[tuple[Occurrence, Limits]]:
    """The next `count` occurrences of a calendar rule whose due is later than the instant, in order.

    Fewer, or none, of a rule that names its date once.

    Raises:
        ValueError: the rule is no calendar rule.
    """
    coming = islice(_due_after(rule, instant, calendar, office), count)
    return [(occurrence, limits_of(rule, occurrence, calendar, office)) for occurrence in coming]


def occurrence_due_after(
    rule: Rule, instant: datetime, calendar: WorkCalendar, office: OfficeHours
) -> Occurrence | None:
    """The first of them, if any is left. Raises what `occurrences_due_after` raises."""
    return next(_due_after(rule, instant, calendar, office), None)


def is_named(rule: Rule, label: str, calendar: WorkCalendar, office: OfficeHours) -> bool:
    """Whether a calendar rule asks for the occurrence of this label, at whatever time."""
    try:
        period = occurrence_at(_period_of(rule), occurrence_labelled(label).first_day)
    except ValueError:
        return False
    if rule.year not in (None, period.first_day.year):
        return False
    if rule.since is not None and not _is_turn(rule, rule.since, period):
        return False
    return any(each.label == label for each, *_ in _ends_in(rule, period, calendar, office))


def _due_after(
    rule: Rule, instant: datetime, calendar: WorkCalendar, office: OfficeHours
) -> Iterator[Occurrence]:
    for occurrence in _from(rule, calendar.local_date(instant)):
        for each, nominal, at in _ends_in(rule, occurrence, calendar, office):
            if end_of(rolled(nominal, rule.roll, calendar), at, calendar) > instant:
                yield each


def _from(rule: Rule, day: date) -> Iterator[Occurrence]:
    """The periods that may have an end on the day or after, in order."""
    period = _period_of(rule)
    if rule.year is not None:
        if rule.of_plan_year:
            raise ValueError(f'"{rule.text}" needs the year of its plan')
        yield occurrence_at(period, date(rule.year, 1, 1))
        return
    # Back to where a date in the next period, and a rolling over a long holiday, both end later than theirs.
    occurrence = occurrence_at(period, day)
    for _ in range(_BACK.get(period, 2)):
        occurrence = occurrence_at(period, occurrence.first_day - _DAY)
    while True:
        if rule.since is None or _is_turn(rule, rule.since, occurrence):
            yield occurrence
        occurrence = following(occurrence, period)


def _is_turn(rule: Rule, since: date, occurrence: Occurrence) -> bool:
    passed = periods_between(_period_of(rule), since, occurrence.first_day)
    return passed >= 0 and passed % rule.every == 0


def _ends_in(
    rule: Rule, occurrence: Occurrence, calendar: WorkCalendar, office: OfficeHours
) -> Iterator[tuple[Occurrence, date, time | None]]:
    """What falls due in one period, in order: each day, or each time of a day, with its label."""
    for each, nominal in _days_in(rule, occurrence, calendar):
        if not rule.times:
            yield each, nominal, office.time_of(rule.at)
            continue
        for named, at in times_of(rule, office):
            yield parted(each, part_of_time(named)), nominal, at


def _time_before(rule: Rule, occurrence: Occurrence, at: time | None, office: OfficeHours) -> time:
    """Since when on its day: of several times of a day each starts with the one before."""
    if not is_time(occurrence.part):
        return _MIDNIGHT
    before = [time for _, time in times_of(rule, office) if in_day(time) < in_day(at)]
    return (before[-1] if before else None) or _MIDNIGHT


def _days_in(rule: Rule, occurrence: Occurrence, calendar: WorkCalendar) -> Iterator[tuple[Occurrence, date]]:
    """The days of one period, in order, each once: of a short month two may be the same."""
    period, before = _period_of(rule), date.min
    for day in rule.days:
        nominal = date_of(day, period, occurrence, calendar)
        if period is Period.DAY and day.nth is not None and not calendar.is_workday(nominal):
            continue
        if nominal <= before or (rule.since is not None and nominal < rule.since):
            continue
        before = nominal
        about = nominal if period is Period.WEEK else occurrence.first_day
        if rule.season is None or _in_season(rule.season, about.month):
            yield (parted(occurrence, part_of(day)) if len(rule.days) > 1 else occurrence), nominal


def _in_season(season: tuple[int, int], month: int) -> bool:
    first, last = season
    return first <= month <= last if first <= last else month >= first or month <= last


def _first_day(rule: Rule, occurrence: Occurrence, nominal: date, calendar: WorkCalendar) -> date:
    """Where the clock starts: with its window or period, or behind the day before it in the same period."""
    if rule.opening is not None:
        return date_of(rule.opening, _period_of(rule), occurrence, calendar)
    if not occurrence.part:
        return occurrence.first_day
    dates = (date_of(day, _period_of(rule), occurrence, calendar) for day in rule.days)
    before = [day for day in dates if day < nominal]
    return max(occurrence.first_day, max(before) + _DAY) if before else occurrence.first_day


def _day_of(rule: Rule, occurrence: Occurrence) -> PeriodDay:
    """The day meant: that of its label, which stays what it is when the rule names other days by now."""
    return day_named(occurrence.part) or rule.days[-1]


def _counted(
    day: PeriodDay, period: Period, occurrence: Occurrence, nominal: date, calendar: WorkCalendar
) -> tuple[tuple[TraceLine, ...], tuple[tuple[date, date], ...]]:
    """The trace of the day, and the days looked at to find it."""
    about = {"label": occurrence.label}
    if day.day is not None:
        return (TraceLine(nominal, "last-day", "calendar-date", about),), ()
    if day.weekday is not None:
        return (TraceLine(nominal, "last-day", "calendar-weekday", about),), ()
    first, last = span_of(day, period, occurrence)
    if day.nth == LAST:
        return (TraceLine(nominal, "last-day", "last-working-day", about),), ((nominal, last),)
    length = Duration(day.nth or 1, TimeUnit.WORKING_DAY)
    found = TraceLine(nominal, "last-day", "nth-working-day", {"nth": str(length.amount), **about})
    return (*counted_days(first, nominal, length, calendar), found), ((first, nominal),)


def _period_of(rule: Rule) -> Period:
    if rule.kind is not RuleKind.CALENDAR or rule.period is None:
        raise ValueError(f'"{rule.text}" has no occurrences, it is no calendar rule')
    return rule.period
