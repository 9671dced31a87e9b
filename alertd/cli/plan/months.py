"""A year as twelve small months, to be compared with a printed calendar: days off and weekend days worked."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.core.calendar import CalendarYear

#: what stands behind a day
_OFF, _WORKED = "*", "+"
#: months side by side: three are 72 columns wide
_BESIDE = 3
_CELL = 3
_GAP = "   "


def month_lines(
    months: Sequence[tuple[int, int]], years: Mapping[int, CalendarYear], session: Session
) -> list[str]:
    """The months (year and month) in rows of three, with the meaning of the signs. `years` has their days."""
    from alertd.messages.wrap import columns

    width = 7 * _CELL
    lines: list[str] = []
    for at in range(0, len(months), _BESIDE):
        blocks = [_month(year, month, years[year], session) for year, month in months[at : at + _BESIDE]]
        for cells in zip_longest(*blocks, fillvalue=""):
            padded = [cell + " " * (width - columns(cell)) for cell in cells]
            lines.append(("  " + _GAP.join(padded)).rstrip())
        lines.append("")
    return [*lines, "  " + session.say("calendar.signs", off=_OFF, worked=_WORKED)]


def _month(year: int, month: int, days: CalendarYear, session: Session) -> list[str]:
    words = session.words
    title = words.say("period.month", year=year, month=words.word("month", str(month)))
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    return [title, session.say("calendar.week"), *(_week(week, month, days) for week in weeks)]


def _week(week: Iterable[date], month: int, days: CalendarYear) -> str:
    cells = (f"{day.day:2}{_sign(day, days)}" if day.month == month else " " * _CELL for day in week)
    return "".join(cells)


def _sign(day: date, days: CalendarYear) -> str:
    return _WORKED if day in days.work else _OFF if day in days.off else " "
