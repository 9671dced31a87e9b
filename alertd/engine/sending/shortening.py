"""A message over a channel of text messages: put in short, and never in words that its reader has."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertd.core.text_messages import Short, Texting
from alertd.engine.ruling.world import World
from alertd.messages.render import Renderer
from alertd.messages.short import mark_of
from alertd.messages.view import AdminView, MessageView
from alertd.store import sendings
from alertd.store.rows import DeliveryRow

#: the same words are not sent to one person again within this: a provider may drop them
_A_DAY = timedelta(hours=24)


class Shortening:
    """Of one batch, within one read; knows what the people of the batch were sent lately."""

    def __init__(self, tx: Connection, world: World, renderer: Renderer, now: datetime) -> None:
        self._tx, self._world, self._renderer, self._now = tx, world, renderer, now
        self._marks: dict[tuple[str, str], dict[int, str]] = {}

    def short(self, row: DeliveryRow, view: MessageView | AdminView) -> Short:
        """All that a text message says."""
        texting, whose = self._world.texting.get(row.channel, Texting("")), (row.channel, row.person)
        known = self._marks.get(whose)
        if known is None:
            known = self._marks[whose] = sendings.marks(self._tx, *whose, self._now - _A_DAY)
        others = {mark for other, mark in known.items() if other != row.id}
        short = self._renderer.short(view, texting, others)
        known[row.id] = mark_of(short.text)
        return short
