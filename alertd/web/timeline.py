"""Where things stand on a line of time: a window, its ticks, and for each clock a bar. Pure.

Places are per cent of the window from its left, with two decimals, as pictures take them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: no bar is so short that it cannot be seen
_THINNEST = 0.8
_TICKS = 3


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown, from `first` to `last`; both aware, `last` is later."""

    first: datetime
    last: datetime

    def place(self, at: datetime) -> float:
        """Where an instant is; what lies outside stands at the edge."""
        whole = (self.last - self.first).total_seconds()
        share = (at.astimezone(UTC) - self.first.astimezone(UTC)).total_seconds() / whole
        return round(100 * min(max(share, 0.0), 1.0), 2)

    def holds(self, at: datetime) -> bool:
        """Whether an instant is within it."""
        return self.first <= at <= self.last

    @property
    def ticks(self) -> tuple[tuple[datetime, float], ...]:
        """A few instants to read the others by, with their places."""
        step = (self.last - self.first) / (_TICKS - 1)
        return tuple((at, self.place(at)) for at in (self.first + step * n for n in range(_TICKS)))


@dataclass(frozen=True, slots=True)
class Strip:
    """One clock: the bar of its time, the part of it that is over, and the part beyond its limit.

    Each is a place and a width. None where there is none.
    """

    bar: tuple[float, float]
    over: tuple[float, float] | None
    late: tuple[float, float] | None
    open_end: bool  # nobody knows yet when it ends


def window_of(instants: Iterable[datetime], now: datetime, span: timedelta | None = None) -> Window:
    """From the first instant to the last, or to so long after the first; around `now` where there is none."""
    known = sorted(instants) or [now]
    first, last = known[0], known[-1] if span is None else known[0] + span
    edge = max((last - first) / 40, timedelta(minutes=15))
    return Window(first - edge, last + edge)


def strip_of(
    window: Window, start: datetime, end: datetime | None, done: datetime | None, now: datetime
) -> Strip:
    """The bar of a clock from its start to its limit; `end` is None where it has no limit."""
    here = done or now
    last = end or max(here, start)
    reached = min(here, last)
    return Strip(
        bar=_part(window, start, last),
        over=_part(window, start, reached) if reached > start else None,
        late=_part(window, last, here) if end is not None and here > end else None,
        open_end=end is None and done is None,
    )


def _part(window: Window, first: datetime, last: datetime) -> tuple[float, float]:
    place, end = window.place(first), window.place(last)
    width = max(end - place, _THINNEST)
    return min(place, 100 - width), round(width, 2)


def spans_of(instants: Sequence[datetime], offered: Sequence[timedelta]) -> tuple[timedelta, ...]:
    """Those of the spans offered that show less than everything, and more than the first instant."""
    if len(instants) < 2:
        return ()
    first, whole = min(instants), max(instants) - min(instants)
    return tuple(
        span for span in offered if span < whole and any(timedelta(0) < at - first <= span for at in instants)
    )
