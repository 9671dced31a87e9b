"""How periods are counted.

Civil Code (民法典) art. 200-204, 1259 and the Civil Procedure Law (民事诉讼法, 2023) art. 85, both checked
2026-11-22: hours run from the stated moment; of days, months and years the first day is not counted; a
period of months ends on the corresponding day or, where the month lacks it, on its last; the last day ends
at 24:00. Where the two differ on hours (the court rule leaves out the starting hour) the earlier reading of
the Civil Code holds.
"""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from alertd.core.calendar import Reason, WorkCalendar
from alertd.core.timing import Duration, Limits, OfficeHours, Roll, TimeUnit, TraceLine

_DAY = timedelta(days=1)
_MONTHS = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}
_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7}
_EXACT = {TimeUnit.MINUTE: timedelta(minutes=1), TimeUnit.HOUR: timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class NominalEnd:
    """A clock counted to its nominal end: before rolling, 24:00, and the close of business.

    Time that does not count is added here, because the last day of the whole period moves once (Civil Code
    art. 203). A day clock has a last day `nominal`, which `roll` may move, but not to `kept_after` or before;
    `at` is when it ends on that day, None for 24:00, and `closing` whether that is the close of business; an
    hour clock has its exact `due`, a minimum neither.
    `looked` are runs of days, both ends included, whose being worked or not decided the count; `lines` is the
    trace so far. Instants are in the zone.
    """

    start: datetime
    opens_at: datetime
    earliest: datetime | None = None
    due: datetime | None = None
    nominal: date | None = None
    at: time | None = None
    roll: Roll = Roll.NONE
    kept_after: date | None = None
    looked: tuple[tuple[date, date], ...] = ()
    lines: tuple[TraceLine, ...] = ()
    closing: bool = False


def add_months(day: date, count: int) -> date:
    """The corresponding day so many months on (or back), or the end of a month that lacks it."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def day_after(day: date, duration: Duration, calendar: WorkCalendar) -> date:
    """The last day of a period that begins on `day`, which is not counted. Not for minutes and hours."""
    if duration.unit is TimeUnit.WORKING_DAY:
        return calendar.next_workday(day, duration.amount)
    if duration.unit in _MONTHS:
        return add_months(day, duration.amount * _MONTHS[duration.unit]) + duration.more * _DAY
    return day + duration.amount * _DAYS[duration.unit] * _DAY


def day_before(day: date, duration: Duration, calendar: WorkCalendar) -> date:
    """The day so long before `day`, which is not counted. Not for minutes and hours."""
    if duration.unit is TimeUnit.WORKING_DAY:
        return calendar.previous_workday(day, duration.amount)
    if duration.unit in _MONTHS:
        return add_months(day, -duration.amount * _MONTHS[duration.unit]) - duration.more * _DAY
    return day - duration.amount * _DAYS[duration.unit] * _DAY


def shifted(instant: datetime, duration: Duration, calendar: WorkCalendar, before: bool = False) -> datetime:
    """The instant exactly so many minutes or hours after (or before), in the zone."""
    span = duration.amount * _EXACT[duration.unit]
    return (instant.astimezone(UTC) + (-span if before else span)).astimezone(calendar.zone)


def rolled(day: date, roll: Roll, calendar: WorkCalendar) -> date:
    """The last day after rolling; a working day stays."""
    if roll is Roll.FORWARD:
        return calendar.next_workday_on_or_after(day)
    if roll is Roll.BACK:
        return calendar.previous_workday_on_or_before(day)
    return day


def counted_days(first: date, last: date, duration: Duration, calendar: WorkCalendar) -> list[TraceLine]:
    """What a person needs to count again: the unit, the first day counted, and the days that are not."""
    if duration.unit is not TimeUnit.WORKING_DAY:
        return [TraceLine(first, "count", "calendar-days", length_args(duration))]
    args = {**length_args(duration), "calendar": calendar.version}
    return [TraceLine(first, "count", "working-days", args), *calendar.marks(first, last)]


def length_args(duration: Duration) -> dict[str, str]:
    """A length of time as values of a trace line."""
    args = {"amount": str(duration.amount), "unit": duration.unit.value}
    return {**args, "more": str(duration.more)} if duration.more else args


def close_of_business(
    last_day: date, not_before: datetime, calendar: WorkCalendar, office: OfficeHours
) -> tuple[datetime, TraceLine]:
    """What people are asked for: closing on the last day or, if nobody works then, on the working day before.

    A closing at or before `not_before` (the start, or the earliest moment allowed) is no use: closing of
    the last day itself is given then.
    """
    day = calendar.previous_workday_on_or_before(last_day)
    moment = calendar.instant(day, office.closes)
    if day == last_day:
        return moment, TraceLine(moment, "office-due", "closing-on-last-day", {"day": day.isoformat()})
    args = {"last_day": last_day.isoformat(), **_reason_args(calendar.reason(last_day))}
    if moment > not_before:
        args["day"] = day.isoformat()
        return moment, TraceLine(moment, "office-due", "closing-on-working-day-before", args)
    moment = calendar.instant(last_day, office.closes)
    return moment, TraceLine(
        moment, "office-due", "closing-on-rest-day", {**args, "day": last_day.isoformat()}
    )


def last_day_of(count: NominalEnd, calendar: WorkCalendar) -> date | None:
    """The last day after rolling; None where no day ends the clock."""
    if count.nominal is None:
        return None
    last_day = rolled(count.nominal, count.roll, calendar)
    if count.kept_after is not None and last_day <= count.kept_after:
        return count.nominal
    return last_day


def due_of(count: NominalEnd, calendar: WorkCalendar) -> datetime | None:
    """When the clock must stop: 24:00 of its last day, or the exact instant (Civil Code arts. 201, 203)."""
    last_day = last_day_of(count, calendar)
    return count.due if last_day is None else end_of(last_day, count.at, calendar)


def end_of(last_day: date, at: time | None, calendar: WorkCalendar) -> datetime:
    """When a last day is over: at the time a rule names, or at 24:00."""
    return calendar.midnight_after(last_day) if at is None else calendar.instant(last_day, at)


def ended(count: NominalEnd, calendar: WorkCalendar, office: OfficeHours) -> Limits:
    """The limits of a counted clock: rolling, 24:00, close of business, provisional, and why."""
    last_day, lines, looked = last_day_of(count, calendar), list(count.lines), list(count.looked)
    due = office_due = due_of(count, calendar)
    if last_day is not None and due is not None and count.nominal is not None:
        if last_day != count.nominal:
            args = {"from": count.nominal.isoformat(), **_reason_args(calendar.reason(count.nominal))}
            lines.append(TraceLine(last_day, "roll", f"rolled-{count.roll.value}", args))
        lines.append(TraceLine(due, "due", _why_then(count), {"last_day": last_day.isoformat()}))
        not_before = count.earliest or count.opens_at
        office_due, line = close_of_business(last_day, not_before, calendar, office)
        if office_due >= due:
            office_due, line = due, TraceLine(due, "office-due", "due-within-office-hours")
        elif office_due <= not_before:
            office_due, line = due, TraceLine(due, "office-due", "office-has-closed")
        lines.append(line)
        days = [count.nominal, last_day, calendar.local_date(office_due)]
        looked.append((min(days), max(days)))
    first = min(filter(None, (calendar.first_provisional(*days) for days in looked)), default=None)
    if first is not None:
        args = {"year": str(first.year), "calendar": calendar.version}
        lines.append(TraceLine(first, "provisional", "year-not-announced", args))
    times = (count.start, count.opens_at, count.earliest, due, last_day, office_due)
    return Limits(*times, first is not None, tuple(lines))


def _why_then(count: NominalEnd) -> str:
    if count.closing:
        return "closing-of-last-day"
    return "end-of-last-day" if count.at is None else "time-of-last-day"


def _reason_args(reason: Reason) -> dict[str, str]:
    return {"reason": reason.code, **reason.args}
