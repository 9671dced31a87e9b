"""The State Council's yearly holiday notice, pasted as text: which days are off, which weekends are worked.

The forms are those of the notices for 2013 to 2026 (国务院办公厅关于…年部分节假日安排的通知) and of those
that changed a year: the anniversary (2015), the holiday given anew (2019), the holiday lengthened (2020).
They are written down from memory and tried against published calendars; the originals were not read again.
Traditional and simplified Chinese are read alike. What a web page puts around the notice, and advice in it,
is left out and kept to be shown; what is read must add up to the days the law gives.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from alertd.config.faults import Fault, shown
from alertd.config.notice_dates import DAY
from alertd.config.notice_law import FIRST_YEAR, LAST_YEAR, statutory_days, weekdays_gained
from alertd.config.notice_orders import Orders, read_part
from alertd.config.notice_text import HOLIDAYS, Found, Part, Pasted, find_notice

_NUMBER = re.compile(r"国办?发(?:明电)?[\[(]\d{4}[\])](?:第)?\d+[号日]")
_ADDRESS = re.compile(r"https?://[\w./-]+")
#: the office and the day of signing, alone on a line
_SIGNED = re.compile(r"(?:国务院(?:办公厅)?)?(?:\d{4}年\d{1,2}月\d{1,2}日)?(?:\(此件公开发布\))?")
#: how much of what was left out a fault quotes
_QUOTED = 60


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the paste, or a part of one, that was not taken for an order. `dated`: it holds a date."""

    line: int
    column: int
    text: str
    dated: bool


@dataclass(slots=True)
class Notice:
    """What one notice says. `whole` notices give a year; others change the holidays in `holidays` only.

    `off` and `work` may hold days of December before. `lengthened` maps a holiday to its new last day.
    """

    year: int
    source: str
    whole: bool
    off: dict[date, frozenset[str]] = field(default_factory=dict)
    work: list[date] = field(default_factory=list)
    lengthened: dict[str, date] = field(default_factory=dict)
    holidays: set[str] = field(default_factory=set)
    left_out: tuple[LeftOut, ...] = ()


def read_notice(file: str, text: str) -> tuple[Notice | None, tuple[Fault, ...]]:
    """The notice, or every fault in it. Never raises; pure. `file` is the name used in faults."""
    reader = _Reader(file, text)
    notice = reader.run()
    return (None if reader.faults else notice), tuple(sorted(set(reader.faults)))


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.pasted = Pasted(text)
        self.faults: list[Fault] = []
        #: what each heading orders, to find it said twice
        self.said: dict[frozenset[str], tuple[list[date], list[date]]] = {}

    def run(self) -> Notice | None:
        found = find_notice(self.pasted.text)
        if found is None:
            self._fault(0, "notice-without-title", {})
            return None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            args = {"year": str(found.year), "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
            self._fault(found.title[0], "notice-year-outside", args)
            return None
        if found.second is not None:
            self._fault(found.second, "notice-second", {"year": str(found.year)})
        notice = Notice(found.year, self._source(found), found.whole)
        left_out = [(0, found.title[0]), (found.title[1], found.start), (found.end, len(self.pasted.text))]
        for part in found.parts:
            orders = read_part(self.pasted.text, part, found.year)
            self._take(orders, part, notice)
            left_out += orders.left_out
        notice.left_out = tuple(self._left_out(sorted(left_out)))
        self._check(notice, found.title[0])
        return notice

    def _source(self, found: Found) -> str:
        text = self.pasted.text
        number, address = _NUMBER.search(text), _ADDRESS.search(text)
        parts = [self.pasted.as_written(*found.title)]
        parts += [f"({self.pasted.as_written(*number.span())})"] if number else []
        parts += [" " + self.pasted.as_written(*address.span())] if address and "gov.cn" in address[0] else []
        return "".join(parts)

    def _take(self, orders: Orders, part: Part, notice: Notice) -> None:
        for misread in orders.misread:
            self._fault(misread.at, misread.code, misread.args)
        notice.lengthened.update(orders.lengthened)
        notice.holidays |= {*part.holidays, *orders.lengthened}
        if not (orders.off or orders.work):
            return
        if not part.holidays:
            found = shown(self.pasted.text[part.start : part.end])
            self._fault(part.start, "notice-without-holiday", {"found": found})
        said = (sorted(orders.off), sorted(orders.work))
        if self.said.setdefault(part.holidays, said) != said:
            names = [name for name, code in HOLIDAYS.items() if code in part.holidays]
            self._fault(part.start, "notice-holiday-twice", {"found": "、".join(names)})
        notice.off.update(dict.fromkeys(orders.off, part.holidays))
        notice.work += [day for day in orders.work if day not in notice.work]

    def _left_out(self, spans: list[tuple[int, int]]) -> list[LeftOut]:
        found: list[LeftOut] = []
        for span in spans:
            for start, end in self.pasted.lines(*span):
                words = self.pasted.text[start:end]
                if re.search(r"\w", words):
                    dated = re.search(DAY, words) is not None and not _SIGNED.fullmatch(words)
                    found.append(
                        LeftOut(*self.pasted.position(start), self.pasted.as_written(start, end), dated)
                    )
        return found

    # ------------------------------------------------------------ what the whole must hold

    def _check(self, notice: Notice, title: int) -> None:
        if not (notice.off or notice.lengthened) and not self.faults:
            self._fault(title, "notice-without-days", {})
        for day in sorted(set(notice.off) & set(notice.work)):
            self._fault(title, "notice-off-and-work", {"found": str(day)})
        for day in sorted({*notice.off, *notice.work, *notice.lengthened.values()}):
            if not date(notice.year - 1, 12, 1) <= day <= date(notice.year, 12, 31):
                self._fault(title, "notice-other-year", {"found": str(day), "year": str(notice.year)})
        if self.faults:
            return
        if notice.whole:
            self._check_days(notice, title)
        if not self.faults and notice.off:
            self._check_balance(notice, title)
        for left in notice.left_out if self.faults else ():
            if left.dated:
                args = {"found": shown(left.text, _QUOTED)}
                self.faults.append(Fault(self.file, left.line, left.column, "notice-left-out", args))

    def _check_days(self, notice: Notice, title: int) -> None:
        missing = [name for name, code in HOLIDAYS.items() if code not in notice.holidays]
        if missing:
            self._fault(title, "notice-holiday-missing", {"missing": "、".join(missing)})
        given = {name: code for name, code in HOLIDAYS.items() if name not in missing}
        worked = [
            f"{day}({name})"
            for name, code in given.items()
            for day in statutory_days(notice.year)[code]
            if day not in notice.off
        ]
        if worked:
            self._fault(title, "notice-day-missing", {"found": "、".join(worked)})

    def _check_balance(self, notice: Notice, title: int) -> None:
        """Every weekday off that the law does not give is worked on a weekend."""
        by_law = statutory_days(notice.year)
        given = set(HOLIDAYS.values()) if notice.whole else notice.holidays
        wanted = sum(len(by_law.get(code, (None,))) for code in given)
        gained = weekdays_gained(notice.off, notice.work)
        if gained != wanted:
            args = {
                "off": str(sum(day.weekday() < 5 for day in notice.off)),
                "work": str(len(notice.work)),
                "gained": str(gained),
                "wanted": str(wanted),
            }
            self._fault(title, "notice-unbalanced", args)

    def _fault(self, at: int, code: str, args: Mapping[str, str]) -> None:
        line, column = self.pasted.position(at)
        self.faults.append(Fault(self.file, line, column, code, args))
