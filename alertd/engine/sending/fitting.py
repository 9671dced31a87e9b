"""A message as its channel takes it: a text of few characters or a card, never in words that its reader has.

A provider may drop what it has seen today, and says nothing. So what a person was sent lately over a channel
is known by marks of its words; what would say the same says besides when it was sent.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertd.core.cards import Card, CardSize, plain_card, stamped
from alertd.core.text_messages import Short, Texting
from alertd.engine.ruling.world import World
from alertd.messages.render import Renderer
from alertd.messages.short import mark_of
from alertd.messages.view import AdminView, MessageView, Rendered
from alertd.store import sendings
from alertd.store.rows import DeliveryRow

#: the same words are not sent to one person again within this: a provider may drop them
_A_DAY = timedelta(hours=24)


class Fitting:
    """Of one batch, within one read; knows what the people of the batch were sent lately."""

    def __init__(self, tx: Connection, world: World, renderer: Renderer, now: datetime) -> None:
        self._tx, self._world, self._renderer, self._now = tx, world, renderer, now
        self._marks: dict[tuple[str, str], dict[int, str]] = {}

    def short(self, row: DeliveryRow, view: MessageView | AdminView) -> Short:
        """All that a text message says."""
        texting = self._world.texting.get(row.channel, Texting(""))
        short = self._renderer.short(view, texting, self._others(row))
        self._note(row, short.text)
        return short

    def card(
        self, row: DeliveryRow, view: MessageView | AdminView, said: Rendered, kept: bool
    ) -> Card | None:
        """All that a card says, where the channel shows cards; of a bulletin's words, which are `kept`, as
        much as fits. The time it is stands in front where the reader has one that says the same.
        """
        can = self._world.abilities(row.channel)
        if can.card is None:
            return None
        plain = plain_card(said.subject, said.flowing, can.card)
        card = plain if kept else self._renderer.card(view, said, can.card)
        return self._unlike(row, card, can.card) if can.distinct else card

    def _unlike(self, row: DeliveryRow, card: Card, size: CardSize) -> Card:
        others = self._others(row)
        local = self._now.astimezone(self._world.zone)
        found = card
        for more in (f"{local:%H:%M}", f"{local:%H:%M:%S}", f"{local:%H:%M:%S} {row.id:x}"):
            if mark_of(found.plain) not in others:
                break
            found = stamped(card, more, size)
        self._note(row, found.plain)
        return found

    def _others(self, row: DeliveryRow) -> Set[str]:
        """The marks of what its person was sent by other messages."""
        whose = row.channel, row.person
        if whose not in self._marks:
            self._marks[whose] = sendings.marks(self._tx, *whose, self._now - _A_DAY)
        return {mark for other, mark in self._marks[whose].items() if other != row.id}

    def _note(self, row: DeliveryRow, said: str) -> None:
        self._marks[row.channel, row.person][row.id] = mark_of(said)
