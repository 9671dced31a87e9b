"""Who is on duty at an instant: people who take turns, and shifts written one by one. Pure.

A shift begins on a day and may end on the next. Of what covers one instant at one post the highest layer
counts: an override, before a shift that is written, before a rotation. Every interval is half open: who is
relieved at 08:00 is off duty then, and who relieves them is on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from alertd.core.calendar import WorkCalendar

#: a unit and one of its positions
Post = tuple[str, str]

_DAY = timedelta(days=1)
_WEEK = 7
#: how far the end of one stretch is looked for, before and after
_IN_SIGHT = timedelta(days=64)
_LAYERS = ("rotation", "shift", "override")
#: days of posts that are remembered: a burst asks for one instant of sixty posts
_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a shift lasts; one that does not end later than it begins ends on the next day."""

    start: time
    end: time

    @property
    def over_midnight(self) -> bool:
        return self.end <= self.start


@dataclass(frozen=True, slots=True)
class Rotation:
    """People who take turns at a post. Each of `crews` is one or several ids of people, on duty together.

    `turn` says how long a crew stays before the next one comes: a "shift", a "day" or a "week". Only days
    that are among `days` ("all", "workdays", "rest-days") have shifts, and only they are counted; weeks are
    counted from `since`, which is the first crew's.
    """

    id: str
    unit: str
    position: str
    crews: tuple[tuple[str, ...], ...]
    hours: tuple[Hours, ...]  # in order, none reaching into another
    since: date
    until: date | None = None  # the last day on which a shift begins
    turn: str = "day"
    days: str = "all"
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One shift as it is written, in local time. An `override` wins over every other."""

    unit: str
    position: str
    people: tuple[str, ...]
    start: tuple[date, time]
    end: tuple[date, time]
    override: bool = False
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """What the files say of who is on duty when."""

    rotations: tuple[Rotation, ...] = ()
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's time on duty at one post. `source` names where that is written: a rotation, a line."""

    start: datetime
    end: datetime
    people: tuple[str, ...]
    layer: int
    source: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A stretch of time in which the same turns count. No `turns`: nobody is on duty; several: too many."""

    start: datetime
    end: datetime
    turns: tuple[Turn, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Ids, each once."""
        return tuple(dict.fromkeys(name for turn in self.turns for name in turn.people))


@dataclass(frozen=True, slots=True)
class Clash:
    """One person who is on duty at several posts at once."""

    person: str
    start: datetime
    end: datetime
    posts: tuple[Post, ...]


class Duty:
    """Answers from one plan and one calendar. Immutable to whoever asks; safe to share between threads."""

    def __init__(self, plan: DutyPlan, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._rotations: dict[Post, list[Rotation]] = {}
        self._written: dict[Post, list[Written]] = {}
        for rotation in plan.rotations:
            self._rotations.setdefault((rotation.unit, rotation.position), []).append(rotation)
        for shift in plan.written:
            self._written.setdefault((shift.unit, shift.position), []).append(shift)
        self.posts: tuple[Post, ...] = tuple({**self._rotations, **self._written})
        self._days: dict[tuple[Post, date], tuple[Watch, ...]] = {}

    def keeps(self, post: Post) -> bool:
        """Whether the plan says anything of a post."""
        return post in self._rotations or post in self._written

    def people(self, post: Post, at: datetime) -> tuple[str, ...]:
        """The ids of those on duty at an instant; empty where nobody is, and at posts not in the plan."""
        if not self.keeps(post):
            return ()
        day = self._calendar.local_date(at)
        watches = self._days.get((post, day))
        if watches is None:
            if len(self._days) >= _REMEMBERED:
                self._days.clear()
            first, last = self._calendar.instant(day, time()), self._calendar.midnight_after(day)
            watches = self._days[post, day] = self.between(post, first, last)
        return watches[bisect_right(watches, at, key=lambda each: each.start) - 1].people

    def between(self, post: Post, first: datetime, last: datetime) -> tuple[Watch, ...]:
        """Who is on duty from `first` until `last`, in order and without a hole: nobody is a stretch too."""
        if last <= first:
            return ()
        turns = self._turns(post, first, last)
        marks = {first, last, *(at for turn in turns for at in (turn.start, turn.end) if first < at < last)}
        found: list[Watch] = []
        edges = sorted(marks)
        for start, end in pairwise(edges):
            there = _highest([turn for turn in turns if turn.start <= start and end <= turn.end])
            if found and found[-1].turns == there:
                found[-1] = Watch(found[-1].start, end, there)
            else:
                found.append(Watch(start, end, there))
        return tuple(found)

    def around(self, post: Post, at: datetime) -> Watch:
        """The stretch of time in which `at` lies; of one that has no end in sight, some months of it."""
        reach = _DAY
        while True:
            watches = self.between(post, at - reach, at + reach)
            found = next(watch for watch in watches if watch.start <= at < watch.end)
            if reach >= _IN_SIGHT or (at - reach < found.start and found.end < at + reach):
                return found
            reach *= 4

    def clashes(self, first: datetime, last: datetime) -> tuple[Clash, ...]:
        """Who is on duty at several posts at once, in order of time."""
        times: dict[str, list[tuple[datetime, datetime, Post]]] = {}
        for post in self.posts:
            for watch in self.between(post, first, last):
                for person in watch.people:
                    times.setdefault(person, []).append((watch.start, watch.end, post))
        found = [clash for person, theirs in times.items() for clash in _overlaps(person, theirs)]
        return tuple(sorted(found, key=lambda each: (each.start, each.person)))

    def _turns(self, post: Post, first: datetime, last: datetime) -> list[Turn]:
        """All turns at a post that touch the time from `first` until `last`, of every layer."""
        found = [turn for each in self._rotations.get(post, ()) for turn in self._turns_of(each, first, last)]
        found += [self._turn(each) for each in self._written.get(post, ())]
        return [turn for turn in found if turn.start < last and first < turn.end]

    def _turns_of(self, rotation: Rotation, first: datetime, last: datetime) -> Iterator[Turn]:
        day = max(rotation.since, self._calendar.local_date(first) - _DAY)
        until = self._calendar.local_date(last)
        until = until if rotation.until is None else min(until, rotation.until)
        while day <= until:
            if self._has_shifts(rotation, day):
                for number, hours in enumerate(rotation.hours):
                    crew = rotation.crews[self._crew(rotation, day, number)]
                    start = self._calendar.instant(day, hours.start)
                    end = self._calendar.instant(day + _DAY if hours.over_midnight else day, hours.end)
                    yield Turn(start, end, crew, 0, rotation.id)
            day += _DAY

    def _has_shifts(self, rotation: Rotation, day: date) -> bool:
        return rotation.days == "all" or self._calendar.is_workday(day) == (rotation.days == "workdays")

    def _crew(self, rotation: Rotation, day: date, number: int) -> int:
        """Which crew has the shift of this number on a day."""
        passed = (day - rotation.since).days
        if rotation.turn == "week":
            return passed // _WEEK % len(rotation.crews)
        if rotation.days != "all":
            worked = self._calendar.workdays_after(rotation.since - _DAY, day - _DAY)
            passed = worked if rotation.days == "workdays" else passed - worked
        if rotation.turn == "shift":
            passed = passed * len(rotation.hours) + number
        return passed % len(rotation.crews)

    def _turn(self, shift: Written) -> Turn:
        start, end = self._calendar.instant(*shift.start), self._calendar.instant(*shift.end)
        return Turn(start, end, shift.people, 2 if shift.override else 1, f"{shift.file}:{shift.line}")


def _highest(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Those of the layer that counts."""
    top = max((turn.layer for turn in turns), default=0)
    return tuple(turn for turn in turns if turn.layer == top)


def _overlaps(person: str, times: Iterable[tuple[datetime, datetime, Post]]) -> Iterator[Clash]:
    """Where stretches of one person's time lie over each other; touching is none."""
    ordered = sorted(times, key=lambda each: each[:2])
    edges = sorted({at for start, end, _ in ordered for at in (start, end)})
    last: Clash | None = None
    for start, end in pairwise(edges):
        posts = tuple(sorted(post for a, b, post in ordered if a <= start and end <= b))
        if len(posts) < 2:
            continue
        if last is not None and last.end == start and last.posts == posts:
            last = Clash(person, last.start, end, posts)
            continue
        if last is not None:
            yield last
        last = Clash(person, start, end, posts)
    if last is not None:
        yield last


def layer_called(number: int) -> str:
    """How a layer is called: "rotation", "shift", "override"."""
    return _LAYERS[number]


def people_of(plan: DutyPlan) -> Mapping[str, None]:
    """The ids of everybody the plan names, each once."""
    crews = (crew for rotation in plan.rotations for crew in rotation.crews)
    return dict.fromkeys(name for crew in (*crews, *(each.people for each in plan.written)) for name in crew)
