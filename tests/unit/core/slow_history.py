"""The limits of a clock after its history, counted a second time: slowly, walking from day to day.

It shares nothing with what it judges but the plain values and what the calendar knows of one day. Instants
are local wall-clock times, so the zone must have no clock changes; hours are walked ten minutes at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.history import AcceptedAct, ActKind, Basis
from alertd.core.timing import Duration, Extension, Limits, OfficeHours, Roll, RuleKind, TimeUnit

DAY, STEP = timedelta(days=1), timedelta(minutes=10)
LENGTHS = {TimeUnit.MONTH: 1, TimeUnit.YEAR: 12}


@dataclass
class End:
    """Where the clock goes: a day or an instant; what an act named; the pauses that reached it in time."""

    target: date | datetime | None
    due: datetime | None = None
    last_day: date | None = None
    nominal: date | None = None
    act: AcceptedAct | None = None
    pauses: list[AcceptedAct] = field(default_factory=list)


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


class SlowHistory:
    def __init__(
        self, basis: Basis, acts: Iterable[AcceptedAct], calendar: WorkCalendar, office: OfficeHours
    ) -> None:
        self.basis, self.rule, self.calendar, self.office = basis, basis.rule, calendar, office
        self.acts = sorted(acts, key=lambda act: (act.at, act.entered))
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
            return self.month_on(day, length.amount * LENGTHS[length.unit] * step.days)
        days = length.amount * (7 if length.unit is TimeUnit.WEEK else 1)
        return self.walk_days(day, days, step, length.unit is TimeUnit.WORKING_DAY)

    @staticmethod
    def month_on(day: date, months: int) -> date:
        year, month = day.year, day.month
        for _ in range(abs(months)):
            month += 1 if months > 0 else -1
            if month in (0, 13):
                year, month = (year - 1, 12) if month == 0 else (year + 1, 1)
        return SlowHistory.day_in(year, month, day.day)

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

    # ------------------------------------------------------------ starts

    def first_segment(self) -> Segment:
        rule, basis = self.rule, self.basis
        start = self.local(basis.start)
        if rule.kind is RuleKind.CALENDAR:
            segment = self.calendar_segment()
        elif rule.kind is RuleKind.STATED:
            segment = Segment(start, start, start, None, [End(basis.stated)], set())
        elif rule.kind is RuleKind.WHILE_OPEN:
            segment = Segment(start, start, start, None, [End(None)], set())
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
        longest = most or least
        if self.working and longest:
            segment.looked = self.between(day + DAY, self.walk(day, longest))
        return segment

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
        rule, label = self.rule, self.basis.occurrence
        assert rule.day is not None
        year = int(label[:4])
        first, last = 1, 12
        if "-h" in label:
            first, last = int(label[-1]) * 6 - 5, int(label[-1]) * 6
        elif "-q" in label:
            first, last = int(label[-1]) * 3 - 2, int(label[-1]) * 3
        elif "-" in label:
            first = last = int(label[-2:])
        if rule.month is not None:
            day = self.day_in(year + rule.next_period, rule.month, rule.day)
        elif rule.next_period and last == 12:
            day = self.day_in(year + 1, 1, rule.day)
        else:
            day = self.day_in(year, last + rule.next_period, rule.day)
        start = datetime(year, first, 1)  # noqa: DTZ001
        opens = min(start, self.midnight(self.roll(day, rule.roll, None)))
        return Segment(start, opens, start, None, [End(day)], set())

    def between(self, first: date, last: date) -> set[date]:
        found = set()
        while first <= last:
            found.add(first)
            first += DAY
        return found

    # ------------------------------------------------------------ ends

    def roll(self, day: date, roll: Roll, floor: date | None) -> date:
        rolled = day
        while roll is not Roll.NONE and not self.calendar.is_workday(rolled):
            rolled += DAY if roll is Roll.FORWARD else -DAY
        return day if floor is not None and rolled <= floor else rolled

    def floor(self, segment: Segment, end: End) -> date | None:
        """The day a rolling must stay behind."""
        if end.act is not None:
            assert isinstance(end.target, date)
            return end.target - DAY
        full = None if segment.earliest is None else (segment.earliest - timedelta(minutes=1)).date()
        if segment.stated is not None:
            assert isinstance(end.target, date)
            return max(filter(None, (end.target - DAY, full)))
        if self.rule.kind is RuleKind.ELAPSED and not self.rule.before:
            return full or segment.start.date()
        return None

    def settle(self, segment: Segment, end: End) -> None:
        """Where an end lies now, with the pauses it has taken."""
        if end.target is None:
            return
        if isinstance(end.target, datetime):
            since = segment.begin if end.act is None else self.local(end.act.at)
            moves = end.pauses if self.hours else []
            end.due = self.run_on(since, end.target, moves)
            return
        out = self.excluded(end.pauses, segment.begin)
        named = end.act is not None or segment.stated is not None
        roll = Roll.NONE if named and not out else self.rule.roll
        end.nominal = self.walk_days(end.target, out)
        end.last_day = self.roll(end.nominal, roll, self.floor(segment, end))
        end.due = self.midnight(end.last_day + DAY)

    def settle_earliest(self, segment: Segment) -> None:
        given = segment.base_earliest
        if given is None:
            return
        if self.hours:
            segment.earliest = self.run_on(segment.begin, given, segment.early, strict=True)
            return
        full = (given - timedelta(minutes=1)).date()
        segment.earliest = self.midnight(
            self.walk_days(full, self.excluded(segment.early, segment.begin)) + DAY
        )

    # ------------------------------------------------------------ acts

    def segment(self, acts: Sequence[AcceptedAct], without_grants: bool = False) -> Segment:
        """The segment that holds after these acts, in their order."""
        current, at = self.first_segment(), 0
        carried: list[AcceptedAct] = []
        resets: list[tuple[int, str]] = []
        for number, act in enumerate(acts):
            if act.kind is ActKind.RESTART:
                if self.rule.kind is not RuleKind.ELAPSED or self.rule.before:
                    resets.append((act.entered, "cannot-restart"))
                elif self.local(act.at) < current.start:
                    resets.append((act.entered, "outside-clock"))
                else:
                    current, at, carried, resets = (
                        self.elapsed_segment(self.local(act.at)),
                        number + 1,
                        [],
                        [],
                    )
                    current.first = False
                    self.set_begin(current)
            elif act.limits is not None:
                before = self.segment(acts[:number])
                carried = [
                    pause
                    for pause in before.taken
                    if pause.until is None or self.local(pause.until) > self.local(act.at)
                ]
                current, at, resets = self.stated_segment(act.limits), number + 1, []
        current.idle += resets
        for end in current.ends:
            self.settle(current, end)
        for act in [*carried, *acts[at:]]:
            if not (without_grants and act.kind is ActKind.GRANT):
                self.take(current, act)
        return current

    def stated_segment(self, limits: Limits) -> Segment:
        start, opens_at = self.local(limits.start), self.local(limits.opens_at)
        target = limits.last_day or (limits.due and self.local(limits.due))
        earliest = limits.earliest and self.local(limits.earliest)
        segment = Segment(start, opens_at, start, earliest, [End(target)], set(), limits, first=False)
        self.set_begin(segment)
        return segment

    def take(self, segment: Segment, act: AcceptedAct) -> None:
        if act.kind is ActKind.PAUSE:
            self.take_pause(segment, act)
        elif act.kind is ActKind.CLOSED_CASE:
            if self.rule.kind is not RuleKind.WHILE_OPEN:
                segment.idle.append((act.entered, "not-while-open"))
                return
            segment.ends[0] = End(None, due=self.local(act.at))
            segment.taken = [pause for pause in segment.taken if pause.until is not None]
        elif act.end is not None:
            end = End(self.local(act.end) if isinstance(act.end, datetime) else act.end, act=act)
            self.settle(segment, end)
            segment.ends.append(end)
            segment.acts.append(act)

    def take_pause(self, segment: Segment, act: AcceptedAct) -> None:
        at = self.local(act.at)
        if act.until is not None and at < segment.begin and self.local(act.until) <= segment.begin:
            segment.idle.append((act.entered, "outside-clock"))
            return
        reached = [end for end in segment.ends if end.due is None or at <= end.due]
        if not reached:
            segment.idle.append((act.entered, "limit-passed"))
            return
        segment.taken.append(act)
        if segment.earliest is not None and at < segment.earliest:
            segment.early.append(act)
            self.settle_earliest(segment)
        for end in reached:
            end.pauses.append(act)
        for end in segment.ends:
            self.settle(segment, end)

    # ------------------------------------------------------------ what is asked

    def ineffective(self) -> set[tuple[int, str]]:
        segment = self.segment(self.acts)
        ruling = segment.ruling().act
        found = set(segment.idle)
        for act in segment.acts:
            before = self.segment([each for each in self.acts if self.comes_before(each, act)])
            now, named = before.ruling().due, self.named_due(act)
            if now is not None and named <= now and act is not ruling:
                found.add((act.entered, "not-later"))
        return found

    @staticmethod
    def comes_before(one: AcceptedAct, other: AcceptedAct) -> bool:
        return (one.at, one.entered) < (other.at, other.entered)

    def named_due(self, act: AcceptedAct) -> datetime:
        if isinstance(act.end, datetime):
            return self.local(act.end)
        assert act.end is not None
        return self.midnight(act.end + DAY)

    def beyond(self, extension: Extension) -> set[tuple[int, str]]:
        found, times = set(), 0
        for act in self.segment(self.acts).acts:
            if act.kind is ActKind.RETURN:
                times = 0
                continue
            earlier = [each for each in self.acts if self.comes_before(each, act)]
            now, due = self.segment(earlier).ruling().due, self.named_due(act)
            if now is not None and due <= now:
                continue
            if extension.times is not None and times >= extension.times:
                found.add((act.entered, "times"))
            times += 1
            segment = self.segment(earlier, without_grants=True)
            own = segment.ruling()
            if extension.most and own.due and due > self.after(own.due, own.last_day, extension.most):
                found.add((act.entered, "most"))
            first = segment.start.date()
            if extension.limit and due > self.after(segment.start, first, extension.limit):
                found.add((act.entered, "limit"))
        return found

    def after(self, instant: datetime, day: date | None, length: Duration) -> datetime:
        if length.unit.exact:
            return self.after_hours(instant, length)
        return self.midnight(self.walk(day or instant.date(), length) + DAY)

    def limits(self) -> dict[str, date | datetime | bool | None]:
        segment = self.segment(self.acts)
        first, ruling = segment.ends[0], segment.ruling()
        due, last_day = ruling.due, ruling.last_day
        looked = segment.looked | self.looked_for_pauses(segment, ruling)
        office_due = due
        moved = segment.earliest != segment.base_earliest or (ruling.nominal or due) != ruling.target
        stated = segment.stated
        if stated is not None and ruling is first and not moved:
            office_due = stated.office_due and self.local(stated.office_due)
        elif last_day is not None and ruling.nominal is not None:
            not_before = segment.earliest or self.unopened(segment)
            office_due = self.close(last_day, not_before)
            days = [last_day, ruling.nominal, office_due.date()]
            looked |= self.between(min(days), max(days))
        return {
            "start": segment.start,
            "opens_at": segment.opens_at,
            "earliest": segment.earliest,
            "due": due,
            "last_day": last_day,
            "office_due": office_due,
            "provisional": any(self.guessed(day) for day in looked)
            or (stated is not None and stated.provisional),
            "paused": any(pause.until is None for pause in segment.taken),
        }

    def unopened(self, segment: Segment) -> datetime:
        """When it opens by its rule alone: an event known before does not make an office close earlier."""
        if segment.first and self.basis.opens_at is not None:
            alone = SlowHistory(
                Basis(self.rule, self.basis.start, self.basis.stated, self.basis.turn, self.basis.occurrence),
                (),
                self.calendar,
                self.office,
            )
            return alone.first_segment().opens_at
        return segment.opens_at

    def looked_for_pauses(self, segment: Segment, ruling: End) -> set[date]:
        found: set[date] = set()
        if not self.working:
            return found
        for end in (segment.ends[0], ruling):
            if isinstance(end.target, date) and end.nominal is not None:
                found |= self.between(end.target + DAY, end.nominal)
                for pause in end.pauses:
                    found |= self.days_of(pause, segment.begin)
        for pause in segment.early:
            found |= self.days_of(pause, segment.begin)
        if segment.earliest is not None and segment.base_earliest is not None:
            found |= self.between(segment.base_earliest.date(), segment.earliest.date() - DAY)
        return found

    def close(self, last_day: date, not_before: datetime) -> datetime:
        day = last_day
        while not self.calendar.is_workday(day):
            day -= DAY
        moment = datetime.combine(day, self.office.closes)
        if day == last_day or moment > not_before:
            return moment
        return datetime.combine(last_day, self.office.closes)

    def guessed(self, day: date) -> bool:
        year = self.calendar.years.get(day.year)
        return year is None or year.status != "official"
