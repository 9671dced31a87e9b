"""The State Council's yearly holiday notice, pasted as text: which days are off, which weekends are worked.

The forms are those of the notices for 2018 to 2026 (国务院办公厅关于…年部分节假日安排的通知) and of
the two that changed a year: the holiday given anew (2019) and the holiday lengthened (2020). They are written
down from memory and tried against the days in schedules/calendar.toml (2026-11-22); the originals were not
read again. Traditional and simplified Chinese are read alike. What holds a date and is not understood is a
fault, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from alertd.config.faults import Fault, listed, shown
from alertd.config.notice_dates import DAY, Misread, days_in, plain
from alertd.config.toml_positions import line_and_column

#: what the notice calls a holiday, and its code in calendar.toml
HOLIDAYS: Mapping[str, str] = {
    "元旦": "new-year",
    "春节": "spring-festival",
    "清明节": "qingming",
    "劳动节": "labour-day",
    "端午节": "dragon-boat",
    "中秋节": "mid-autumn",
    "国庆节": "national-day",
}
#: off in every year: 全国年节及纪念日放假办法 (as amended 2024-11-10); see core/calendar.py
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
#: 2 May became a statutory day with the amendment of 2024-11-10
_SECOND_OF_MAY_SINCE = 2025

_NAMES = "|".join(HOLIDAYS)
_TITLE = re.compile(r"国务院办公厅关于[^。:]{0,40}?(\d{4})年[^。:]{0,40}?的通知")
_NUMBER = re.compile(r"国办发(?:明电)?[\[(]\d{4}[\])](?:第)?\d+号")
_ADDRESS = re.compile(r"https?://[\w./-]+")
_MARK = r"(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d{1,2}[.、](?!\d))?"
_HEADING = re.compile(rf"{_MARK}(?P<names>(?:{_NAMES})(?:[、和及](?:{_NAMES}))*):")
_OTHER_HEADING = re.compile(rf"{_MARK}(?P<name>[^:,、。\d]{{1,8}}节?):")
_LENGTHENED = re.compile(rf"延长.*?(?P<name>{_NAMES})假期至(?P<day>{DAY})")
#: the office and the day at the foot, and what web pages put behind them
_SIGNED = re.compile(r"(?:国务院办公厅)?\d{4}年\d{1,2}月\d{1,2}日(?:\(此件公开发布\))?(?:https?://.*)?")
_TOTAL = re.compile(r"(?:共|放假)(\d+|[一二三四五六七八九十])天")
_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
#: advice to employers, not an order: 鼓励…安排职工在除夕休息 (2024)
_ADVICE = ("鼓励", "可以", "建议")


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


def read_notice(file: str, text: str) -> tuple[Notice | None, tuple[Fault, ...]]:
    """The notice, or every fault in it. Never raises; pure. `file` is the name used in faults."""
    reader = _Reader(file, text)
    notice = reader.run()
    return (None if reader.faults else notice), tuple(sorted(set(reader.faults)))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Plain text up to a full stop and where it stands in the squeezed text."""

    text: str
    start: int


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.original = text
        spelt = plain(text)
        #: blanks and line ends say nothing in Chinese; the places of what is left are kept for the faults
        self.places = [place for place, sign in enumerate(spelt) if not sign.isspace()]
        self.text = "".join(spelt[place] for place in self.places)
        self.faults: list[Fault] = []

    def run(self) -> Notice | None:
        title = _TITLE.search(self.text)
        if title is None:
            self._fault(0, "notice-without-title", {})
            return None
        year = int(title[1])
        if not 1950 <= year <= 2200:
            self._fault(title.start(1), "notice-without-title", {})
            return None
        notice = Notice(year, self._source(title), "部分节假日安排" in title[0])
        named = frozenset(code for name, code in HOLIDAYS.items() if name in title[0])
        names = named
        for sentence in self._sentences(title.end()):
            names = self._heading(sentence, notice) or names
            self._sentence(sentence, names, notice)
        self._check(notice, title.start())
        return notice

    def _source(self, title: re.Match[str]) -> str:
        number, address = _NUMBER.search(self.text), _ADDRESS.search(self.text)
        parts = [self._as_written(title)]
        parts += [f"({self._as_written(number)})"] if number else []
        parts += [" " + self._as_written(address)] if address and "gov.cn" in address[0] else []
        return "".join(parts)

    def _as_written(self, found: re.Match[str]) -> str:
        return "".join(self.original[self.places[at]] for at in range(*found.span()))

    def _sentences(self, start: int) -> Iterator[_Sentence]:
        opening = self.text.find("如下", start)
        start = opening + 2 if opening >= 0 else start
        for found in re.finditer(r"[^。;]+", self.text[start:]):
            yield _Sentence(found[0], start + found.start())

    def _heading(self, sentence: _Sentence, notice: Notice) -> frozenset[str] | None:
        found = _HEADING.search(sentence.text)
        if found is not None:
            names = frozenset(HOLIDAYS[name] for name in re.split("[、和及]", found["names"]))
            notice.holidays |= names
            return names
        other = _OTHER_HEADING.match(sentence.text)
        if other is not None and re.search(DAY, sentence.text):
            args = {"found": shown(other["name"]), "known": listed(HOLIDAYS)}
            self._fault(sentence.start + other.start("name"), "notice-unknown-holiday", args)
            return frozenset()
        return None

    def _sentence(self, sentence: _Sentence, names: frozenset[str], notice: Notice) -> None:
        text = sentence.text
        if not re.search(DAY, text) or any(word in text for word in _ADVICE):
            return
        lengthened = _LENGTHENED.search(text)
        if lengthened is not None:
            for day in self._days(sentence, lengthened.span("day"), notice.year):
                notice.lengthened[HOLIDAYS[lengthened["name"]]] = day
                notice.holidays.add(HOLIDAYS[lengthened["name"]])
        elif "放假" in text and "上班" not in text:
            self._off(sentence, names, notice)
        elif text.endswith("上班") and "放假" not in text:
            self._work(sentence, notice)
        elif not _SIGNED.fullmatch(text):
            self._fault(sentence.start, "notice-unreadable", {"found": shown(text)})

    def _off(self, sentence: _Sentence, names: frozenset[str], notice: Notice) -> None:
        if not names:
            self._fault(sentence.start, "notice-without-holiday", {"found": shown(sentence.text)})
        notice.holidays |= names
        days = self._days(sentence, (0, len(sentence.text)), notice.year)
        total = _TOTAL.search(sentence.text)
        if total is not None and days:
            said = _NUMERALS.get(total[1]) or int(total[1])
            if said != len(days):
                args = {
                    "found": total[0],
                    "first": str(days[0]),
                    "last": str(days[-1]),
                    "days": str(len(days)),
                }
                self._fault(sentence.start + total.start(), "notice-wrong-total", args)
        notice.off.update(dict.fromkeys(days, names))

    def _work(self, sentence: _Sentence, notice: Notice) -> None:
        for day in self._days(sentence, (0, len(sentence.text)), notice.year):
            if day.weekday() < 5:
                self._fault(sentence.start, "notice-work-on-weekday", {"found": str(day)})
            notice.work.append(day)

    def _days(self, sentence: _Sentence, span: tuple[int, int], year: int) -> list[date]:
        """The days named in a part of a sentence, each once, in order; faults for those that cannot be."""
        days: list[date] = []
        for found in days_in(sentence.text[slice(*span)], year):
            if isinstance(found, Misread):
                self._fault(sentence.start + span[0] + found.at, found.code, found.args)
            else:
                days += found
        return list(dict.fromkeys(days))

    # ------------------------------------------------------------ what the whole must hold

    def _check(self, notice: Notice, title: int) -> None:
        if not (notice.off or notice.lengthened) and not self.faults:
            self._fault(title, "notice-without-days", {})
        for day in sorted(set(notice.off) & set(notice.work)):
            self._fault(title, "notice-off-and-work", {"found": str(day)})
        for day in sorted({*notice.off, *notice.work, *notice.lengthened.values()}):
            if not date(notice.year - 1, 12, 1) <= day <= date(notice.year, 12, 31):
                self._fault(title, "notice-other-year", {"found": str(day), "year": str(notice.year)})
        if self.faults or not notice.whole:
            return
        missing = [name for name, code in HOLIDAYS.items() if code not in notice.holidays]
        if missing:
            self._fault(title, "notice-holiday-missing", {"missing": "、".join(missing)})
        always = [date(notice.year, *day) for day in _ALWAYS_OFF]
        always += [date(notice.year, 5, 2)] if notice.year >= _SECOND_OF_MAY_SINCE else []
        for day in sorted(set(always) - set(notice.off)):
            self._fault(title, "notice-day-missing", {"found": str(day)})

    def _fault(self, at: int, code: str, args: Mapping[str, str]) -> None:
        place = self.places[min(at, len(self.places) - 1)] if self.places else 0
        line, column = line_and_column(self.original, place)
        self.faults.append(Fault(self.file, line, column, code, args))
