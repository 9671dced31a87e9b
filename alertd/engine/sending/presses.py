"""Buttons: what they carry, who may press them, and what pressing does.

The data names the delivery and the deadline, never a person: the right to press comes from the address the
press came from, checked against the delivery in the store. So a button works after a restart, and for nobody
else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from alertd.core.model import RUNNING, Person
from alertd.engine.operations.acts import HandIn, acknowledge, hand_in
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import instant_text
from alertd.store import outbox
from alertd.store.rows import DeliveryRow, NoticeRow
from alertd.store.tables import deliveries
from alertd.transports.base import Button, Press

#: deadlines that get a button of their own in one message
MOST_BUTTONS = 8
RECEIVED, HANDED_IN = "r", "h"
_ID_BITS = 63
#: what asks for a hand-in: a step, and news of a limit that was moved into the past
_ASKING = ("step", "moved", "resumed")


def buttons_for(row: DeliveryRow, notices: Sequence[NoticeRow], language: str) -> tuple[Button, ...]:
    """*Received* once, and *handed in* for each deadline the person is asked to hand in."""
    asked = {n.deadline: n for n in notices if _asks(n)}
    if not asked:
        return ()
    words = Catalogue(language)
    found = [Button(words.say("button.received"), f"{RECEIVED}:{row.id:x}")]
    for number in list(asked)[:MOST_BUTTONS]:
        label = words.say("button.handed-in")
        text = label if len(asked) == 1 else f"{label} #{number}"
        found.append(Button(text, f"{HANDED_IN}:{row.id:x}:{number:x}"))
    return tuple(found)


def asks_for_work(notices: Iterable[NoticeRow]) -> bool:
    """Whether a message asks for anything that can be answered by *received* or *handed in*."""
    return any(map(_asks, notices))


def _asks(notice: NoticeRow) -> bool:
    return notice.ask and notice.alert_kind in _ASKING and notice.d_state in RUNNING


def press(scope: Scope, pressed: Press) -> str:
    """Carry a press out and return the sentence to show; a press that may not be made changes nothing.

    A press that the provider gives again, after a crash or because its answer came late, is carried out once
    and answered as it was.
    """
    key = f"{pressed.channel}:{pressed.address}:{pressed.id}"
    return replace(scope, idempotency_key=key).once(lambda scope: _carried_out(scope, pressed))


def _carried_out(scope: Scope, pressed: Press) -> str:
    words = Catalogue(scope.world.language)
    found = _delivery(scope.tx, pressed)
    if found is None:
        return words.say("press.not-yours")
    row, kind, number = found
    person = scope.world.register.people.get(row.person)
    if person is None or not _holds(scope.world, person, pressed):
        return words.say("press.not-yours")  # who is not in the directory would pass for the office
    words = Catalogue(person.language or scope.world.language)
    notices = [
        n for n in outbox.contents(scope.tx, [row.id])[row.id] if n.ask and number in (None, n.deadline)
    ]
    numbers = list(dict.fromkeys(notice.deadline for notice in notices))
    if not numbers:
        return words.say("press.not-yours")
    actor = Actor(row.person, f"{pressed.channel}:{pressed.address}")
    quiet: list[datetime] = []
    for each in numbers:
        try:
            if kind == RECEIVED:
                quiet.append(acknowledge(scope.by(actor), each))
            else:
                hand_in(scope.by(actor), each, HandIn())
        except Refused as refusal:
            if len(numbers) == 1:
                return words.say(
                    f"press.{refusal.code}" if f"press.{refusal.code}" in words else "press.closed"
                )
    if kind == HANDED_IN:
        return words.say("press.handed-in")
    if not quiet:
        return words.say("press.closed")
    world = scope.world
    at = instant_text(min(quiet), world.zone, words.language, world.today(scope.now))
    return words.say("press.received", at=at)


def _holds(world: World, person: Person, pressed: Press) -> bool:
    """Whether the address a press came from is that person's now: it may have passed to somebody else."""
    return world.abilities(pressed.channel).address(person) == pressed.address


def _delivery(tx: Connection, pressed: Press) -> tuple[DeliveryRow, str, int | None] | None:
    kind, _, rest = pressed.data.partition(":")
    delivery, _, number = rest.partition(":")
    try:
        identity, deadline = int(delivery, 16), int(number, 16) if number else None
    except ValueError:
        return None
    if kind not in (RECEIVED, HANDED_IN) or (kind == HANDED_IN and deadline is None):
        return None
    if identity.bit_length() > _ID_BITS:
        return None  # more than the databases hold: made up, not sent by us
    row = tx.execute(
        select(deliveries).where(
            deliveries.c.id == identity,
            deliveries.c.channel == pressed.channel,
            deliveries.c.address == pressed.address,
        )
    ).first()
    return (row, kind, deadline) if row is not None else None
