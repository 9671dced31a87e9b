"""The bulletin in words: counted facts into tables of cells, in the reader's language.

A cell keeps its type, so that a spreadsheet sorts dates as dates and adds numbers up; the writers in
`bulletin_files` choose how each looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from alertd.core.model import Text
from alertd.messages.bulletin_facts import (
    FIGURES,
    BreachLine,
    BulletinView,
    IssueBefore,
    ItemView,
    LateLine,
    TrendLine,
)
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue, day_text, ending_day, instant_text, limit_text, occurrence_text


class Share(float):
    """A ratio that is read as a percentage; None in its place reads "not applicable"."""


class Points(float):
    """How much a percentage went up or down."""


Cell = str | int | Share | Points | date | datetime | None


@dataclass(frozen=True, slots=True)
class BulletinTable:
    """One section. `wide` columns hold running text and are so many millimetres wide on paper, the others as
    wide as they must be. `total` says that the last row adds the others up.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    wide: Mapping[int, int] = field(default_factory=dict)
    total: bool = False
    intro: str = ""
    name: str = ""  # of the section, for those who look for it
    more: str = ""  # that some of its lines are left out


@dataclass(frozen=True, slots=True)
class BulletinDocument:
    """A whole bulletin, ready to be written. Datetimes in cells are local to the configured zone."""

    language: str
    title: str
    lines: tuple[str, ...]
    tables: tuple[BulletinTable, ...]
    notes: tuple[str, ...]
    none: str
    not_applicable: str
    as_of: datetime


def document_of(view: BulletinView, language: str, brief: bool = False) -> BulletinDocument:
    """The bulletin in one language. `brief` gives the people of a unit who are late alike one line."""
    writer = _Writer(view, catalogue(language), language, brief)
    words = writer.words
    first, last = day_text(view.first, language), day_text(view.last, language)
    span = words.say("bulletin.span", first=first, last=last)
    as_of = words.say("bulletin.as-of", at=writer.instant(view.as_of))
    tables = [writer.units()]
    tables += [writer.ranking()] if view.ranking else []
    tables += [writer.trends(view.before)] if view.before else []
    tables += [writer.lates("late", view.late)]
    tables += [writer.lates("earlier", view.earlier)] if view.earlier else []
    tables += [writer.corrections()]
    tables += [writer.breaches()] if view.breaches else []
    return BulletinDocument(
        language=language,
        title=words.say("bulletin.title"),
        lines=(span, as_of),
        tables=tuple(tables),
        notes=(words.say("bulletin.note-counted"), words.say("bulletin.note-same")),
        none=words.say("bulletin.none"),
        not_applicable=words.say("bulletin.not-applicable"),
        as_of=view.as_of.astimezone(view.zone),
    )


class _Writer:
    def __init__(self, view: BulletinView, words: Catalogue, language: str, brief: bool) -> None:
        self.view = view
        self.brief = brief
        self.words = words
        self.language = language

    def instant(self, at: datetime) -> str:
        return limit_text(at, self.view.zone, self.language)

    def units(self) -> BulletinTable:
        heads = ("unit", *FIGURES, "rate")
        lines = [*self.view.units, self.view.total] if self.view.units else []
        return BulletinTable(
            self._say("section.units"),
            self._heads(heads),
            tuple((self.words.text(line.name), *line.counts, _share(line.rate)) for line in lines),
            total=True,
        )

    def ranking(self) -> BulletinTable:
        heads = ("rank", "unit", "rate", "on_time", "judged")
        rows = tuple(
            (line.rank, self.words.text(line.name), Share(line.rate), line.on_time, line.judged)
            for line in self.view.ranking
        )
        intro = self._say("ranked")
        return BulletinTable(self._say("section.ranking"), self._heads(heads), rows, intro=intro)

    def trends(self, before: IssueBefore) -> BulletinTable:
        heads = ("unit", "rate_before", "rate", "change", "late_before", "late")
        rows = tuple(
            (
                self.words.text(line.name),
                _share(line.rate_before),
                _share(line.rate),
                _change(line),
                line.late_before,
                line.late,
            )
            for line in self.view.trends
        )
        days = (day_text(day, self.language) for day in (before.first, before.last))
        first, last = days
        intro = self._say("before", first=first, last=last, at=self.instant(before.as_of))
        caption = self._say("section.trends")
        return BulletinTable(caption, self._heads(heads), rows, total=bool(rows), intro=intro, name="trends")

    def lates(self, section: str, lines: Iterable[LateLine]) -> BulletinTable:
        heads = (
            "unit",
            "item",
            "clause",
            "due",
            "closed",
            "days",
            "working_days",
            "hours",
            "reason",
            "contact",
        )
        rows = tuple(
            (
                *self._item(line.item, people),
                self._local(line.closed, line.item) if line.closed else self._say("open"),
                # Late within its last day it is no day late, and a nought would read as if it were in time.
                line.days or "",
                line.working_days if line.days else "",
                _duration(line.span, self.words) if line.item.by_the_hour or not line.days else "",
                self._reason(line),
                self.words.script(f"{line.contact} {line.phone}".strip()),
            )
            for line, people in self._alike(lines)
        )
        wide = {0: 42, 1: 64, 8: 32, 9: 30}
        return BulletinTable(self._say(f"section.{section}"), self._heads(heads), rows, wide, name=section)

    def _alike(self, lines: Iterable[LateLine]) -> Iterable[tuple[LateLine, list[Text]]]:
        """Lines in order, each with the people it is about: where brief, all those of a unit alike."""
        found: dict[object, tuple[LateLine, list[Text]]] = {}
        for line in lines:
            item, party = line.item, line.item.party
            key: object = len(found)  # a line of its own
            if self.brief and party is not None:
                closed = line.closed and self._local(line.closed, item)
                key = (item.unit_id, item.obligation, item.occurrence, item.due, closed, line.reason)
            found.setdefault(key, (line, []))[1].extend([party] if party is not None else [])
        return found.values()

    def corrections(self) -> BulletinTable:
        heads = ("unit", "item", "clause", "due", "before", "after", "reason")
        rows = tuple(
            (
                *self._item(line.item),
                self._outcome(line.before, line.before_at),
                self._outcome(line.after, line.after_at),
                self.words.script(line.reason),
            )
            for line in self.view.corrections
        )
        intro = self._say("corrected-since", at=self.instant(self.view.previous))
        caption = self._say("section.corrections")
        return BulletinTable(
            caption,
            self._heads(heads),
            rows,
            {0: 48, 1: 66, 4: 30, 5: 42, 6: 40},
            intro=intro,
            name="corrections",
        )

    def breaches(self) -> BulletinTable:
        rows = tuple(self._breach(line) for line in self.view.breaches)
        heads = self._heads(("unit", "item", "clause", "breach", "at"))
        wide = {0: 48, 1: 80, 3: 70}
        return BulletinTable(self._say("section.breaches"), heads, rows, wide, name="breaches")

    def _breach(self, line: BreachLine) -> tuple[Cell, ...]:
        units = self.words.say("text.list").join(map(self.words.text, line.units))
        what = self.words.word("bulletin.breach", line.kind)
        what = self._say("entered-late", what=what) if line.late_entry else what
        about = self._say("version", case=line.about, version=line.version) if line.version else line.about
        return units, self._title(line.title, about), line.clause, what, line.at.astimezone(self.view.zone)

    def _title(self, title: Text, about: str) -> str:
        said = occurrence_text(about, self.language) or about
        name = self.words.text(title)
        return self.words.say("row.title", title=name, about=said) if said else name

    def _item(self, item: ItemView, people: Sequence[Text] = ()) -> tuple[Cell, ...]:
        unit = self.words.text(item.unit)
        if len(people) <= 1 and item.party is not None:
            unit = self._say("of-unit", unit=unit, party=self.words.text(item.party))
        title = self._title(item.title, item.case or item.occurrence)
        title = self._say("carried", title=title, plan=item.carried) if item.carried else title
        if len(people) > 1:
            names = self.words.say("text.list").join(map(self.words.text, people))
            title = self._say("of-people", title=title, count=len(people), people=names)
        return unit, title, item.clause, self._limit(item)

    def _limit(self, item: ItemView) -> Cell:
        if item.by_the_hour:
            return item.due.astimezone(self.view.zone)
        return item.last_day or ending_day(item.due, self.view.zone) or item.due.astimezone(self.view.zone)

    def _local(self, at: datetime, item: ItemView) -> Cell:
        local = at.astimezone(self.view.zone)
        return local if item.by_the_hour else local.date()

    def _reason(self, line: LateLine) -> str:
        said = self.words.script(line.reason)
        soft = self._say("soft") if line.item.soft else ""
        return self.words.say("text.list").join(filter(None, (soft, said)))

    def _outcome(self, code: str, at: datetime | None) -> str:
        said = self._say(f"outcome.{code}")
        if at is None:
            return said
        return self._say("outcome-at", outcome=said, at=instant_text(at, self.view.zone, self.language))

    def _heads(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._say(f"head.{name}") for name in names)

    def _say(self, key: str, **values: object) -> str:
        return self.words.say(f"bulletin.{key}", **values)


def _share(rate: float | None) -> Share | None:
    return None if rate is None else Share(rate)


def _change(line: TrendLine) -> Cell:
    """By how many points of a percentage a rate went up or down, as both of them are read."""
    if line.rate is None or line.rate_before is None:
        return ""
    points = round(1000 * (rounded(line.rate) - rounded(line.rate_before)))
    return Points(points / 10)


def rounded(share: float) -> float:
    """A ratio to a thousandth, half up; what falls short of the whole never reads 100 %."""
    # By the digits people would write it with: in binary, half of a thousandth is not quite a half.
    found = float(Decimal(str(float(share))).quantize(Decimal("0.001"), ROUND_HALF_UP))
    return found if share >= 1 else min(found, 0.999)


def _duration(span: timedelta, words: Catalogue) -> str:
    hours, minutes = divmod(int(span / timedelta(minutes=1)), 60)
    return words.say("bulletin.hours", hours=hours, minutes=f"{minutes:02}")
