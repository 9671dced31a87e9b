"""One run of a clock, from its start on: what it runs towards, and what the acts accepted since did to that.

Time that stood still is added to the nominal last day of the whole period, which is rolled once, at the end
(Civil Code arts. 201 to 203; checked 2026-11-22). A day that somebody named stands as that day. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import NominalEnd, due_of, ended, last_day_of
from alertd.core.excluded import Excluded, day_shifted, excluded
from alertd.core.extensions import furthest
from alertd.core.timing import Extension, Limits, OfficeHours, Rule, RuleKind, TimeUnit, TraceLine

_DAY = timedelta(days=1)
_JUST_BEFORE = timedelta(microseconds=1)

#: runs of days, both ends included, that were asked whether they are worked
_Looked = tuple[tuple[date, date], ...]


class ActKind(StrEnum):
    PAUSE = "pause"  # the clock stands still from `at` to `until`
    RESTART = "restart"  # it runs anew from `at`
    GRANT = "grant"  # an extension until `end`
    RETURN = "return"  # sent back for correction, until `end` where that was given
    CLOSED_CASE = "closed-case"  # what lasts as long as its case is due now
    NOTE = "note"  # something that did not move it, for the trace: `reason` is the code of why
    STATED = "stated"  # its limits are `limits` from now on, whatever came before


@dataclass(frozen=True, slots=True)
class AcceptedAct:
    """An act that was accepted when it was entered. It happened at `at`, an aware instant in any zone.

    `entered` is its place in the order of entry, a number no other act of the clock has. `until` ends a
    pause; None while the clock still stands still. `end` is the day a grant or a return names, an instant on
    an hour clock. `limits` are what an act of kind STATED states. `by` and `reason` are for the trace.
    """

    kind: ActKind
    at: datetime
    entered: int
    until: datetime | None = None
    end: date | datetime | None = None
    limits: Limits | None = None
    by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or (self.until is not None and self.until.tzinfo is None):
            raise ValueError("an act needs a time zone")
        if (self.kind is ActKind.STATED) != (self.limits is not None):
            raise ValueError("limits belong to an act that states them, and to no other")


def in_utc(instant: datetime) -> datetime:
    """For comparing: instants of one zone compare by the wall clock, even across a clock change."""
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _End:
    """What the clock runs towards: the end its rule gives, or a day that `act` names; and what moved it."""

    count: NominalEnd
    act: AcceptedAct | None = None
    pauses: tuple[AcceptedAct, ...] = ()


class ClockRun:
    """Takes acts in their order, and gives the limits after them. `start` is the instant it runs from.

    `begin` is since when it can stand still; `stated` are its limits where an act states them.
    """

    def __init__(
        self,
        rule: Rule,
        count: NominalEnd,
        begin: datetime,
        calendar: WorkCalendar,
        extension: Extension,
        stated: Limits | None = None,
    ) -> None:
        self.start = count.start
        self._rule, self._calendar, self._extension, self._stated = rule, calendar, extension, stated
        self._estimated = stated is not None and stated.provisional
        self._begin = in_utc(begin)
        self._ends = [_End(count)]
        self._before_earliest: tuple[AcceptedAct, ...] = ()  # pauses that began before it was reached
        self._acts: list[AcceptedAct] = []
        self._grants = 0
        self._idle: list[tuple[AcceptedAct, str]] = []
        self.beyond: list[tuple[AcceptedAct, str, datetime | None]] = []

    # ------------------------------------------------------------ acts

    def pause(self, act: AcceptedAct) -> None:
        """Stand still. It moves every end that was not over when it began."""
        at = in_utc(act.at)
        if at < self._begin and act.until is not None and in_utc(act.until) <= self._begin:
            self.idle(act, "outside-clock")
            return
        at = max(at, self._begin)
        dues = [self._due(end) for end in self._ends]
        if all(due is not None and due < at for due in dues):
            self.idle(act, "limit-passed")
            return
        earliest, _ = self._earliest()
        if earliest is not None and at < in_utc(earliest):
            self._before_earliest += (act,)
        self._ends = [
            end if due is not None and due < at else replace(end, pauses=(*end.pauses, act))
            for end, due in zip(self._ends, dues, strict=True)
        ]
        self._acts.append(act)

    def name(self, act: AcceptedAct) -> None:
        """Run towards the day (or instant) that a grant or a return names, if it names one."""
        if act.end is None:
            return
        end = _End(self._named(act.end), act)
        now, due = self._due(self._ruling(self._ends)), self._due(end)
        assert due is not None
        if now is not None and due <= now:
            self.idle(act, "not-later")
        elif act.kind is ActKind.GRANT:
            self._measure(act, due)
            self._grants += 1
        if act.kind is ActKind.RETURN:
            self._grants = 0
        self._ends.append(end)
        self._acts.append(act)

    def note(self, act: AcceptedAct) -> None:
        """Something happened that moves nothing, and is only said in the trace."""
        self._acts.append(act)

    def close(self, act: AcceptedAct) -> None:
        """The case closed: what lasts as long is due, and stands still no longer."""
        if self._rule.kind is not RuleKind.WHILE_OPEN:
            self.idle(act, "not-while-open")
            return
        self._stated = None  # that row was still without this limit
        first, *named = self._ends
        count = replace(first.count, due=act.at.astimezone(self._calendar.zone), nominal=None)
        self._ends = [_End(count), *named]
        self._acts = [each for each in self._acts if not _stands(each)]
        self._acts.append(act)

    def idle(self, act: AcceptedAct, why: str) -> None:
        """Note an act that does not bite, and the code of why."""
        self._idle.append((act, why))

    def standing(self, at: datetime) -> list[AcceptedAct]:
        """The pauses that had not ended by `at`."""
        return [
            act
            for act in self._acts
            if act.kind is ActKind.PAUSE and (act.until is None or in_utc(act.until) > in_utc(at))
        ]

    # ------------------------------------------------------------ what follows from them

    @property
    def paused(self) -> bool:
        return any(_stands(act) for act in self._acts)

    @property
    def ineffective(self) -> list[tuple[AcceptedAct, str]]:
        """The acts that do not bite; a named day that came to rule after all does."""
        ruling = self._ruling(self._ends).act
        return [(act, why) for act, why in self._idle if act is not ruling]

    def limits(self, office: OfficeHours) -> Limits:
        """The limits after all acts taken, and their trace."""
        first, ruling = self._ends[0], self._ruling(self._ends)
        count, (earliest, looked) = self._moved(ruling), self._earliest()
        looked += self._moved(first).looked
        lines = [*first.count.lines, *self._lines_of_acts()]
        moved, waits = _end_of(count) != _end_of(ruling.count), earliest != first.count.earliest
        if self._stated is not None and ruling is first and not moved and not waits:
            asked = any(self._calendar.first_provisional(*days) for days in looked)
            return replace(self._stated, provisional=self._estimated or asked, trace=tuple(lines))
        if waits and earliest is not None:
            lines.append(TraceLine(earliest, "earliest", "excluded-added"))
        if moved:
            lines.append(_moved_line(count))
        if self._rule.by_the_hour and count.due is not None:
            lines = [line for line in lines if line.what != "office-due"]
            lines.append(TraceLine(count.due, "office-due", "same-as-due"))
        if ruling is not first:
            looked += count.looked
        limits = ended(
            replace(count, earliest=earliest, looked=looked, lines=tuple(lines)), self._calendar, office
        )
        return replace(limits, provisional=limits.provisional or self._estimated)

    # ------------------------------------------------------------ ends

    def _named(self, end: date | datetime) -> NominalEnd:
        """A named day is kept; once it moves it rolls as the rule says, but not back to before that day."""
        first = self._ends[0].count
        bare = NominalEnd(first.start, first.opens_at, first.earliest)
        zone = self._calendar.zone
        if self._rule.by_the_hour:
            due = end if isinstance(end, datetime) else self._calendar.midnight_after(end)
            return replace(bare, due=due.astimezone(zone))
        day = self._calendar.local_date(end) if isinstance(end, datetime) else end
        return replace(bare, nominal=day, kept_after=day - _DAY)

    def _ruling(self, ends: Iterable[_End]) -> _End:
        """The latest end; of equal ones that of the rule."""
        first, *named = ends
        ruling, latest = first, self._due(first)
        for end in named:
            due = self._due(end)
            if due is not None and (latest is None or due > latest):
                ruling, latest = end, due
        return ruling

    def _due(self, end: _End) -> datetime | None:
        due = due_of(self._moved(end), self._calendar)
        return None if due is None else in_utc(due)

    def _measure(self, act: AcceptedAct, due: datetime) -> None:
        """Note each bound that a grant until `due` goes past, counted from the limit without any grant."""
        allowed = self._extension
        if allowed.times is not None and self._grants >= allowed.times:
            self.beyond.append((act, "times", None))
        own = [end for end in self._ends if end.act is None or end.act.kind is ActKind.RETURN]
        count = self._moved(self._ruling(own))
        limit = due_of(count, self._calendar)
        if limit is None:
            allowed, limit = replace(allowed, most=None), count.start
        last_day = last_day_of(count, self._calendar)
        for name, until in furthest(allowed, self.start, limit, last_day, self._calendar):
            if due > in_utc(until):
                self.beyond.append((act, name, until))

    # ------------------------------------------------------------ time that does not count

    def _spans(self, pauses: Iterable[AcceptedAct]) -> Iterator[tuple[AcceptedAct, datetime, datetime]]:
        """What each pause adds to those before it, in UTC: time that two cover is counted once.

        One that still stands adds nothing yet.
        """
        covered = self._begin
        for act in pauses:
            if act.kind is not ActKind.PAUSE or act.until is None:
                continue
            first, last = max(in_utc(act.at), covered), in_utc(act.until)
            if last > first:
                yield act, first, last
                covered = last

    def _out(self, first: datetime, last: datetime) -> Excluded:
        return excluded(self._rule, self._rule.by_the_hour, first, last, self._calendar)

    def _excluded(self, pauses: Iterable[AcceptedAct]) -> tuple[Excluded, _Looked]:
        """What does not count in all, and the runs of days asked whether they were worked."""
        span, days, unit = timedelta(0), 0, TimeUnit.DAY
        looked = []
        for _, first, last in self._spans(pauses):
            out = self._out(first, last)
            span, days, unit = span + out.span, days + out.days, out.unit
            run = self._calendar.local_date(first) + _DAY, self._calendar.local_date(last)
            if unit is TimeUnit.WORKING_DAY and run[0] <= run[1]:
                looked.append(run)
        return Excluded(span, days, unit), tuple(looked)

    def _moved(self, end: _End) -> NominalEnd:
        """An end with the time added that does not count."""
        count = end.count
        if not self._can_move(end):
            return count
        out, looked = self._excluded(end.pauses)
        if count.due is not None:
            return replace(count, due=self._later(count.due, out.span))
        assert count.nominal is not None
        if out.none:  # also a named day: it rolls only once it has moved
            return replace(count, looked=(*count.looked, *looked))
        nominal = day_shifted(count.nominal, out, self._calendar)
        if out.unit is TimeUnit.WORKING_DAY:
            looked += ((count.nominal + _DAY, nominal),)
        kept_after = count.kept_after
        earliest, _ = self._earliest()
        if end.act is None and earliest is not None and kept_after is not None:
            kept_after = max(kept_after, self._full_day(earliest))
        return replace(
            count,
            nominal=nominal,
            roll=self._rule.roll,
            kept_after=kept_after,
            looked=(*count.looked, *looked),
        )

    def _can_move(self, end: _End) -> bool:
        """A minimum has no end to move, and when a case closes is not counted."""
        return end.count.nominal is not None or (self._rule.by_the_hour and end.count.due is not None)

    def _earliest(self) -> tuple[datetime | None, _Looked]:
        """When the minimum is over, moved by the pauses that began before; and the days looked at."""
        earliest = self._ends[0].count.earliest
        if earliest is None:
            return None, ()
        out, looked = self._excluded(self._before_earliest)
        if out.none:
            return earliest, looked
        if self._rule.by_the_hour:
            return self._later(earliest, out.span), ()
        full = self._full_day(earliest)
        moved = day_shifted(full, out, self._calendar)
        if out.unit is TimeUnit.WORKING_DAY:
            looked += ((full + _DAY, moved),)
        return self._calendar.midnight_after(moved), looked

    def _full_day(self, midnight: datetime) -> date:
        """The day whose 24:00 this is."""
        return self._calendar.local_date(in_utc(midnight) - _JUST_BEFORE)

    def _later(self, instant: datetime, span: timedelta) -> datetime:
        return (in_utc(instant) + span).astimezone(self._calendar.zone)

    # ------------------------------------------------------------ the trace

    def _lines_of_acts(self) -> Iterator[TraceLine]:
        idle = {act.entered for act, _ in self.ineffective}
        spans = {act.entered: (first, last) for act, first, last in self._spans(self._acts)}
        zone = self._calendar.zone
        moving = {act.entered for end in self._ends if self._can_move(end) for act in end.pauses}
        moving |= {act.entered for act in self._before_earliest}
        for act in self._acts:
            if act.entered in spans and act.entered in moving:
                yield from self._pause_line(*spans[act.entered])
            elif act.kind is ActKind.NOTE:
                yield TraceLine(act.at.astimezone(zone), "count", act.reason)
            elif act.kind is ActKind.CLOSED_CASE:
                yield TraceLine(act.at.astimezone(zone), "due", "case-closed")
            elif act.end is not None and act.entered not in idle:
                end = act.end.astimezone(zone) if isinstance(act.end, datetime) else act.end
                if act.kind is ActKind.GRANT:
                    yield TraceLine(end, "due", "extended-until", {"by": act.by, "reason": act.reason})
                else:
                    yield TraceLine(end, "due", "returned-until", {"by": act.by})

    def _pause_line(self, first: datetime, last: datetime) -> Iterator[TraceLine]:
        out = self._out(first, last)
        if out.none:
            return
        days = [self._calendar.local_date(instant).isoformat() for instant in (first, last)]
        args = {"first": days[0], "last": days[1]}
        at = last.astimezone(self._calendar.zone)
        if out.span:
            minutes = str(round(out.span.total_seconds() / 60))
            yield TraceLine(at, "count", "paused-hours", {**args, "amount": minutes, "unit": "minute"})
        else:
            length = {"amount": str(out.days), "unit": str(out.unit)}
            yield TraceLine(at, "count", "paused-days", {**args, **length})


def _end_of(count: NominalEnd) -> date | datetime | None:
    return count.due if count.nominal is None else count.nominal


def _moved_line(count: NominalEnd) -> TraceLine:
    if count.nominal is not None:
        return TraceLine(count.nominal, "last-day", "excluded-added")
    assert count.due is not None
    return TraceLine(count.due, "due", "excluded-added")


def _stands(act: AcceptedAct) -> bool:
    return act.kind is ActKind.PAUSE and act.until is None
