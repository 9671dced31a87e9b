"""The limits of a clock after its history, counted a second time: slowly, one day after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.history import AcceptedAct, ActKind, Basis
from alertd.core.timing import Duration, Extension, Limits, OfficeHours, Roll, RuleKind
from tests.unit.core.slow_start import End, Segment, SlowStart
from tests.unit.core.slow_walk import DAY


class SlowHistory(SlowStart):
    """All acts of a clock; each question is answered by going through them from the beginning."""

    def __init__(
        self, basis: Basis, acts: Iterable[AcceptedAct], calendar: WorkCalendar, office: OfficeHours
    ) -> None:
        super().__init__(basis, calendar, office)
        self.acts = sorted(acts, key=lambda act: (act.at, act.entered))

    # ------------------------------------------------------------ ends

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
            since = segment.begin if end.act is None else max(segment.begin, self.local(end.act.at))
            moves = end.pauses if self.hours else []
            end.due = self.run_on(since, end.target, moves)
            return
        out = self.excluded(end.pauses, segment.begin)
        named = end.act is not None or segment.stated is not None
        roll = Roll.NONE if named and not out else self.rule.roll
        end.nominal = self.walk_days(end.target, out)
        end.last_day = self.roll(end.nominal, roll, self.floor(segment, end))
        end.due = self.midnight(end.last_day + DAY)
        at = end.at or (None if segment.whole_day else self.clock(self.rule.at))
        if at is not None and end.act is None:
            end.due = datetime.combine(end.last_day, at)

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
        end = End(target)
        if limits.last_day is not None and limits.due is not None and (self.rule.times or self.rule.other):
            at = self.local(limits.due).time()
            end.at = at if at != time(0) else None
        segment = Segment(start, opens_at, start, earliest, [end], set(), limits, first=False)
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
        at = max(at, segment.begin)
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
            assert due is not None
            if office_due <= not_before:
                office_due = due
            office_due = min(office_due, due)
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
            alone = SlowStart(replace(self.basis, opens_at=None), self.calendar, self.office)
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
