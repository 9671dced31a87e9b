"""What a clock starts with, counted slowly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from alertd.core.history import AcceptedAct
from alertd.core.timing import (
    LAST,
    Clock,
    Closing,
    Duration,
    Limits,
    Period,
    PeriodDay,
    Rule,
    RuleKind,
    TimeUnit,
)
from tests.unit.core.slow_walk import DAY, SlowWalk


def said(day: PeriodDay) -> str:
    """How a label names one of several days."""
    next_period, month = "n" * day.following, f"{day.month:02}-" if day.month else ""
    return f"{next_period}d{day.weekday}" if day.weekday else f"{next_period}{month}{day.day:02}"


@dataclass
class End:
    """Where the clock goes: a day or an instant; what an act named; the pauses that reached it in time."""

    target: date | datetime | None
    due: datetime | None = None
    last_day: date | None = None
    nominal: date | None = None
    act: AcceptedAct | None = None
    pauses: list[AcceptedAct] = field(default_factory=list)
    at: time | None = None  # of one of several times of a day


@dataclass
class Segment:
    """Since the last start: where it began, where it goes, and which pauses it took."""

    start: datetime
    opens_at: datetime
    begin: datetime
    earliest: datetime | None
    ends: list[End]
    looked: set[date]
    stated: Limits | None = None
    whole_day: bool = False  # the time of the same day was over
    first: bool = True
    acts: list[AcceptedAct] = field(default_factory=list)
    taken: list[AcceptedAct] = field(default_factory=list)
    early: list[AcceptedAct] = field(default_factory=list)
    idle: list[tuple[int, str]] = field(default_factory=list)
    base_earliest: datetime | None = None

    def ruling(self) -> End:
        found = self.ends[0]
        for end in self.ends[1:]:
            if end.due is not None and (found.due is None or end.due > found.due):
                found = end
        return found


class SlowStart(SlowWalk):
    """A clock before any act."""

    def first_segment(self) -> Segment:
        rule, basis = self.rule, self.basis
        start = self.local(basis.start)
        if rule.kind is RuleKind.CALENDAR:
            segment = self.calendar_segment()
        elif rule.kind is RuleKind.STATED:
            segment = Segment(start, start, start, None, [End(basis.stated)], set())
        elif rule.kind is RuleKind.WHILE_OPEN:
            segment = Segment(start, start, start, None, [End(None)], set())
        elif rule.kind is RuleKind.RECURRING and rule.times:
            segment = self.timed_segment(start, basis.turn or 1)
        elif rule.kind is RuleKind.RECURRING:
            segment = self.turn_segment(start, basis.turn or 1)
        elif rule.before:
            segment = self.backwards_segment(start)
        else:
            segment = self.elapsed_segment(start)
        if basis.opens_at is not None:
            segment.opens_at = min(segment.opens_at, self.local(basis.opens_at))
        self.set_begin(segment)
        return segment

    def set_begin(self, segment: Segment) -> None:
        dated = self.rule.before or self.rule.kind in (RuleKind.CALENDAR, RuleKind.STATED)
        segment.begin = min(segment.start, segment.opens_at) if dated else segment.start
        segment.base_earliest = segment.earliest

    def elapsed_segment(self, start: datetime) -> Segment:
        least, most, day = self.rule.minimum, self.rule.maximum, start.date()
        segment = Segment(start, start, start, None, [End(None)], set())
        if self.hours:
            segment.earliest = self.after_hours(start, least) if least else None
            segment.ends = [End(self.after_hours(start, most) if most else None)]
            return segment
        if least:
            segment.earliest = self.midnight(self.walk(day, least) + DAY)
        if most:
            segment.ends = [End(self.walk(day, most))]
            segment.whole_day = not most.amount and self.time_over(start)
        if self.rule.other is not None:
            return self.bounded_segment(start, self.rule.other)
        longest = most or least
        if self.working and longest:
            segment.looked = self.between(day + DAY, self.walk(day, longest))
        return segment

    def bounded_segment(self, start: datetime, other: Rule) -> Segment:
        """Both limits, each walked by itself; what is earlier (or later) once it is rolled."""
        segment, found = Segment(start, start, start, None, [], set()), []
        for rule in (self.rule, other):
            if rule.period is not None:
                found += self.date_after(rule, start, segment)
                continue
            assert rule.maximum is not None
            if self.hours:
                found.append(End(self.after_hours(start, rule.maximum)))
                continue
            day = self.walk(start.date(), rule.maximum)
            at = self.clock(rule.at)
            if not rule.maximum.amount and at is not None and datetime.combine(day, at) <= start:
                at = None
            found.append(End(day, at=at))
            if rule.maximum.unit is TimeUnit.WORKING_DAY:
                segment.looked |= self.between(start.date() + DAY, day)
        ordered = sorted(found, key=self.ends_at)
        segment.ends = [ordered[-1 if self.rule.later else 0]]
        segment.whole_day = True  # no time but that of the end
        return segment

    def date_after(self, rule: Rule, start: datetime, segment: Segment) -> list[End]:
        for year in (rule.year,) if rule.year else (start.year, start.year + 1):
            day, looked = self.day_of(rule.days[0], self.days_labelled(str(year)), Period.YEAR)
            end = End(day, at=self.clock(rule.at))
            if self.ends_at(end) > start:
                segment.looked |= looked
                return [end]
        return []

    def ends_at(self, end: End) -> datetime:
        if isinstance(end.target, datetime):
            return end.target
        assert end.target is not None
        day = self.roll(end.target, self.rule.roll, None)
        return datetime.combine(day, end.at) if end.at is not None else self.midnight(day + DAY)

    def time_over(self, start: datetime) -> bool:
        """Whether the time that the rule names of the same day had passed when the clock started."""
        at = self.clock(self.rule.at)
        return at is not None and datetime.combine(start.date(), at) <= start

    def clock(self, named: Clock | None) -> time | None:
        return self.office.closes if named is Closing.OFFICE else named

    def clocks(self) -> list[time | None]:
        """The times of a day in order, 24:00 last, each once."""
        found = {self.clock(named) for named in self.rule.times}
        return [*sorted(at for at in found if at is not None), *([None] if None in found else [])]

    def timed_segment(self, start: datetime, number: int) -> Segment:
        """One time of a day after the other, leaving out those before the start."""
        day, begin, count, at = start.date(), start, 0, None
        looked = set()
        while count < number:
            looked.add(day)
            for at in self.clocks() if self.counts(day) else []:
                moment = self.midnight(day + DAY) if at is None else datetime.combine(day, at)
                if moment > start:
                    count += 1
                    if count == number:
                        break
                    begin = moment
            else:
                day += DAY
        end = End(day, at=at)
        return Segment(begin, begin, begin, None, [end], looked if self.working else set())

    def turn_segment(self, start: datetime, number: int) -> Segment:
        every = self.rule.maximum
        assert every is not None
        if self.hours:
            begin = self.after_hours(start, Duration(every.amount * (number - 1), every.unit))
            return Segment(begin, begin, begin, None, [End(self.after_hours(begin, every))], set())
        ends = [self.walk(start.date(), Duration(every.amount * n, every.unit)) for n in (number - 1, number)]
        begin = start if number == 1 else self.midnight(ends[0] + DAY)
        looked = self.between(start.date() + DAY, ends[1]) if self.working else set()
        return Segment(begin, begin, begin, None, [End(ends[1])], looked)

    def backwards_segment(self, start: datetime) -> Segment:
        length = self.rule.maximum
        assert length is not None
        if self.hours:
            target = start
            for _ in range(length.amount):
                target -= timedelta(minutes=1) if length.unit is TimeUnit.MINUTE else timedelta(hours=1)
            return Segment(start, target, start, None, [End(target)], set())
        day = self.walk(start.date(), length, -DAY)
        opens = day
        while not self.calendar.is_workday(opens):
            opens -= DAY
        looked = self.between(day, start.date() - DAY) if self.working else set()
        return Segment(start, self.midnight(opens), start, None, [End(day)], looked)

    def calendar_segment(self) -> Segment:
        label, _, part = self.basis.occurrence.partition(".")
        days = self.days_labelled(label)
        ends, several = [self.day_of(day, days) for day in self.rule.days], part and len(self.rule.days) > 1
        number = next((at for at, day in enumerate(self.rule.days) if several and said(day) == part), -1)
        end, looked = ends[number]
        begin = days[0] if self.rule.opening is None else self.day_of(self.rule.opening, days)[0]
        for other, _ in ends:
            if part and days[0] <= other < end:
                begin = max(begin, other + DAY)
        start = self.midnight(begin)
        opens = min(start, self.midnight(self.roll(end, self.rule.roll, None)))
        if self.rule.times:
            return self.time_of_day(part, start, end, looked)
        return Segment(start, opens, start, None, [End(end)], looked)

    def time_of_day(self, part: str, start: datetime, day: date, looked: set[date]) -> Segment:
        at = {"close": self.office.closes, "t2400": None}.get(part)
        if part.startswith("t") and part != "t2400":
            at = time.fromisoformat(f"{part[1:3]}:{part[3:]}")
        for other in self.clocks():
            if other is not None and (at is None or other < at):
                start = datetime.combine(day, other)
        return Segment(start, start, start, None, [End(day, at=at)], looked)

    def days_labelled(self, label: str) -> list[date]:
        """All days of a period, by trying those about it."""
        year = int(label[:4])
        day, days = date(year, 1, 1) - 7 * DAY, []
        while day <= date(year + 1, 1, 7):
            month, week = f"{day.month:02}", day.isocalendar()
            names = {
                str(day.year),
                f"{day.year}-h{1 if day.month <= 6 else 2}",
                f"{day.year}-q{(day.month + 2) // 3}",
                f"{day.year}-{month}",
                f"{day.year}-{month}-h{1 if day.day <= 15 else 2}",
                f"{week.year}-w{week.week:02}",
                f"{day}",
            }
            if label in names:
                days.append(day)
            day += DAY
        return days

    def day_of(
        self, day: PeriodDay, days: list[date], period: Period | None = None
    ) -> tuple[date, set[date]]:
        """Which of the days it is, and those asked whether they are worked."""
        period = period or self.rule.period
        if period is Period.DAY:
            return days[0], set() if day.nth is None else set(days)
        if day.following and period is Period.WEEK:
            days = [each + 7 * DAY for each in days]
        elif day.following and period is Period.YEAR:
            days = self.days_labelled(str(days[0].year + 1))
        elif day.following:
            days = self.days_labelled((days[-1] + DAY).strftime("%Y-%m"))
        if day.month is not None:
            months = sorted({(each.year, each.month) for each in days})
            days = [each for each in days if (each.year, each.month) == months[day.month - 1]]
        if day.day is not None:
            last = [each for each in days if each.month == days[-1].month]
            if period is Period.HALF_MONTH:
                return last[-1], set()
            return max(each for each in last if each.day <= day.day), set()
        if day.weekday is not None:
            found = [each for each in days if each.isoweekday() == day.weekday]
            return (found[-1] if day.nth == LAST else found[(day.nth or 1) - 1]), set()
        worked = [each for each in days if self.calendar.is_workday(each)]
        if day.nth == LAST:
            return worked[-1], {each for each in days if each >= worked[-1]}
        end = worked[(day.nth or 1) - 1]
        return end, {each for each in days if each <= end}

    def between(self, first: date, last: date) -> set[date]:
        found = set()
        while first <= last:
            found.add(first)
            first += DAY
        return found
