"""From a rule and a start to the limits of one deadline, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import (
    NominalEnd,
    counted_days,
    day_after,
    day_before,
    due_of,
    end_of,
    ended,
    length_args,
    shifted,
)
from alertd.core.occurrences import occurrence_count, occurrence_due_after
from alertd.core.periods import occurrence_at
from alertd.core.text_error import TextError
from alertd.core.timing import (
    Closing,
    Duration,
    Limits,
    OfficeHours,
    Period,
    Rule,
    RuleKind,
    TimeUnit,
    TraceLine,
)
from alertd.core.turns import turn_count

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
#: starts outside these years are typing errors, and keep counting inside the calendar
FIRST_YEAR, LAST_YEAR = 1950, 2500
#: what has happened is not further ahead than this: clocks differ, and beyond it is a slip of the pen
AHEAD = timedelta(minutes=5)


def limits_after(
    rule: Rule,
    start: datetime,
    calendar: WorkCalendar,
    office: OfficeHours,
    stated: date | None = None,
    urgent: str = "",
) -> Limits:
    """When a clock with this rule may stop and must, if it starts at `start` (aware, any zone).

    An elapsed rule runs from `start`, and does not roll back where that would leave no time; one written
    "before" ends so long before `start`, and opens with its last day since nobody said when it began. A
    calendar rule gives its first occurrence due after `start`, beginning with the period it is about. A
    stated rule ends with the day `stated`. A recurring rule gives its first turn (core.turns has the others),
    and one that lasts as long as its case has no bound before that is closed. `urgent` is why the event is
    urgent, if it is, for rules that say another limit then. All instants are in the calendar's zone.

    Raises:
        TextError: `stated` is missing or lies before the start; the start is outside 1950-2500, or the only
            date of the rule is over by then.
        ValueError: `start` has no time zone.
    """
    return ended(count_after(rule, start, calendar, office, stated, urgent), calendar, office)


def count_after(
    rule: Rule,
    start: datetime,
    calendar: WorkCalendar,
    office: OfficeHours,
    stated: date | None = None,
    urgent: str = "",
) -> NominalEnd:
    """The same, counted to its nominal end. Raises what `limits_after` raises."""
    if start.tzinfo is None:
        raise ValueError("a start needs a time zone")
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        years = {"found": start.isoformat(), "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
        raise TextError("out-of-range", years)
    start = start.astimezone(calendar.zone)
    if rule.of_plan_year:
        raise TextError("year-of-plan", {"found": rule.text})
    if rule.kind is RuleKind.CALENDAR:
        occurrence = occurrence_due_after(rule, start, calendar, office)
        if occurrence is None:
            raise TextError("date-over", {"start": start.date().isoformat()})
        return occurrence_count(rule, occurrence, calendar, office)
    if rule.kind is RuleKind.RECURRING:
        return turn_count(rule, start, 1, calendar, office)
    if rule.kind is RuleKind.WHILE_OPEN:
        return NominalEnd(start, start, lines=(TraceLine(start, "start", "while-open"),))
    if rule.urgent is not None:
        count = count_after(rule.chosen(bool(urgent)), start, calendar, office)
        why = TraceLine(start, "count", "urgent" if urgent else "not-urgent", {"reason": urgent})
        return replace(count, lines=(count.lines[0], why, *count.lines[1:]))
    if rule.other is not None:
        return _of_two(rule, rule.other, start, calendar, office)
    if rule.by_the_hour:
        return _hours_before(rule, start, calendar) if rule.before else _hours(rule, start, calendar)
    count = _dated(rule, start, calendar, office.time_of(rule.at), stated)
    return replace(count, closing=count.at is not None and isinstance(rule.at, Closing))


def _of_two(
    rule: Rule, other: Rule, start: datetime, calendar: WorkCalendar, office: OfficeHours
) -> NominalEnd:
    """Two limits of one clock, of which the earlier holds, or the later."""
    first = count_after(replace(rule, other=None), start, calendar, office)
    other = replace(other, roll=rule.roll)
    if other.kind is RuleKind.CALENDAR:
        second, found = _date_after(other, start, calendar, office)
    else:
        second = count_after(other, start, calendar, office)
        found = [line for line in second.lines if line.what not in ("start", "office-due")]
    lines = [line for line in first.lines if line.what != "office-due"] + found
    ends, other_ends = due_of(first, calendar), due_of(second, calendar)
    if ends is None or other_ends is None:
        return replace(first, lines=tuple(lines))
    chosen = second if (other_ends > ends if rule.later else other_ends < ends) else first
    why = "later-of-two" if rule.later else "earlier-of-two"
    if chosen.nominal is not None:
        lines.append(TraceLine(chosen.nominal, "last-day", why))
    elif chosen.due is not None:
        lines += [TraceLine(chosen.due, "due", why), TraceLine(chosen.due, "office-due", "same-as-due")]
    return replace(
        first,
        due=chosen.due,
        nominal=chosen.nominal,
        at=chosen.at,
        closing=chosen.closing,
        looked=(*first.looked, *second.looked),
        lines=tuple(lines),
    )


def _date_after(
    rule: Rule, start: datetime, calendar: WorkCalendar, office: OfficeHours
) -> tuple[NominalEnd, list[TraceLine]]:
    """A date that bounds a clock, and how its year was found: the one named, that of the start, or the next.

    A date with its year that is over when the clock starts bounds nothing, and has no end.
    """
    years = (start.year, start.year + 1) if rule.year is None else (rule.year,)
    for year in years:
        about = occurrence_at(Period.YEAR, date(year, 1, 1))
        count = occurrence_count(rule, about, calendar, office)
        due = due_of(count, calendar)
        assert due is not None
        assert count.nominal is not None
        if due > start:
            why = "other-date-this-year" if year == start.year else "other-date-next-year"
            why = why if rule.year is None else "other-date"
            return count, [TraceLine(count.nominal, "last-day", why)]
    over = TraceLine(start, "count", "other-date-over", {"day": str(count.nominal)})
    return NominalEnd(start, start), [over]


def _dated(
    rule: Rule, start: datetime, calendar: WorkCalendar, at: time | None, stated: date | None
) -> NominalEnd:
    """A count that ends with a day, and then at the time `at`."""
    if rule.kind is RuleKind.STATED:
        return _stated(rule, start, calendar, at, stated)
    if rule.same_day:
        return _same_day(rule, start, calendar, at)
    return _before(rule, start, calendar, at) if rule.before else _days(rule, start, calendar, at)


def _stated(
    rule: Rule, start: datetime, calendar: WorkCalendar, at: time | None, stated: date | None
) -> NominalEnd:
    if stated is None:
        raise TextError("stated-missing")
    if end_of(stated, at, calendar) <= start:
        days = {"stated": stated.isoformat(), "start": start.date().isoformat()}
        raise TextError("stated-too-early", days)
    lines = (TraceLine(start, "start", "stated-start"), TraceLine(stated, "last-day", "stated-date"))
    return NominalEnd(start, start, nominal=stated, at=at, roll=rule.roll, lines=lines)


# ---------------------------------------------------------------- hours


def _hours(rule: Rule, start: datetime, calendar: WorkCalendar) -> NominalEnd:
    """Hours and minutes run through nights and holidays, so no working day is asked about."""
    if rule.immediate:
        at_once = (
            TraceLine(start, "start", "immediately"),
            TraceLine(start, "due", "at-once"),
            TraceLine(start, "office-due", "same-as-due"),
        )
        return NominalEnd(start, start, due=start, lines=at_once)
    lines = [TraceLine(start, "start", "hours-from-start")]
    earliest = due = None
    if rule.minimum is not None:
        earliest = shifted(start, rule.minimum, calendar)
        lines.append(TraceLine(earliest, "earliest", "hours-over", length_args(rule.minimum)))
    if rule.maximum is not None:
        due = shifted(start, rule.maximum, calendar)
        lines.append(TraceLine(due, "due", "hours-after-start", length_args(rule.maximum)))
        lines.append(TraceLine(due, "office-due", "same-as-due"))
    return NominalEnd(start, start, earliest, due, lines=tuple(lines))


# ---------------------------------------------------------------- days, months, working days


def _same_day(rule: Rule, start: datetime, calendar: WorkCalendar, at: time | None) -> NominalEnd:
    """當日: the day it starts is the last. A time of it that is over by then leaves the whole day."""
    day = start.date()
    lines = [TraceLine(start, "start", "same-day"), TraceLine(day, "last-day", "day-of-start")]
    if at is not None and calendar.instant(day, at) <= start:
        lines.append(TraceLine(calendar.instant(day, at), "count", "time-is-over"))
        at = None
    return NominalEnd(start, start, nominal=day, at=at, roll=rule.roll, kept_after=day, lines=tuple(lines))


def _days(rule: Rule, start: datetime, calendar: WorkCalendar, at: time | None) -> NominalEnd:
    day = start.date()
    longest = rule.maximum or rule.minimum
    assert longest is not None
    last = day_after(day, longest, calendar)
    lines = [
        TraceLine(start, "start", "first-day-not-counted", {"day": day.isoformat()}),
        *counted_days(day + _DAY, last, longest, calendar),
    ]
    earliest, full = None, day
    if rule.minimum is not None:
        full = day_after(day, rule.minimum, calendar)
        earliest = calendar.midnight_after(full)
        args = {**length_args(rule.minimum), "last": full.isoformat()}
        lines.append(TraceLine(earliest, "earliest", "full-days-over", args))
    looked = ((day + _DAY, last),) if longest.unit is TimeUnit.WORKING_DAY else ()
    if rule.maximum is None:
        return NominalEnd(start, start, earliest, looked=looked, lines=tuple(lines))
    lines.append(TraceLine(last, "last-day", _why_last(day, last, longest), length_args(longest)))
    return NominalEnd(start, start, earliest, None, last, at, rule.roll, full, looked, tuple(lines))


def _why_last(day: date, last: date, duration: Duration) -> str:
    if duration.unit not in (TimeUnit.MONTH, TimeUnit.YEAR) or duration.more:
        return "nth-day"
    return "corresponding-day" if last.day == day.day else "month-end"


# ---------------------------------------------------------------- backwards


def _hours_before(rule: Rule, start: datetime, calendar: WorkCalendar) -> NominalEnd:
    duration = rule.maximum
    assert duration is not None
    due = shifted(start, duration, calendar, before=True)
    lines = (
        TraceLine(start, "start", "hours-back-from-start"),
        TraceLine(due, "due", "hours-before-start", length_args(duration)),
        TraceLine(due, "office-due", "same-as-due"),
    )
    return NominalEnd(start, due, due=due, lines=lines)


def _before(rule: Rule, start: datetime, calendar: WorkCalendar, at: time | None) -> NominalEnd:
    """Advance notice ("five working days before the hearing"): the latest moment to act."""
    duration = rule.maximum
    assert duration is not None
    day = start.date()
    last = day_before(day, duration, calendar)
    working = duration.unit is TimeUnit.WORKING_DAY
    lines = [TraceLine(start, "start", "day-not-counted-backwards", {"day": day.isoformat()})]
    if working:
        count, *marks = counted_days(last, day - _DAY, duration, calendar)
        lines += [TraceLine(day - _DAY, count.what, count.why, count.args), *reversed(marks)]
    lines.append(TraceLine(last, "last-day", "nth-day-before", length_args(duration)))
    opens_at = calendar.instant(min(last, calendar.previous_workday_on_or_before(last)), _MIDNIGHT)
    looked = ((last, day - _DAY),) if working else ()
    return NominalEnd(start, opens_at, nominal=last, at=at, roll=rule.roll, looked=looked, lines=tuple(lines))
