"""Walking from day to day and from minute to minute, for a slow count.

It shares nothing with what it judges but the plain values and what the calendar knows of one day. Instants
are local wall-clock times, so the zone must have no clock changes; hours are walked ten minutes at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.history import AcceptedAct, Basis
from alertd.core.timing import (
    Duration,
    OfficeHours,
    Roll,
    TimeUnit,
)

DAY, STEP = timedelta(days=1), timedelta(minutes=10)
LENGTHS = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}


class SlowWalk:
    """How a clock goes on by its rule."""

    def __init__(self, basis: Basis, calendar: WorkCalendar, office: OfficeHours) -> None:
        self.basis, self.calendar, self.office = basis, calendar, office
        self.rule = basis.rule
        if basis.rule.urgent is not None and basis.urgent:
            self.rule = replace(basis.rule.urgent, roll=basis.rule.roll)
        longest = self.rule.maximum or self.rule.minimum
        self.working = longest is not None and longest.unit is TimeUnit.WORKING_DAY
        self.hours = self.rule.by_the_hour

    # ------------------------------------------------------------ walking

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.calendar.zone).replace(tzinfo=None)

    def counts(self, day: date) -> bool:
        return self.calendar.is_workday(day) if self.working else True

    def walk_days(self, day: date, count: int, step: timedelta = DAY, working: bool | None = None) -> date:
        working = self.working if working is None else working
        while count:
            day += step
            if not working or self.calendar.is_workday(day):
                count -= 1
        return day

    def walk(self, day: date, length: Duration, step: timedelta = DAY) -> date:
        if length.unit in LENGTHS:
            end = self.month_on(day, length.amount * LENGTHS[length.unit] * step.days)
            return self.walk_days(end, length.more, step, working=False)
        days = length.amount * (7 if length.unit is TimeUnit.WEEK else 1)
        return self.walk_days(day, days, step, length.unit is TimeUnit.WORKING_DAY)

    @staticmethod
    def month_on(day: date, months: int) -> date:
        year, month = day.year, day.month
        for _ in range(abs(months)):
            month += 1 if months > 0 else -1
            if month in (0, 13):
                year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
        return SlowWalk.day_in(year, month, day.day)

    @staticmethod
    def day_in(year: int, month: int, day: int) -> date:
        while True:
            try:
                return date(year, month, day)
            except ValueError:
                day -= 1

    def after_hours(self, instant: datetime, length: Duration) -> datetime:
        for _ in range(length.amount):
            instant += timedelta(minutes=1) if length.unit is TimeUnit.MINUTE else timedelta(hours=1)
        return instant

    @staticmethod
    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(0))

    def days_of(self, pause: AcceptedAct, begin: datetime) -> set[date]:
        """The days wholly or partly stood still, without the one it stopped on."""
        if pause.until is None:
            return set()
        day, last = max(self.local(pause.at), begin).date() + DAY, self.local(pause.until).date()
        found = set()
        while day <= last:
            found.add(day)
            day += DAY
        return found

    def excluded(self, pauses: Iterable[AcceptedAct], begin: datetime) -> int:
        days: set[date] = set()
        for pause in pauses:
            days |= self.days_of(pause, begin)
        return sum(1 for day in days if self.counts(day))

    def stands(self, pauses: Iterable[AcceptedAct], moment: datetime) -> bool:
        return any(
            self.local(pause.at) <= moment < self.local(pause.until)
            for pause in pauses
            if pause.until is not None
        )

    def run_on(
        self, moment: datetime, target: datetime, pauses: Sequence[AcceptedAct], strict: bool = False
    ) -> datetime:
        """When a clock that should stop at `target` does, walking from `moment` on and waiting in pauses."""
        if target < moment:
            return target
        left = target - moment
        while True:
            if strict and not left:
                return moment
            if not self.stands(pauses, moment):
                if not left:
                    return moment
                left -= STEP
            moment += STEP

    def roll(self, day: date, roll: Roll, floor: date | None) -> date:
        rolled = day
        while roll is not Roll.NONE and not self.calendar.is_workday(rolled):
            rolled += DAY if roll is Roll.FORWARD else -DAY
        return day if floor is not None and rolled <= floor else rolled
