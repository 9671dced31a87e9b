"""What one part of a holiday notice orders: days off, weekend days worked, and what is no order.

A sentence is read from left to right: dates, then what becomes of them (放假, 补休, 上班). Advice to
employers (鼓励…安排职工在除夕休息) is left out from its first word to the next order. Nothing that
holds a date is passed over: it is an order, advice, behind the end of the notice, or a fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from alertd.config.faults import listed, shown
from alertd.config.notice_dates import DAY, RANGE, Dates, Misread
from alertd.config.notice_text import HOLIDAYS, MARK, Part

_TOKEN = re.compile(
    "|".join(
        (
            f"(?P<days>{RANGE})",
            r"(?P<filler>不调休|与周末连休|连休|其中|全国|均|统一|为期|\((?![^()]*\d日)[^()]*\)|[、和及与:])",
            "(?P<advice>鼓励|提倡|倡导|建议|可以?)",
            "(?P<off>放假调休|调休放假|放假公休|放假|补休|调休)",
            "(?P<work>(?:正常|照常|恢复)?上班|补班)",
            r"(?P<total>共?计?(?:\d+|[一二三四五六七八九十])天)",
            "(?P<other>.)",
        )
    )
)
_SENTENCE = re.compile("[^。;!.]+")
_CLAUSE = re.compile(r"(?:\([^()]*\)|[^,])+")
_MARKED = re.compile(f"{MARK}?")
_OTHER_HEADING = re.compile(
    rf"(?:{MARK}(?P<marked>[^:,、。\d]{{1,8}})|(?P<bare>[^:,、。\d]{{1,7}}节)):(?={DAY})"
)
_LENGTHENED = re.compile(rf"延长.*?(?P<name>{'|'.join(HOLIDAYS)})假期至{RANGE}")
_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}


@dataclass(slots=True)
class Orders:
    """`left_out`: start and end in the text of what was not taken for an order."""

    off: list[date] = field(default_factory=list)
    work: list[date] = field(default_factory=list)
    lengthened: dict[str, date] = field(default_factory=dict)
    left_out: list[tuple[int, int]] = field(default_factory=list)
    misread: list[Misread] = field(default_factory=list)


def read_part(text: str, part: Part, year: int) -> Orders:
    """The orders in a part of the text of Pasted. `year` is that of dates without one. Pure."""
    reader = _Reader(text, part, year)
    for sentence in _SENTENCE.finditer(text, part.start, part.end):
        end = reader.sentence(sentence.start(), sentence.end())
        if end is not None:
            reader.orders.left_out.append((end, part.end))
            break
    return reader.orders


class _Reader:
    def __init__(self, text: str, part: Part, year: int) -> None:
        self.text = text
        self.part = part
        self.year = year
        self.orders = Orders()
        self.dates = Dates(year)
        #: the days nothing has been said about yet, and where the first of them is written
        self.open: list[date] = []
        self.open_at: int | None = None
        self.off_here: list[date] = []  # of this sentence

    def sentence(self, start: int, end: int) -> int | None:
        """Read one sentence. Returns where the notice ends, if it does in it."""
        if self._lengthened(start, end) or self._other_heading(start, end):
            return None
        marked = _MARKED.match(self.text, start, end)
        self.dates, self.off_here, advised = Dates(self.year), [], False
        for clause in _CLAUSE.finditer(self.text, marked.end() if marked else start, end):
            tokens = list(_TOKEN.finditer(self.text, *clause.span()))
            signed = next((at for at, token in enumerate(tokens) if self._signs(token)), len(tokens))
            read, rest = _readable(tokens[:signed], self.open_at is not None)
            if advised and not (read and tokens[0]["days"]):
                self.orders.left_out.append(clause.span())
            elif any(token["advice"] for token in rest):
                self._run(read)
                self.orders.left_out.append((self._start_of(rest[0]), clause.end()))
                self._close()
                advised = True
            else:
                advised = False
                self._run(read)
                ending = self._rest(rest, clause)
                if ending is not None:
                    return ending
            if signed < len(tokens):
                return tokens[signed].start()
        return self._left_open(end)

    def _rest(self, rest: Sequence[re.Match[str]], clause: re.Match[str]) -> int | None:
        """What a clause without advice holds behind its orders. Returns where the notice ends, if it does."""
        if all(token["days"] or token["filler"] for token in rest):
            self._run(rest)
            return None
        start = rest[0].start()
        begun = bool(self.orders.off or self.orders.work or self.orders.lengthened)
        dated = self.open_at is not None or rest[0]["days"]
        if self.part.last and begun and not dated:
            return start
        if self.open_at is None and not any(token["days"] for token in rest):
            self.orders.left_out.append((start, clause.end()))
            return None
        self._misread(self._start_of(rest[0]), clause.end())
        return None

    def _left_open(self, end: int) -> int | None:
        """Days with nothing said about them at the end of a sentence: the day of signing, or a fault."""
        start = self.open_at
        if start is None:
            return None
        begun = bool(self.orders.off or self.orders.work or self.orders.lengthened)
        if self.part.last and begun and re.match(r"\d{4}年", self.text[start:end]):
            self._close()
            return start
        self._misread(start, end)
        return None

    def _signs(self, token: re.Match[str]) -> bool:
        """Whether a token is a day of the year before, at the end of the notice."""
        explicit = token["days"] and token["y1"] and not token["d2"]
        return bool(explicit and self.part.last and int(token["y1"]) < self.year)

    def _start_of(self, token: re.Match[str]) -> int:
        return token.start() if self.open_at is None else self.open_at

    def _misread(self, start: int, end: int) -> None:
        found = shown(self.text[start:end])
        self.orders.misread.append(Misread(start, "notice-unreadable", {"found": found}))
        self._close()

    def _close(self) -> None:
        self.open, self.open_at = [], None

    # ------------------------------------------------------------ orders

    def _run(self, tokens: Sequence[re.Match[str]]) -> None:
        for token in tokens:
            if token["days"]:
                days, misread = self.dates.read(token)
                self.open += days
                self.open_at = token.start() if self.open_at is None else self.open_at
                self.orders.misread += misread
            elif token["off"]:
                _add(self.orders.off, self.open)
                _add(self.off_here, self.open)
                self._close()
            elif token["work"]:
                self._work()
            elif token["total"]:
                self._total(token)

    def _work(self) -> None:
        for day in self.open:
            if day.weekday() < 5:
                args = {"found": str(day)}
                self.orders.misread.append(Misread(self.open_at or 0, "notice-work-on-weekday", args))
        _add(self.orders.work, self.open)
        self._close()

    def _total(self, token: re.Match[str]) -> None:
        days = self.off_here or self.orders.off
        number = token["total"].lstrip("共计").removesuffix("天")
        said = _NUMERALS.get(number) or int(number)
        if not days or said in (len(days), *self._with_weekends(token.start(), days)):
            return
        args = {
            "found": token["total"],
            "first": str(days[0]),
            "last": str(days[-1]),
            "days": str(len(days)),
        }
        self.orders.misread.append(Misread(token.start(), "notice-wrong-total", args))

    def _with_weekends(self, at: int, days: Sequence[date]) -> list[int]:
        """How many days are off in a row, where the sentence counts the weekend beside them too."""
        sentence = self.text[max(self.text.rfind("。", 0, at), self.part.start) : at]
        if "连休" not in sentence and "补休" not in sentence:
            return []
        first, last = min(days), max(days)
        while (first - timedelta(1)).weekday() >= 5:
            first -= timedelta(1)
        while (last + timedelta(1)).weekday() >= 5:
            last += timedelta(1)
        return [(last - first).days + 1]

    def _lengthened(self, start: int, end: int) -> bool:
        found = _LENGTHENED.search(self.text, start, end)
        if found is None:
            return False
        days, misread = Dates(self.year).read(found)
        self.orders.misread += misread
        if days:
            self.orders.lengthened[HOLIDAYS[found["name"]]] = days[-1]
        return True

    def _other_heading(self, start: int, end: int) -> bool:
        found = _OTHER_HEADING.match(self.text, start, end)
        if found is None or "放假" not in self.text[start:end]:
            return False
        args = {"found": shown(found["marked"] or found["bare"]), "known": listed(HOLIDAYS)}
        at = found.start("marked" if found["marked"] else "bare")
        self.orders.misread.append(Misread(at, "notice-unknown-holiday", args))
        return True


def _add(days: list[date], more: Sequence[date]) -> None:
    """Each day once, whatever is written twice: what is counted against the law are days."""
    days += dict.fromkeys(day for day in more if day not in days)


def _readable(
    tokens: Sequence[re.Match[str]], is_open: bool
) -> tuple[Sequence[re.Match[str]], Sequence[re.Match[str]]]:
    """The tokens up to the last complete order, and the rest. `is_open`: days stand before without one."""
    complete = 0
    for at, token in enumerate(tokens):
        if token["other"] or token["advice"]:
            break
        if token["days"]:
            is_open = True
        elif token["off"] or token["work"] or token["total"]:
            is_open = False
        if not is_open:
            complete = at + 1
    return tokens[:complete], tokens[complete:]
