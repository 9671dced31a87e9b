"""The turns of a recurring rule: one after another while a case is open, counted from one start.

The next turn begins when the one before falls due, whenever that was handed in. Every turn is counted from
the start of the first, so that nothing drifts: months end on the corresponding day (Civil Code art. 202), and
of days the first is not counted (art. 201; both checked 2026-11-22). Turns at times of the day end with each
of these times, the first with the next one after the start.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from alertd.core.calendar import WorkCalendar
from alertd.core.counting import NominalEnd, counted_days, day_after, end_of, ended, length_args, shifted
from alertd.core.day_times import times_of
from alertd.core.timing import (
    Closing,
    Duration,
    Limits,
    OfficeHours,
    Rule,
    RuleKind,
    TimeUnit,
    TraceLine,
)

_DAY = timedelta(days=1)


def turn_limits(
    rule: Rule, start: datetime, number: int, calendar: WorkCalendar, office: OfficeHours
) -> Limits:
    """The limits of the turn `number`, from 1 on, of turns counted from `start` (aware). In the zone.

    Raises:
        ValueError: the rule does not recur, or there is no such turn.
    """
    return ended(turn_count(rule, start, number, calendar, office), calendar, office)


def turn_count(
    rule: Rule, start: datetime, number: int, calendar: WorkCalendar, office: OfficeHours
) -> NominalEnd:
    """The same turn, counted to its nominal end. Raises what `turn_limits` raises."""
    if rule.kind is not RuleKind.RECURRING or rule.maximum is None or number < 1:
        raise ValueError(f'"{rule.text}" has no turn {number}')
    start = start.astimezone(calendar.zone)
    opens_at = turn_due(rule, start, number - 1, calendar, office)
    if rule.times:
        return _timed_turn(rule, start, opens_at, number, calendar, office)
    length = length_args(rule.maximum)
    turn = TraceLine(opens_at, "count", "turn", {**length, "number": str(number)})
    if rule.by_the_hour:
        due = turn_due(rule, start, number, calendar, office)
        over = TraceLine(due, "due", "turn-over", length)
        closing = TraceLine(due, "office-due", "same-as-due")
        exact = (TraceLine(start, "start", "hours-from-start"), turn, over, closing)
        return NominalEnd(opens_at, opens_at, due=due, lines=exact)
    day = start.date()
    last = day_after(day, _times(rule.maximum, number), calendar)
    first = day + _DAY if number == 1 else opens_at.date()
    lines = [
        TraceLine(start, "start", "first-day-not-counted", {"day": day.isoformat()}),
        turn,
        *counted_days(first, last, rule.maximum, calendar),
        TraceLine(last, "last-day", "turn-over", length),
    ]
    looked = ((day + _DAY, last),) if rule.maximum.unit is TimeUnit.WORKING_DAY else ()
    return NominalEnd(opens_at, opens_at, nominal=last, looked=looked, lines=tuple(lines))


def turn_due(
    rule: Rule, start: datetime, number: int, calendar: WorkCalendar, office: OfficeHours
) -> datetime:
    """When the turn `number` falls due; of turn 0 the start itself."""
    assert rule.maximum is not None
    if number == 0:
        return start.astimezone(calendar.zone)
    if rule.times:
        day, at, _ = _time_of_turn(rule, start, number, calendar, office)
        return end_of(day, at, calendar)
    if rule.by_the_hour:
        return shifted(start, _times(rule.maximum, number), calendar)
    day = calendar.local_date(start)
    return calendar.midnight_after(day_after(day, _times(rule.maximum, number), calendar))


def turn_due_after(
    rule: Rule, start: datetime, instant: datetime, calendar: WorkCalendar, office: OfficeHours
) -> int:
    """The number of the first turn that falls due after `instant`."""
    high = 1
    while turn_due(rule, start, high, calendar, office) <= instant:
        high *= 2
    low = high // 2  # turn 0, the start, or one that has fallen due
    while high - low > 1:
        middle = (low + high) // 2
        if turn_due(rule, start, middle, calendar, office) <= instant:
            low = middle
        else:
            high = middle
    return high


def _times(every: Duration, number: int) -> Duration:
    return Duration(every.amount * number, every.unit, every.more * number)


# ---------------------------------------------------------------- at times of the day


def _timed_turn(
    rule: Rule, start: datetime, opens_at: datetime, number: int, calendar: WorkCalendar, office: OfficeHours
) -> NominalEnd:
    day, at, closing = _time_of_turn(rule, start, number, calendar, office)
    first = calendar.local_date(opens_at)
    lines = (
        TraceLine(opens_at, "start", "time-turn", {"number": str(number)}),
        *calendar.marks(first, day),
        TraceLine(day, "last-day", "next-time"),
    )
    looked: tuple[tuple[date, date], ...] = ((calendar.local_date(start), day),)
    if rule.maximum != Duration(1, TimeUnit.WORKING_DAY):
        looked, lines = (), (lines[0], lines[-1])
    return NominalEnd(opens_at, opens_at, nominal=day, at=at, looked=looked, lines=lines, closing=closing)


def _time_of_turn(
    rule: Rule, start: datetime, number: int, calendar: WorkCalendar, office: OfficeHours
) -> tuple[date, time | None, bool]:
    """Day and time the turn `number` ends at, and whether that is the close of business."""
    times = times_of(rule, office)
    first = calendar.local_date(start)
    working = rule.maximum == Duration(1, TimeUnit.WORKING_DAY)
    counts = not working or calendar.is_workday(first)
    today = [each for each in times if counts and end_of(first, each[1], calendar) > start]
    if number <= len(today):
        day, (named, at) = first, today[number - 1]
    else:
        days, place = divmod(number - len(today) - 1, len(times))
        unit = TimeUnit.WORKING_DAY if working else TimeUnit.DAY
        day, (named, at) = day_after(first, Duration(days + 1, unit), calendar), times[place]
    return day, at, isinstance(named, Closing)
