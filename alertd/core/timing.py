"""Durations, rules and limits as plain values: what is counted, and what counting gives.

All instants are timezone-aware. All values are immutable: changing one means building another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import Enum, StrEnum


class TimeUnit(StrEnum):
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working-day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @property
    def exact(self) -> bool:
        """Minutes and hours run from the stated moment, nights and holidays too (Civil Code art. 201(2))."""
        return self in (TimeUnit.MINUTE, TimeUnit.HOUR)


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of one unit, never negative; direction is said by whoever uses it. No days are the same day,
    and no minutes at once.

    `more` are calendar days beyond months and years, which no other unit has: 1個月15日.
    """

    amount: int
    unit: TimeUnit
    more: int = 0


class Period(StrEnum):
    YEAR = "year"
    HALF = "half-year"
    QUARTER = "quarter"
    MONTH = "month"
    HALF_MONTH = "half-month"  # to the 15th, and from the 16th on
    WEEK = "week"  # from Monday on
    DAY = "day"


class RuleKind(StrEnum):
    ELAPSED = "elapsed"  # so long after a start
    CALENDAR = "calendar"  # days in each year, quarter, month or week, or of one year
    STATED = "stated"  # the date the event itself states
    RECURRING = "recurring"  # again and again while a case is open, each turn as long as the one before
    WHILE_OPEN = "while-open"  # as long as the case: due when it closes


class Closing(Enum):
    """The end of office hours, where a rule names it in place of a time: 下班前."""

    OFFICE = "close"


#: when its last day is over for a rule: a time of the day, or the end of office hours
Clock = time | Closing


class Roll(StrEnum):
    """What happens when the last day is a day of rest. Nothing, unless the rule says so."""

    NONE = "none"
    FORWARD = "forward"
    BACK = "back"


#: the day of a month that means its last, however long it is
LAST_DAY = 31
#: the longest that each month may be
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
#: the n-th from the end
LAST = -1
#: 今年: what a rule says is the year of the plan it stands in
THIS_YEAR = 0


@dataclass(frozen=True, slots=True)
class PeriodDay:
    """One day of a period: the date `day`, the n-th `weekday`, or, with neither, the n-th working day.

    `day` is 1-31, where 31 means the last day of a shorter month; `weekday` is 1 (Monday) to 7. `nth` counts
    from 1, or is LAST; a weekday of a week has none. `month` is 1-12 of a year, and counts the months of a
    quarter or half-year; without one, a date lies in the last month, and the n-th is counted in the whole
    period. `following` is one period later: the year, the month or the week after. Of single days it is the
    day 1, or the working day 1, where days of rest are left out.
    """

    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    following: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape for all rules; `text` is what the admin wrote and what `alertd when` takes."""

    text: str
    kind: RuleKind
    minimum: Duration | None = None
    maximum: Duration | None = None  # of recurring rules: the length of one turn
    period: Period | None = None
    days: tuple[PeriodDay, ...] = ()  # of a calendar rule, as they follow each other in a period
    opening: PeriodDay | None = None  # the first day of a window that ends with the only one of `days`
    year: int | None = None  # the only year of a rule that names a date once; THIS_YEAR is that of its plan
    every: int = 1  # of so many periods one, the first being that of `since`
    since: date | None = None
    season: tuple[int, int] | None = None  # first and last month; the first may be the later
    at: Clock | None = None  # when on its last day it is due, where that is not 24:00
    times: tuple[Clock | None, ...] = ()  # of each day, in order: several of a calendar rule, or of turns
    roll: Roll = Roll.NONE
    before: bool = False  # elapsed rules: counted backwards from the start, "5 working days before"
    other: Rule | None = None  # of an elapsed rule: a second limit, of which the earlier holds
    later: bool = False  # or the later
    urgent: Rule | None = None  # of an elapsed rule: the limit in its place where the event is urgent

    def chosen(self, urgent: bool) -> Rule:
        """The limit that holds for an event that is urgent, or is not."""
        if self.urgent is None:
            return self
        return replace(self.urgent, text=self.text, roll=self.roll) if urgent else replace(self, urgent=None)

    @property
    def of_plan_year(self) -> bool:
        """Whether it speaks of the year of its plan: 今年."""
        return self.year == THIS_YEAR or (self.other is not None and self.other.of_plan_year)

    @property
    def immediate(self) -> bool:
        """Whether it is due when it starts: 立即."""
        return self.kind is RuleKind.ELAPSED and self.maximum == Duration(0, TimeUnit.MINUTE)

    @property
    def same_day(self) -> bool:
        """Whether the day it starts is its last: 當日."""
        return self.kind is RuleKind.ELAPSED and self.maximum == Duration(0, TimeUnit.DAY)

    @property
    def by_the_hour(self) -> bool:
        limit = self.maximum or self.minimum
        counted = self.kind in (RuleKind.ELAPSED, RuleKind.RECURRING)
        return counted and limit is not None and limit.unit.exact


@dataclass(frozen=True, slots=True)
class Extension:
    """How far a limit may be extended: `most` beyond the limit it had, so many `times`, and at the latest
    `limit` after the start, which is what the law allows. None bounds nothing; nought times forbids it.
    """

    most: Duration | None = None
    times: int | None = None
    limit: Duration | None = None


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step of a computation, as stable codes; messages/ turns them into sentences.

    `at` is a date or an instant; `what` is one of start, count, skip, work, roll, earliest, last-day, due,
    office-due, provisional; `why` is the code of a sentence and `args` its values.
    """

    at: date | datetime
    what: str
    why: str
    args: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a rule and a start give: when the clock may stop, when it must, and why.

    `due` is exclusive midnight for day clocks (24:00 of `last_day` is the next day's 00:00), or the time of
    that day which the rule names, and the exact instant for hour clocks. Completion at `due` itself is in
    time ("at most" includes the number, Civil Code art. 1259). `office_due` is the close of business people
    are asked for, never later than `due`; it equals `due` on hour clocks.
    """

    start: datetime
    opens_at: datetime
    earliest: datetime | None
    due: datetime | None
    last_day: date | None
    office_due: datetime | None
    provisional: bool
    trace: tuple[TraceLine, ...]


@dataclass(frozen=True, slots=True)
class OfficeHours:
    opens: time = time(8, 30)
    closes: time = time(17, 30)

    def time_of(self, at: Clock | None) -> time | None:
        """The time a rule names, where it names the close of business too; None for 24:00."""
        return self.closes if isinstance(at, Closing) else at
