"""Quotas and their pace. Pure: time is an argument. No figures is a state of its own, never nought."""

from __future__ import annotations

from datetime import date, datetime

#: what a total may miss by, since amounts are decimals people typed (hours, halves and quarters of them)
TOLERANCE = 1e-6
#: sources that are judged as a ratio at the end of the period
RATIOS = frozenset({"cases", "parties", "stock", "given"})


def expected(minimum: float, first: datetime, due: datetime, now: datetime) -> float:
    """What linear pace asks for by `now`, nothing before `first`, all of it from `due` on."""
    if now >= due:
        return minimum
    if now <= first:
        return 0.0
    return minimum * ((now - first) / (due - first))


def met(total: float | None, minimum: float) -> bool:
    """At least includes the number itself (Civil Code art. 1259)."""
    return total is not None and total >= minimum - TOLERANCE


def on_pace(total: float | None, minimum: float, first: datetime, due: datetime, now: datetime) -> bool:
    """Whether there are figures and they keep up with linear pace."""
    return total is not None and total >= expected(minimum, first, due, now) - TOLERANCE


def within(day: date, first: date, last: date) -> bool:
    """Whether an entry's day counts for a period; both ends count."""
    return first <= day <= last
