"""Quotas, ratios, pace. Pure: time is an argument. No figures is a state of its own, never nought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alertd.core.model import Checkpoint

#: what a total may miss by, since amounts are decimals people typed (hours, halves and quarters of them)
TOLERANCE = 1e-6
#: sources that are judged as a ratio at the end of the period
RATIOS = frozenset({"cases", "parties", "stock", "given"})


@dataclass(frozen=True, slots=True)
class Fraction:
    """So many of so many. 0 of 0 is a fraction that says nothing: not applicable, never 0 %."""

    numerator: float
    denominator: float

    @property
    def percent(self) -> float | None:
        return 100 * self.numerator / self.denominator if self.denominator > 0 else None


@dataclass(frozen=True, slots=True)
class Count:
    """Where a measured deadline stands: what was counted, what pace asks for now, what is owed in the end.

    `value` is an amount, or per cent; None for no figures. Where it does not apply there is nothing to owe.
    """

    value: float | None
    target: float
    expected: float
    applies: bool = True

    @property
    def met(self) -> bool:
        return not self.applies or met(self.value, self.target)

    @property
    def on_pace(self) -> bool:
        return not self.applies or (self.value is not None and self.value >= self.expected - TOLERANCE)


def expected(minimum: float, first: datetime, due: datetime, now: datetime) -> float:
    """What linear pace asks for by `now`, nothing before `first`, all of it from `due` on."""
    if now >= due:
        return minimum
    if now <= first:
        return 0.0
    return minimum * ((now - first) / (due - first))


def reached_checkpoint(points: tuple[Checkpoint, ...], first: date, last: date, today: date) -> float:
    """What the checkpoints of a period ask for on `today`: a day's figure is owed once that day is over.

    29 February means the last day of February in other years.
    """
    owed = 0.0
    for year in range(first.year, last.year + 1):
        for point in points:
            day = _day_of(year, point)
            if first <= day <= last and day < today:
                owed = max(owed, point.at_least)
    return owed


def _day_of(year: int, point: Checkpoint) -> date:
    try:
        return date(year, point.month, point.day)
    except ValueError:
        return date(year, point.month, 28)


def prorata(minimum: float, first: date, last: date, since: date) -> float:
    """What somebody owes who joins on `since`: the share of the days left, rounded up to a half.

    Both ends of the period count, and so does the day of joining.
    """
    if since <= first:
        return float(minimum)
    if since > last:
        return 0.0
    share = minimum * ((last - since).days + 1) / ((last - first).days + 1)
    return min(float(minimum), -(-round(share * 2, 6) // 1) / 2)


def met(total: float | None, minimum: float) -> bool:
    """At least includes the number itself (Civil Code art. 1259)."""
    return total is not None and total >= minimum - TOLERANCE


def exceeded(total: float | None, maximum: float | None) -> bool:
    """Whether more was done than the plan asks for; a note, nobody's fault."""
    return total is not None and maximum is not None and total > maximum + TOLERANCE


def out_of_reach(lost: float, percent: float) -> bool:
    """Whether a rate can no longer be met: all are owed, and one is lost for good.

    Below a hundred per cent, later cases in time may still make up for it.
    """
    return percent >= 100 - TOLERANCE and lost > TOLERANCE


def uncoverable(lost: int, owing: int, percent: float) -> bool:
    """Whether too many of those who owe can no longer count for a coverage of so many per cent."""
    return owing > 0 and 100 * (owing - lost) / owing < percent - TOLERANCE


def too_little_time(total: float | None, minimum: float, days_left: int, per_day: float) -> bool:
    """Whether what is missing of a quota is more than the days left hold, today's included."""
    return minimum - (total or 0.0) > per_day * max(days_left, 0) + TOLERANCE


def on_pace(total: float | None, minimum: float, first: datetime, due: datetime, now: datetime) -> bool:
    """Whether there are figures and they keep up with linear pace."""
    return total is not None and total >= expected(minimum, first, due, now) - TOLERANCE


def within(day: date, first: date, last: date) -> bool:
    """Whether an entry's day counts for a period; both ends count."""
    return first <= day <= last
