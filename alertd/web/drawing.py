"""Pages into HTML, through packaged templates that escape what they are given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from alertd.engine.ruling.world import World
from alertd.messages.catalogue import LANGUAGES
from alertd.messages.dates import instant_text, limit_text
from alertd.saying.rows import row_limit, row_party, row_state, row_title
from alertd.saying.voice import Reader
from alertd.saying.whole import counting, facts, history, messages, steps


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
                say=self.words.say,
                word=self.words.word,
                party=lambda name: self.words.text(world.party_name(name)),
                item=self._item,
                person=self._person,
                instant=self._instant,
                limit=self._limit,
                row_title=told(row_title),
                row_party=told(row_party),
                row_limit=told(row_limit),
                row_state=told(row_state),
                facts=told(facts),
                messages=told(messages),
                history=told(history),
                counting=told(counting),
                steps=told(steps),
                language=reader.language,
                languages=LANGUAGES,
                style=style()[0],
                now=reader.now,
                drilling=world.drilling,
                **values,
            )
        )

    def _item(self, name: str) -> str:
        known = self._reader.world.register.obligations.get(name)
        return self.words.text(known.title) if known else name

    def _person(self, name: str) -> str:
        known = self._reader.world.register.people.get(name)
        return self.words.script(known.name) if known else name

    def _instant(self, at: datetime) -> str:
        reader = self._reader
        return instant_text(at, reader.zone, reader.language, reader.today())

    def _limit(self, at: datetime, by_the_hour: bool) -> str:
        reader, write = self._reader, instant_text if by_the_hour else limit_text
        return write(at, reader.zone, reader.language, reader.today())
