"""Working days: the official calendar, with weekends that are worked and years not yet announced.

Law: 全国年节及纪念日放假办法 (State Council, as amended 2024-11-10, checked 2026-11-22) fixes the
statutory days; a yearly State Council notice names the days off and the weekend days that are working days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alertd.core.timing import TraceLine

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_REMEMBERED = (
    4096  # instants of midnights and office hours; asked for a million times, over a few hundred days
)

#: the days off whose date is fixed by law; all an unannounced year without estimates has besides its weekends
FIXED_DAYS: Mapping[tuple[int, int], str] = {
    (1, 1): "new-year",
    (5, 1): "labour-day",
    (5, 2): "labour-day",
    (10, 1): "national-day",
    (10, 2): "national-day",
    (10, 3): "national-day",
}


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year as the admin's file gives it. `off` and `work` map a day to the code of its holiday."""

    year: int
    status: str  # "official" or "provisional"
    off: Mapping[date, str] = field(default_factory=dict)
    work: Mapping[date, str] = field(default_factory=dict)
    source: str = ""
    checked: date | None = None


class Reason(NamedTuple):
    """Why a day is worked or not: `weekend`, `holiday` or `special` (with `name`), `make-up`, `ordinary`."""

    code: str
    args: Mapping[str, str]


_WEEKEND = Reason("weekend", {})
_ORDINARY = Reason("ordinary", {})


class _Table:
    """One year, counted out once: asking is then an index into a list."""

    __slots__ = ("first", "mark_starts", "marks", "provisional", "upto", "workdays", "year")

    def __init__(self, year: int, given: CalendarYear) -> None:
        self.year = year
        self.first = date(year, 1, 1).toordinal()
        self.provisional = given.status != "official"
        self.upto: list[int] = []  # working days from 1 January to each day, that day included
        self.workdays: list[date] = []
        for day in _days_of(year):
            if _is_worked(given, day):
                self.workdays.append(day)
            self.upto.append(len(self.workdays))
        self.marks = list(_marks(given, year))
        self.mark_starts = [line.at.toordinal() for line in self.marks]

    def is_workday(self, day: date) -> bool:
        index = day.toordinal() - self.first
        return self.upto[index] > (self.upto[index - 1] if index else 0)


def _days_of(year: int) -> Iterator[date]:
    for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
        yield date.fromordinal(ordinal)


def _is_worked(given: CalendarYear, day: date) -> bool:
    return day in given.work or (day.weekday() < 5 and day not in given.off)


def _reason(given: CalendarYear, day: date) -> Reason:
    if day in given.work:
        return Reason("make-up", {"name": given.work[day]})
    if day in given.off:
        return Reason("holiday", {"name": given.off[day]})
    return _WEEKEND if day.weekday() >= 5 else _ORDINARY


def _marks(given: CalendarYear, year: int) -> Iterator[TraceLine]:
    """What a person counting by hand must know: each run of days off, each weekend day that is worked."""
    run: list[date] = []
    why = _ORDINARY
    for day in _days_of(year):
        reason = _reason(given, day)
        if run and reason != why:
            yield _skip(run[0], run[-1], why)
            run = []
        if reason.code == "make-up":
            yield TraceLine(day, "work", reason.code, reason.args)
        elif reason.code != "ordinary":
            run.append(day)
            why = reason
    if run:
        yield _skip(run[0], run[-1], why)


def _skip(first: date, last: date, why: Reason) -> TraceLine:
    days = (last - first).days + 1
    args = {**why.args, "first": first.isoformat(), "last": last.isoformat(), "days": str(days)}
    return TraceLine(first, "skip", why.code, args)


class WorkCalendar:
    """The working days of one place. Immutable; safe to share between threads.

    `version` names the data the way traces quote it. A year that `years` lacks is taken as provisional, with
    weekends and the days fixed by law off. Dates run from year 2 to 9998.
    """

    def __init__(self, zone: ZoneInfo, years: Mapping[int, CalendarYear], version: str) -> None:
        self.zone = zone
        self.years = dict(years)
        self.version = version
        self._tables: dict[int, _Table] = {}
        self._instants: dict[tuple[date, time], datetime] = {}

    def _given(self, year: int) -> CalendarYear:
        given = self.years.get(year)
        if given is None:
            given = CalendarYear(
                year, "provisional", {date(year, m, d): name for (m, d), name in FIXED_DAYS.items()}
            )
        return given

    def _table(self, year: int) -> _Table:
        table = self._tables.get(year)
        if table is None:
            table = self._tables[year] = _Table(year, self._given(year))
        return table

    def is_workday(self, day: date) -> bool:
        return self._table(day.year).is_workday(day)

    def is_provisional(self, day: date) -> bool:
        """Whether the day's year has no official notice yet, so that its days off are an estimate."""
        return self._table(day.year).provisional

    def reason(self, day: date) -> Reason:
        """Why the day is worked or not, as a code and its values."""
        return _reason(self._given(day.year), day)

    def next_workday(self, day: date, n: int = 1) -> date:
        """The n-th working day after the day; the day itself is not counted. n >= 1."""
        table = self._table(day.year)
        index = table.upto[day.toordinal() - table.first] + n - 1
        while index >= len(table.workdays):
            index -= len(table.workdays)
            table = self._table(table.year + 1)
        return table.workdays[index]

    def previous_workday(self, day: date, n: int = 1) -> date:
        """The n-th working day before the day; the day itself is not counted. n >= 1."""
        return self.previous_workday_on_or_before(day - _DAY, n)

    def previous_workday_on_or_before(self, day: date, n: int = 1) -> date:
        """The n-th working day backwards, the day itself included. n >= 1."""
        table = self._table(day.year)
        index = table.upto[day.toordinal() - table.first] - n
        while index < 0:
            table = self._table(table.year - 1)
            index += len(table.workdays)
        return table.workdays[index]

    def workdays_after(self, day: date, last: date) -> int:
        """How many working days there are after `day` and up to `last`; 0 where `last` is not later."""
        if last <= day:
            return 0
        count = self._upto(last) - self._upto(day)
        return count + sum(len(self._table(year).workdays) for year in range(day.year, last.year))

    def _upto(self, day: date) -> int:
        """Working days of the day's year up to it, the day itself included."""
        table = self._table(day.year)
        return table.upto[day.toordinal() - table.first]

    def next_workday_on_or_after(self, day: date) -> date:
        """The first working day from the day on, itself included."""
        return day if self.is_workday(day) else self.next_workday(day)

    def marks(self, first: date, last: date) -> list[TraceLine]:
        """Runs of days off (`skip`) and worked weekend days (`work`), first and last included, in order."""
        lines: list[TraceLine] = []
        for year in range(first.year, last.year + 1):
            table = self._table(year)
            low = bisect_left(table.mark_starts, first.toordinal())
            high = bisect_left(table.mark_starts, last.toordinal() + 1)
            if low and year == first.year:
                lines += _clipped(table.marks[low - 1], first)
            lines += table.marks[low:high]
        if lines and lines[-1].what == "skip" and lines[-1].args["last"] > last.isoformat():
            lines[-1] = _until(lines[-1], last)
        return lines

    def first_provisional(self, first: date, last: date) -> date | None:
        """The first day from first to last, both included, whose year has no official notice."""
        for year in range(first.year, last.year + 1):
            if self._table(year).provisional:
                return max(first, date(year, 1, 1))
        return None

    def local_date(self, instant: datetime) -> date:
        """The date an aware instant has in the calendar's zone."""
        return instant.astimezone(self.zone).date()

    def instant(self, day: date, at: time) -> datetime:
        """The wall-clock time of a day, aware, in the zone; a time that a clock change skips moves on."""
        instant = self._instants.get((day, at))
        if instant is None:
            if len(self._instants) >= _REMEMBERED:
                self._instants.clear()
            instant = datetime.combine(day, at, self.zone).astimezone(UTC).astimezone(self.zone)
            self._instants[day, at] = instant
        return instant

    def last_moment(self, day: date) -> datetime:
        """The last moment of a day: what a date without a time means, for something that happened on it."""
        return self.instant(day, time.max)

    def midnight_after(self, day: date) -> datetime:
        """24:00 of the day, which is 00:00 of the next."""
        return self.instant(day + _DAY, _MIDNIGHT)


def _clipped(line: TraceLine, first: date) -> list[TraceLine]:
    """The rest of a run that began before `first`, if any is left."""
    if line.what != "skip" or line.args["last"] < first.isoformat():
        return []
    return [_skip(first, date.fromisoformat(line.args["last"]), _why(line))]


def _until(line: TraceLine, last: date) -> TraceLine:
    return _skip(date.fromisoformat(line.args["first"]), last, _why(line))


def _why(line: TraceLine) -> Reason:
    return Reason(line.why, {"name": line.args["name"]} if "name" in line.args else {})
