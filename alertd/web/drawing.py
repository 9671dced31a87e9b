"""Pages into HTML, through packaged templates that escape what they are given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from alertd.engine.operations.signing_in import OF_PAGES
from alertd.engine.ruling.world import World
from alertd.messages.bulletin import BulletinDocument, document_of
from alertd.messages.bulletin_facts import BulletinView
from alertd.messages.bulletin_files import page_tables
from alertd.messages.catalogue import LANGUAGES
from alertd.messages.dates import clock_text, day_text, instant_text, limit_text
from alertd.saying import events
from alertd.saying.feeds import feed_title
from alertd.saying.findings import finding_items, finding_text, finding_todo
from alertd.saying.messages import message_at, message_state, receipt_line
from alertd.saying.nodes import node_cells
from alertd.saying.people import addressed, who
from alertd.saying.refusing import refusal
from alertd.saying.requests import asked_text, what_text
from alertd.saying.roll import ROLL, roll_cells, roll_counts, roll_title
from alertd.saying.rows import row_limit, row_party, row_state, row_title
from alertd.saying.voice import Reader
from alertd.saying.whole import counting, facts, file_text, history, messages, steps

#: what templates say by a name, each for the reader
_SAID: Mapping[str, Callable[..., Any]] = {
    "row_title": row_title,
    "row_party": row_party,
    "row_limit": row_limit,
    "row_state": row_state,
    "facts": facts,
    "messages": messages,
    "history": history,
    "counting": counting,
    "steps": steps,
    "what_text": what_text,
    "asked_text": asked_text,
    "file_text": file_text,
    "refusal": refusal,
    "who": who,
    "addressed": addressed,
    "message_at": message_at,
    "message_state": message_state,
    "receipt_line": receipt_line,
    "node_cells": node_cells,
    "finding_text": finding_text,
    "finding_items": finding_items,
    "finding_todo": finding_todo,
    "type_title": events.type_title,
    "level_text": events.level_text,
    "event_heading": events.heading,
    "event_stated": events.stated,
    "event_idle": lambda back, _: events.idle(back),
    "clock_lines": events.clock_lines,
    "doubt_line": events.doubt_line,
    "warning": events.warning,
    "corrected_lines": events.corrected,
    "roll_title": roll_title,
    "roll_counts": roll_counts,
    "roll_cells": roll_cells,
    "feed_title": feed_title,
}
#: the sign beside the word of each mark of a roll
_MARKS = {
    "handed-in": "✓",
    "under-review": "◐",
    "returned": "↩",
    "missing": "○",
    "overdue": "▲",
    "suspended": "‖",
    "waived": "–",
    "not-applicable": "–",
}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("alertd.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style() -> tuple[str, bytes]:
    """The name of the style sheet, which is another one when it changes, and what stands in it."""
    text = resources.files("alertd.web").joinpath("static", "alertd.css").read_bytes()
    return f"alertd-{hashlib.sha256(text).hexdigest()[:12]}.css", text


class Pen:
    """Draws for one reader: the language, what rules, and the present instant."""

    def __init__(self, world: World, language: str, now: datetime) -> None:
        self._reader = Reader(world, language, now)
        self.words = self._reader.words

    def draw(self, template: str, values: Mapping[str, Any]) -> str:
        """The HTML of a page."""
        reader, world = self._reader, self._reader.world

        def told(write: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *about: write(*about, reader)

        return (
            _environment()
            .get_template(template)
            .render(
                {name: told(write) for name, write in _SAID.items()},
                say=self.words.say,
                word=self.words.word,
                script=self.words.script,
                text=self.words.text,
                party=self._party,
                parties=lambda names: self._listed(map(self._party, names)),
                item=self._item,
                items=lambda names: self._listed(map(self._item, names)),
                person=self._person,
                people=self._people,
                instant=self._instant,
                limit=self._limit,
                day=lambda at: day_text(at, reader.language, reader.today()),
                clock=lambda at: clock_text(at.astimezone(reader.zone)),
                roll_heads=ROLL,
                marks=_MARKS,
                bulletin=self._bulletin,
                date_of=date.fromisoformat,
                moment=self._moment,
                address=_address,
                language=reader.language,
                languages=LANGUAGES,
                style=style()[0],
                now=reader.now,
                today=reader.today(),
                drilling=world.drilling,
                **values,
            )
        )

    def _party(self, name: str) -> str:
        return self.words.text(self._reader.world.party_name(name))

    def _listed(self, names: Iterable[str]) -> str:
        return self.words.say("text.list").join(names)

    def _item(self, name: str) -> str:
        known = self._reader.world.register.obligations.get(name)
        return self.words.text(known.title) if known else name

    def _person(self, name: str) -> str:
        known = self._reader.world.register.people.get(name)
        if known is None and name.startswith(OF_PAGES):  # a session of the office
            return self.words.say("web.office")
        return self.words.script(known.name) if known else name

    def _people(self, names: Iterable[str]) -> str:
        return self.words.say("text.list").join(map(self._person, names))

    def _instant(self, at: datetime) -> str:
        reader = self._reader
        return instant_text(at, reader.zone, reader.language, reader.today())

    def _moment(self, at: datetime) -> str:
        """To the second, of today the time alone."""
        reader = self._reader
        local = at.astimezone(reader.zone)
        if local.date() == reader.today():
            return f"{local:%H:%M:%S}"
        return self._instant(at)

    def _bulletin(self, view: BulletinView) -> tuple[BulletinDocument, list[Any]]:
        document = document_of(view, self._reader.language, brief=True)
        return document, page_tables(document)

    def _limit(self, at: datetime, by_the_hour: bool) -> str:
        reader, write = self._reader, instant_text if by_the_hour else limit_text
        return write(at, reader.zone, reader.language, reader.today())


def _address(given: Mapping[str, Any], **changes: Any) -> str:
    """The fields of an address with some changed, without those that are empty."""
    return urlencode({name: value for name, value in {**given, **changes}.items() if value})
