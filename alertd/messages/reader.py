"""Who reads: the moment, the zone and the words in which a deadline is put to one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import (
    catalogue,
    day_text,
    due_short_text,
    due_text,
    ending_day,
    instant_text,
    limit_text,
    remaining_text,
)
from alertd.messages.view import MessageView, NoticeView, RollView


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: language, zone and the moment."""

    words: Catalogue
    zone: ZoneInfo
    now: datetime
    today: date

    @classmethod
    def of(cls, message: MessageView) -> Reader:
        today = message.now.astimezone(message.zone).date()
        return cls(catalogue(message.language), message.zone, message.now, today)

    @property
    def language(self) -> str:
        return self.words.language

    def instant(self, at: datetime) -> str:
        return instant_text(at, self.zone, self.language, self.today)

    def limit(self, at: datetime) -> str:
        return limit_text(at, self.zone, self.language, self.today)

    def due(self, view: NoticeView | RollView) -> str:
        if view.due is None:
            return ""
        due = self.due_of(view.due, view.last_day, view.office_due, view.by_the_hour)
        start_missing = isinstance(view, NoticeView) and view.start_provisional_missing
        return self.words.say("fact.provisional", due=due) if view.provisional or start_missing else due

    def due_left(self, view: NoticeView | RollView) -> str:
        """The limit and how far away it is."""
        if view.due is None:
            return ""
        return self.words.say("fact.due-left", due=self.due(view), left=self.left(view))

    def due_of(self, due: datetime, last_day: date | None, office: datetime | None, by_the_hour: bool) -> str:
        return due_text(
            due=due,
            last_day=last_day,
            office_due=office,
            by_the_hour=by_the_hour,
            zone=self.zone,
            language=self.language,
            reference=self.today,
        )

    def due_short(self, view: NoticeView | RollView) -> str:
        """The limit in a few words; of a duty with only a minimum, the end of that."""
        if view.due is not None:
            return due_short_text(
                due=view.due,
                last_day=view.last_day,
                office_due=view.office_due,
                by_the_hour=view.by_the_hour,
                zone=self.zone,
                language=self.language,
                now=self.now,
            )
        earliest = view.earliest if isinstance(view, NoticeView) else None
        if earliest is None:
            return ""
        ends = ending_day(earliest, self.zone)
        if ends is None:
            return self.limit(earliest)
        day = day_text(ends, self.language, self.today, short=True)
        return self.words.say("subject.period-over", day=day)

    def left(self, view: NoticeView | RollView) -> str:
        if view.due is None:
            return ""
        last_day = None if view.by_the_hour else view.last_day
        return remaining_text(self.now, view.due, zone=self.zone, language=self.language, last_day=last_day)
