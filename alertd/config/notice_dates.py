"""Dates as a holiday notice writes them: 1月28日(农历除夕、周二)至2月4日, 9月29日(星期六)、30日(星期日)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

#: the traditional characters of the notices, each with its simplified one
_SIMPLIFIED = (
    "調调連连與与慶庆勞劳動动節节補补週周農农曆历歷历國国務务院院關关於于現现將将發发電电號号長长結结臘腊處处應应點点"
    "間间為为禮礼協协經经區区門门勵励議议單单"
)
_ONE_FOR_ONE = {
    **dict(zip(map(ord, _SIMPLIFIED[::2]), _SIMPLIFIED[1::2], strict=True)),
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},  # full-width forms of ASCII
    **{ord(sign): "[" for sign in "\u3014\u3010"},
    **{ord(sign): "]" for sign in "\u3015\u3011"},
    **{ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2014\u2015\u301c\uff5e"},
}
#: one date; only the day must be there, the rest is that of the date before it
DAY = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?"
_DATE = r"(?:(?P<y{0}>\d{{4}})年)?(?:(?P<m{0}>\d{{1,2}})月)?(?P<d{0}>\d{{1,2}})日(?:\((?P<n{0}>[^()]*)\))?"
_RANGE = re.compile(_DATE.format(1) + "(?:(?:至|到|-{1,2})" + _DATE.format(2) + ")?")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"
#: no holiday has been longer than ten days off in a row
_LONGEST = 15


@dataclass(frozen=True, slots=True)
class Misread:
    """A date that cannot be: where in the text, and the code and values of the fault."""

    at: int
    code: str
    args: Mapping[str, str]


def plain(text: str) -> str:
    """The text in simplified characters and half-width signs, of the same length. Only what notices use."""
    return text.translate(_ONE_FOR_ONE)


def days_in(text: str, year: int) -> Iterator[list[date] | Misread]:
    """The days of each date and range in a plain sentence; `year` is that of dates without one."""
    month: int | None = None
    for found in _RANGE.finditer(text):
        if found["y1"]:
            year = int(found["y1"])
        month = int(found["m1"]) if found["m1"] else month
        first = _day(found, "1", year, month)
        if isinstance(first, Misread):
            yield first
            continue
        last = first
        if found["d2"]:
            end = _end(found, first)
            if isinstance(end, Misread):
                yield end
                continue
            last, year, month = end, end.year, end.month
        yield from _weekday_faults(found, first, last)
        yield [first + timedelta(ahead) for ahead in range((last - first).days + 1)]


def _end(found: re.Match[str], first: date) -> date | Misread:
    """The last day of a range: of the month and year of its first, or of the next year where it turns."""
    year = int(found["y2"]) if found["y2"] else first.year
    month = int(found["m2"]) if found["m2"] else first.month
    last = _day(found, "2", year, month)
    if isinstance(last, date) and last < first and not found["y2"] and found["m2"]:
        last = _day(found, "2", year + 1, month)
    if isinstance(last, Misread):
        return last
    if not 0 <= (last - first).days < _LONGEST:
        return Misread(found.start(), "notice-bad-range", {"found": found[0][:40]})
    return last


def _day(found: re.Match[str], which: str, year: int, month: int | None) -> date | Misread:
    at = found.start(f"d{which}")
    if month is None:
        return Misread(at, "notice-no-such-day", {"found": found[0][:40]})
    try:
        return date(year, month, int(found[f"d{which}"]))
    except ValueError:
        return Misread(at, "notice-no-such-day", {"found": f"{year}-{month:02}-{found[f'd{which}']:>02}"})


def _weekday_faults(found: re.Match[str], first: date, last: date) -> Iterator[Misread]:
    for which, day in (("1", first), ("2", last)):
        said = _WEEKDAY.search(found[f"n{which}"] or "")
        if said is None:
            continue
        wanted = _WEEKDAYS.index(said[1].replace("天", "日"))
        if wanted != day.weekday():
            args = {"found": said[0], "day": str(day), "right": f"星期{_WEEKDAYS[day.weekday()]}"}
            yield Misread(found.start(f"n{which}") + said.start(), "notice-wrong-weekday", args)
