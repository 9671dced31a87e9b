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
    "辦办廳厅導导復复紀纪總总計计爭争戰战勝胜"
)
_ONE_FOR_ONE = {
    **dict(zip(map(ord, _SIMPLIFIED[::2]), _SIMPLIFIED[1::2], strict=True)),
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},  # full-width forms of ASCII
    **{ord(sign): "[" for sign in "\u3014\u3010"},
    **{ord(sign): "]" for sign in "\u3015\u3011"},
    **{ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2014\u2015\u301c\uff5e~"},
}
#: what stands behind a date: (农历除夕、周二), or the weekday alone
_NOTE = r"(?:\((?P<n{0}>[^()]*)\)|(?P<b{0}>(?:星期|周|礼拜)[一二三四五六日天]))?"
_DATE = r"(?:(?P<y{0}>\d{{4}})年)?(?:(?P<m{0}>\d{{1,2}})月)?(?P<d{0}>\d{{1,2}})日" + _NOTE
#: 5月1-5日: the day alone, only before a sign that leads to the last day
_FIRST = _DATE.format(1).replace("日", r"(?:日|(?<=月\d)(?=[至到-])|(?<=月\d\d)(?=[至到-]))", 1)
#: one date, without names for its parts; only the day must be there, the rest is that of the date before it
DAY = re.sub(r"\?P<\w+>", "?:", _DATE.format(1))
#: a date, or two with all between them; a group for each part
RANGE = _FIRST + "(?:(?:至|到|-{1,2})" + _DATE.format(2) + ")?"
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
#: 1月1号; 国办发明电[2025]7号 and 第644号 are numbers of documents
_COLLOQUIAL = re.compile(r"(?<![\])第\d电])(\d{1,2})号")
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


def written_alike(text: str) -> str:
    """Plain text without blanks with 日 for 号, but in the number of a document; of the same length."""
    return _COLLOQUIAL.sub(r"\1日", text)


class Dates:
    """Reads the dates of one sentence in order: a date without month or year has those of the one before."""

    def __init__(self, year: int) -> None:
        self._year = year
        self._month: int | None = None

    def read(self, found: re.Match[str]) -> tuple[list[date], list[Misread]]:
        """The days of a match of RANGE, and what is wrong with it. No days where a date cannot be."""
        self._year = int(found["y1"] or self._year)
        self._month = int(found["m1"]) if found["m1"] else self._month
        first = _day(found, "1", self._year, self._month)
        if isinstance(first, Misread):
            return [], [first]
        last = _end(found, first) if found["d2"] else first
        if isinstance(last, Misread):
            return [], [last]
        self._year, self._month = last.year, last.month
        days = [first + timedelta(ahead) for ahead in range((last - first).days + 1)]
        return days, list(_weekday_faults(found, first, last))


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
        group = f"b{which}" if found[f"b{which}"] else f"n{which}"
        said = _WEEKDAY.search(found[group] or "")
        if said is None:
            continue
        wanted = _WEEKDAYS.index(said[1].replace("天", "日"))
        if wanted != day.weekday():
            args = {"found": said[0], "day": str(day), "right": f"星期{_WEEKDAYS[day.weekday()]}"}
            yield Misread(found.start(group) + said.start(), "notice-wrong-weekday", args)
