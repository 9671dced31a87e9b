"""What comes: the limits of the next days, by day, by unit or by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from alertd.core.standing import Colour
from alertd.engine.reporting.ahead import day_of
from alertd.engine.reporting.queries import Stood, listed
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Call, Shown
from alertd.web.pages.lines import Line, colour_shown, lines_of
from alertd.web.pages.lists import Wanted, wanted_of

#: days that are shown where nobody says how many, and the most that one page shows
DAYS, MOST_DAYS = 14, 62
#: deadlines named on one page; what is counted is all
_MOST = 200


class Ahead(Wanted):
    """Which days, for whom, and how they are grouped."""

    by: Literal["day", "unit", "item"] = "day"


class Bar(Shown):
    """One day of the picture: how many limits, and how many of them have each colour; `rest` is a day off."""

    day: date
    red: int
    yellow: int
    green: int
    grey: int
    rest: bool

    @property
    def count(self) -> int:
        return self.red + self.yellow + self.green + self.grey


class Group(Shown):
    """A day, a unit or an item: of `count` deadlines those named; `name` is the day or the id."""

    name: str
    count: int
    lines: tuple[Line, ...]


class Coming(Shown):
    """From the first to the last day, both included."""

    wanted: dict[str, str]
    by: str
    first: date
    last: date
    count: int
    bars: tuple[Bar, ...]
    groups: tuple[Group, ...]
    lost: tuple[str, ...]


def coming(call: Call) -> Coming:
    """Limits of unfinished deadlines, those that have not begun among them. Raises Refused: "many-days"."""
    scope, asked = call.scope, call.asked
    span = asked.span(scope, DAYS)
    first = span.first or scope.today
    last = span.last or first + timedelta(days=DAYS - 1)
    if (last - first).days >= MOST_DAYS:
        raise Refused("many-days", found=(last - first).days + 1, most=MOST_DAYS)
    days = {"first": first.isoformat(), "last": last.isoformat(), "days": "", "which": "ahead"}
    wanted, unknown = wanted_of(asked.model_copy(update=days), scope)
    found, lost = listed(scope, wanted)
    if unknown and not found:
        raise unknown
    found = [each for each in found if asked.colour in ("", colour_shown(each))]
    return Coming(
        wanted=asked.model_dump(by_alias=True),
        by=asked.by,
        first=first,
        last=last,
        count=len(found),
        bars=tuple(bars_of(scope, found, first, last)),
        groups=tuple(_groups(scope, found, asked.by)),
        lost=tuple(each.name for each in lost),
    )


def bars_of(scope: Scope, stood: Iterable[Stood], first: date, last: date) -> Iterable[Bar]:
    """A bar for each day from the first to the last."""
    counts: dict[date, Counter[str]] = {}
    for each in stood:
        counts.setdefault(_day(scope, each), Counter())[colour_shown(each)] += 1
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        found = counts.get(day, Counter())
        colours = {str(colour): found[colour] for colour in Colour}
        yield Bar(day=day, rest=not scope.world.calendar.is_workday(day), **colours)


def _groups(scope: Scope, stood: Iterable[Stood], by: str) -> Iterable[Group]:
    """Days in their order; units and items with most to do first."""
    found: dict[str, list[Stood]] = {}
    for each in stood:
        name = each.row.obligation if by == "item" else each.row.unit
        found.setdefault(_day(scope, each).isoformat() if by == "day" else name, []).append(each)
    order = sorted(found) if by == "day" else sorted(found, key=lambda name: (-len(found[name]), name))
    left = _MOST
    for name in order:
        named = found[name][: max(left, 0)]
        left -= len(named)
        yield Group(name=name, count=len(found[name]), lines=lines_of(named))


def _day(scope: Scope, stood: Stood) -> date:
    assert stood.row.due is not None  # or it would not be within the days
    return day_of(scope.world, stood.row.due)
