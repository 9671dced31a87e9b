"""Quotas, ratios, pace. Pure: time is an argument. No figures is a state of its own, never nought."""

from __future__ import annotations

from collections.abc import Sequence
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
class Bound:
    """What is owed in the end: at least so much, or at most so much of a ratio.

    At least and at most (以上, 以下) include the number itself, more than and less than (超過, 不滿) do not:
    Civil Code art. 1259. No figures keep no bound.
    """

    value: float
    ceiling: bool = False
    strict: bool = False

    def kept(self, total: float | None) -> bool:
        if total is None:
            return False
        above = total - self.value if not self.ceiling else self.value - total
        return above > TOLERANCE if self.strict else above >= -TOLERANCE

    @property
    def kind(self) -> str:
        """The code of its wording: "at-least", "above", "at-most" or "below"."""
        if self.ceiling:
            return "below" if self.strict else "at-most"
        return "above" if self.strict else "at-least"


@dataclass(frozen=True, slots=True)
class Count:
    """Where a measured deadline stands: what was counted, what pace asks for now, what is owed in the end.

    `value` is an amount, or per cent; None for no figures. Where it does not apply there is nothing to owe.
    A ceiling asks for itself at any time.
    """

    value: float | None
    bound: Bound
    expected: float
    applies: bool = True

    @property
    def met(self) -> bool:
        return not self.applies or self.bound.kept(self.value)

    @property
    def on_pace(self) -> bool:
        if not self.applies or self.bound.ceiling:
            return self.met
        return self.value is not None and self.value >= self.expected - TOLERANCE


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


def added_up(totals: Sequence[float | None]) -> float | None:
    """The sum of several totals; None where there are no figures at all, and without those that have none."""
    given = [total for total in totals if total is not None]
    return sum(given) if given else None


def exceeded(total: float | None, maximum: float | None) -> bool:
    """Whether more was done than the plan asks for; a note, nobody's fault."""
    return total is not None and maximum is not None and total > maximum + TOLERANCE


def out_of_reach(lost: float, percent: float) -> bool:
    """Whether a rate can no longer be met: all are owed, and one is lost for good.

    Below a hundred per cent, later cases in time may still make up for it.
    """
    return percent >= 100 - TOLERANCE and lost > TOLERANCE


def uncoverable(lost: int, owing: int, bound: Bound) -> bool:
    """Whether too many of those who owe can no longer count for a coverage of at least so many per cent."""
    return owing > 0 and not bound.kept(100 * (owing - lost) / owing)


def over_for_good(fraction: Fraction | None, bound: Bound, all_known: bool) -> bool:
    """Whether a ceiling can no longer be kept: what counts towards it only grows.

    Where `all_known`, so many as owe it, the ratio only grows, too. Elsewhere later cases may still bring it
    down, unless none at all is allowed and there is one.
    """
    if fraction is None or fraction.percent is None:
        return False
    if all_known:
        return not bound.kept(fraction.percent)
    return bound.value <= TOLERANCE and fraction.numerator > TOLERANCE


def too_little_time(total: float | None, bound: Bound, days_left: int, per_day: float) -> bool:
    """Whether what is missing of a quota is more than the days left hold, today's included."""
    return not bound.kept((total or 0.0) + per_day * max(days_left, 0))


def on_pace(total: float | None, minimum: float, first: datetime, due: datetime, now: datetime) -> bool:
    """Whether there are figures and they keep up with linear pace."""
    return total is not None and total >= expected(minimum, first, due, now) - TOLERANCE


def within(day: date, first: date, last: date) -> bool:
    """Whether an entry's day counts for a period; both ends count."""
    return first <= day <= last
