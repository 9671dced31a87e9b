"""Which step is reached, who must hear of it, and when to look again. Pure: time is an argument.

Decisions compare stored state with `<= now`, never with "exactly now": a step passed during downtime is
reached at the next look, and steps reached together become one message at the highest level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Anchor, Overdue, Policy, Repeat, State, Step, StepTime
from alertd.core.steptimes import Anchors, period_checks, step_instant
from alertd.core.timing import Duration, OfficeHours, Period, TimeUnit


@dataclass(frozen=True, slots=True)
class Reach:
    """A step of one deadline with the instant it is reached. A repeated step has an `id` for each time."""

    id: str
    at: datetime
    step: Step

    def came_before(self, since: datetime) -> bool:
        """Whether it is a check of a time before the deadline was known `since`: it never comes."""
        return self.step.each is not None and self.at < since


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """One message to decide on: the top step, what was merged into it, and the positions it goes to."""

    step_id: str
    level: int
    reached_at: datetime
    merged: tuple[str, ...]
    addressed: tuple[tuple[str, bool], ...]  # (position, asked to act)
    repeat: Repeat | None
    ack: str
    urgent: bool = False  # people are reached in their order for what is urgent


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with one deadline now.

    `passed` are steps reached without a message because of their `unless`. `waits` says why `next_at` is
    None: "completion" (nothing left to say before it is done), "bulletin" (the overdue ladder is used up).
    """

    opens: bool
    alert: AlertPlan | None
    passed: tuple[str, ...]
    fired: tuple[str, ...]
    next_at: datetime | None
    waits: str = ""


def timetable(
    policy: Policy, clock: Anchors, by_the_hour: bool, calendar: WorkCalendar, office: OfficeHours
) -> tuple[Reach, ...]:
    """Every step of `policy` for one deadline in the order they are reached."""
    reaches: list[Reach] = []
    for step in policy.steps:
        if step.each is not None:
            if clock.due is not None:
                reaches += _checks(step, step.each, clock, clock.due, calendar, office)
            continue
        at = step_instant(step.at, clock, by_the_hour, calendar, office)
        if at is not None:
            reaches.append(Reach(step.id, max(at, clock.opens_at), step))
    if policy.overdue is not None and clock.due is not None:
        last_day = clock.last_day or calendar.local_date(clock.due)
        reaches += overdue_ladder(policy.overdue, last_day, calendar, office)
    return tuple(sorted(reaches, key=lambda reach: (reach.at, reach.step.level)))


def _checks(
    step: Step, each: Period, clock: Anchors, due: datetime, calendar: WorkCalendar, office: OfficeHours
) -> list[Reach]:
    """The pace checks of a running deadline; none in its first period, when nobody can be behind yet."""
    checks = period_checks(each, clock.opens_at, due, calendar, office)
    first = calendar.local_date(clock.opens_at)
    months = {Period.YEAR: 12, Period.HALF: 6, Period.QUARTER: 3, Period.MONTH: 1}[each]

    def same(at: datetime) -> bool:
        day = calendar.local_date(at)
        return (day.year, (day.month - 1) // months) == (first.year, (first.month - 1) // months)

    return [Reach(f"{step.id}.{label}", at, step) for label, at in checks if not same(at)]


@lru_cache(maxsize=1024)  # deadlines that end on one day share their rungs; a new calendar is another key
def overdue_ladder(
    overdue: Overdue, last_day: date, calendar: WorkCalendar, office: OfficeHours
) -> tuple[Reach, ...]:
    """The steps after `due`, in order: at office opening of working days counted from the last day."""
    daily = [(f"overdue-{n}", n) for n in range(1, overdue.daily + 1)]
    last = max(overdue.daily, 1)
    weekly = [(f"overdue-week-{n}", last + 5 * n) for n in range(1, overdue.weekly + 1)]
    rungs = []
    for name, days in daily + weekly:
        when = StepTime(text=name, anchor=Anchor.DUE, offset=Duration(days, TimeUnit.WORKING_DAY))
        at = calendar.instant(calendar.next_workday(last_day, days), office.opens)
        rungs.append(Reach(name, at, Step(name, when, overdue.to, overdue.ask, overdue.level)))
    return tuple(rungs)


def decide(
    state: State,
    opens_at: datetime,
    since: datetime,
    fired: tuple[str, ...],
    reaches: tuple[Reach, ...],
    now: datetime,
    excused: Callable[[frozenset[str]], bool],
) -> Decision:
    """Decide one running deadline. `excused(unless)` says whether a step's `unless` holds now.

    Pace checks from before `since` are nobody's debt: a duty counts from the day it was first applied.
    """
    done = set(fired)
    ahead = [r for r in reaches if r.id not in done and not (r.step.each and r.at < since)]
    reached = [r for r in ahead if r.at <= now]
    coming = [r for r in ahead if r.at > now]
    passed = tuple(r.id for r in reached if r.step.unless and excused(r.step.unless))
    speaking = [r for r in reached if r.id not in passed]
    opens = state is State.SCHEDULED and opens_at <= now
    next_at = coming[0].at if coming else None
    if state is State.SCHEDULED and not opens:
        next_at = min(opens_at, next_at) if next_at else opens_at
    last = "bulletin" if any(r.id.startswith("overdue") for r in reaches) else "completion"
    return Decision(
        opens=opens,
        alert=_merge(speaking) if speaking else None,
        passed=passed,
        fired=fired + tuple(r.id for r in reached),
        next_at=next_at,
        waits="" if next_at else last,
    )


def _merge(reached: list[Reach]) -> AlertPlan:
    top = max(reached, key=lambda r: (r.step.level, r.at))
    asked: dict[str, bool] = {}
    for reach in reached:
        for position in reach.step.to:
            asked[position] = asked.get(position, False) or position in reach.step.ask
    return AlertPlan(
        step_id=top.id,
        level=top.step.level,
        reached_at=top.at,
        merged=tuple(r.id for r in reached if r is not top),
        addressed=tuple(asked.items()),
        repeat=top.step.repeat,
        ack=top.step.ack,
        urgent=any(reach.step.urgent for reach in reached),
    )


def rewound(fired: tuple[str, ...], reaches: tuple[Reach, ...], now: datetime) -> tuple[str, ...]:
    """The cursor after a deadline moved: steps that lie ahead again will be spoken again."""
    ahead = {r.id for r in reaches if r.at > now}
    return tuple(step for step in fired if step not in ahead)


def quiet_until(
    until: datetime, fired: tuple[str, ...], reaches: tuple[Reach, ...], now: datetime
) -> datetime:
    """Until when nothing is said after an acknowledgement that holds to `until`: no later than the next step.

    Steps that are silent while somebody has acknowledged say nothing before. `reaches` are in their order.
    """
    ahead = (
        reach.at
        for reach in reaches
        if reach.at > now and reach.id not in fired and "acknowledged" not in reach.step.unless
    )
    return min(until, next(ahead, until))


def first_action(
    state: State, opens_at: datetime, since: datetime, fired: tuple[str, ...], reaches: tuple[Reach, ...]
) -> datetime | None:
    """When a new or moved deadline must first be looked at; may lie in the past, which means at once.

    `reaches` are in the order they are reached.
    """
    ahead = (r.at for r in reaches if r.id not in fired and not (r.step.each and r.at < since))
    first = next(ahead, None)
    if state is not State.SCHEDULED:
        return first
    return opens_at if first is None else min(first, opens_at)
