"""A pasted page and the notice in it: where its orders begin and end, which holiday each part is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alertd.config.notice_dates import DAY, plain, written_alike
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
#: a holiday of one year only, which its title names: 胜利70周年纪念日 (2015)
_ANNIVERSARY = "周年纪念日"

_NAMES = "|".join(f"{name}?" if name.endswith("节") and len(name) > 2 else name for name in HOLIDAYS)
_LIST = rf"(?:{_NAMES})(?:[、和及](?:{_NAMES}))*"
_NUMERAL = "[一二三四五六七八九十]{1,3}"
#: 一、 (一) 1. ①, before a part of the notice
MARK = (
    rf"(?:\({_NUMERAL}\)[、.,]?|{_NUMERAL}[、.,]|[\u2460-\u2473][、.]?|"
    rf"\(?\d{{1,2}}[.、)](?=\D|\d{{4}}年|\d{{1,2}}月))"
)
_HEADING = re.compile(rf"(?:{MARK}(?P<marked>{_LIST})(?::|(?={DAY}))|(?P<bare>{_LIST}):)")
_TITLE = re.compile(
    r"(?:国务院(?:办公厅)?)?关于[^。:;,]{0,50}?(?:放假|节假日|假期|假日)[^。:;,]{0,20}?的通知"
)
_OF_A_YEAR = re.compile(r"(\d{4})年")
_WHOLE = re.compile("节假日(?:放假)?(?:调休)?(?:日期)?安排")
_OPENING = re.compile(r"如下(?:调休|调整|安排)?[:。]?")
#: marks of emphasis and of lists, which copied pages and programs put before words
_DECORATION = frozenset("*#•●■◆▪")
_OFFICE = "国务院(?:办公厅)?"
#: the office and the day at the foot
_SIGNED = re.compile(
    rf"{_OFFICE}(?:\d{{4}}年\d{{1,2}}月\d{{1,2}}日|[二〇○零一三四五六七八九]{{4}}年{_NUMERAL}月{_NUMERAL}日)"
)


class Pasted:
    """A text without what says nothing in Chinese: blanks, line ends, signs of no width. Keeps the places."""

    def __init__(self, original: str) -> None:
        self.original = original
        spelt = plain(original)
        self._places = [place for place, sign in enumerate(spelt) if _says_something(sign)]
        self.text = written_alike("".join(spelt[place] for place in self._places))

    def position(self, at: int) -> tuple[int, int]:
        """Line and column of a character of `text`."""
        place = self._places[min(at, len(self._places) - 1)] if self._places else 0
        return line_and_column(self.original, place)

    def as_written(self, start: int, end: int) -> str:
        """A part of `text` in the characters it was pasted in."""
        return "".join(self.original[place] for place in self._places[start:end])

    def lines(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A part of `text`, cut where the paste had line ends."""
        begin = start
        for at in range(start + 1, end):
            if "\n" in self.original[self._places[at - 1] : self._places[at]]:
                yield begin, at
                begin = at
        if begin < end:
            yield begin, end


def _says_something(sign: str) -> bool:
    return (
        not sign.isspace()
        and sign not in _DECORATION
        and unicodedata.category(sign) not in ("Cf", "Cc", "Mn")
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a notice about some holidays, by their codes; `last`: the foot of the notice follows it."""

    holidays: frozenset[str]
    start: int
    end: int
    last: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Where the notice is in a paste. `whole`: it gives a year; others change the holidays of their title."""

    year: int
    title: tuple[int, int]
    whole: bool
    parts: tuple[Part, ...]
    start: int  # of what may be an order: the first heading, or what follows 通知如下
    end: int  # the signature, or the end of the paste
    second: int | None  # where another notice with orders begins


def find_notice(text: str) -> Found | None:
    """The notice in a text of Pasted; None where no title or no year of a title is found. Pure."""
    title = _title(text)
    if title is None:
        return None
    whole = _WHOLE.search(title[0]) is not None and "调整" not in title[0]
    of_year = _OF_A_YEAR.search(title[0]) or _OF_A_YEAR.search(text, title.end())
    if of_year is None or not (whole or title[0].startswith("国务院")):
        return None
    headings = list(_HEADING.finditer(text, title.end()))
    signed = _SIGNED.search(text, headings[0].end() if headings else title.end())
    end = signed.start() if signed else len(text)
    headings = [heading for heading in headings if heading.start() < end]
    if headings or whole:
        starts = [*(heading.start() for heading in headings), end]
        parts = tuple(
            Part(_codes(heading["marked"] or heading["bare"]), heading.end(), following, following == end)
            for heading, following in zip(headings, starts[1:], strict=True)
        )
    else:
        opening = _OPENING.search(text, title.end(), end)
        parts = (Part(_codes(title[0]), opening.end() if opening else title.end(), end, True),)
    start = headings[0].start() if headings else min((part.start for part in parts), default=end)
    return Found(int(of_year[1]), title.span(), whole, parts, start, end, _second(text, title, end))


def _second(text: str, title: re.Match[str], end: int) -> int | None:
    """Where the title of another notice stands behind the first one's end, with orders below it."""
    for other in _TITLE.finditer(text, end):
        heading = _HEADING.search(text, other.end())
        if other[0] != title[0] and heading is not None and heading["marked"]:
            return other.start()
    return None


def _title(text: str) -> re.Match[str] | None:
    """The last title before the first heading: a page names the notice above it and below it too."""
    titles = list(_TITLE.finditer(text))
    if not titles:
        return None
    heading = _HEADING.search(text, titles[0].end())
    if heading is None:
        return titles[0]
    marked = next((found for found in _HEADING.finditer(text, titles[0].end()) if found["marked"]), heading)
    return max((title for title in titles if title.end() <= marked.start()), key=lambda title: title.start())


def _codes(names: str) -> frozenset[str]:
    """The holidays named in a heading or title."""
    codes = {code for name, code in HOLIDAYS.items() if name[:2] in names}
    return frozenset(codes or ({"special"} if _ANNIVERSARY in names else ()))
