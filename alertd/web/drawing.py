"""Pages into HTML, through packaged templates that escape what they are given."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from alertd.engine.ruling.world import World
from alertd.messages.catalogue import LANGUAGES, Catalogue
from alertd.messages.dates import catalogue, instant_text, limit_text

#: how a browser calls the languages (BCP 47)
TAGS = {"zh-Hant": "zh-Hant", "zh-Hans": "zh-Hans", "en": "en"}


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
        self.words: Catalogue = catalogue(language)
        self._world, self._language, self._now = world, language, now

    def draw(self, template: str, values: Mapping[str, Any]) -> str:
        """The HTML of a page."""
        return (
            _environment()
            .get_template(template)
            .render(
                say=self._say,
                party=self._party,
                item=self._item,
                person=self._person,
                instant=self._instant,
                limit=self._limit,
                language=self._language,
                languages=LANGUAGES,
                tag=TAGS[self._language],
                style=style()[0],
                now=self._now,
                drilling=self._world.drilling,
                **values,
            )
        )

    def _say(self, key: str, **values: object) -> str:
        return self.words.say(key, **values)

    def _party(self, name: str) -> str:
        return self.words.text(self._world.party_name(name))

    def _item(self, name: str) -> str:
        known = self._world.register.obligations.get(name)
        return self.words.text(known.title) if known else name

    def _person(self, name: str) -> str:
        known = self._world.register.people.get(name)
        return self.words.script(known.name) if known else name

    def _instant(self, at: datetime) -> str:
        return instant_text(at, self._world.zone, self._language, self._world.today(self._now))

    def _limit(self, at: datetime, by_the_hour: bool) -> str:
        write = instant_text if by_the_hour else limit_text
        return write(at, self._world.zone, self._language, self._world.today(self._now))
