"""The personal link of a message: what it says, and who comes by it to what.

A link names a delivery and the day after which it is void. Its sign vouches for the person, for an address
the message may have gone to, for the unit and the positions the person had, so that a link dies with any of
them. Nothing is kept of it: whoever has it has read that message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from alertd.core.model import Person
from alertd.core.signing import number_of, number_text, sign, signed
from alertd.core.text import OwnText
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.signing_keys import change_keys, keys_of
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines, outbox

#: a link lives so long after the last of what its message is about was closed
LASTS = timedelta(days=14)
#: and never longer than this after its message was written
LONGEST = timedelta(days=400)
_PURPOSE = "message"
_ID_BITS = 63


@dataclass(frozen=True, slots=True)
class Linked:
    """Who comes by a link, by which channel and address it went, and the deadlines it is about, by number."""

    person: str
    delivery: int
    channel: str
    address: str
    numbers: tuple[int, ...]

    @property
    def actor(self) -> Actor:
        """In whose name what is pressed there is done: proved by having read what went to the address."""
        return Actor(self.person, f"link:{self.channel}:{self.address}")


def link_token(world: World, key: bytes, delivery: int, person: Person, channel: str, now: datetime) -> str:
    """The end of the address that a message to a person carries, signed with the key that signs now."""
    ends = world.today(now) + LONGEST
    address = world.abilities(channel).address(person) or ""
    values = _vouched(delivery, person, channel, address, ends)
    return f"{number_text(delivery)}-{number_text(ends.toordinal())}-{sign(key, _PURPOSE, values)}"


@taking_texts
def linked(scope: Scope, token: OwnText) -> Linked:
    """Who comes by a link. Whoever holds it may ask.

    Raises Refused: "link-void" for one that is not whole, or whose person's address, unit or positions are
    others now; "link-over" for one whose time is over.
    """
    delivery, ends, given = _parts(token)
    person = _person_of(scope.tx, scope.world, delivery)
    found = _channel_of(scope, person, delivery, ends, given) if person else None
    if person is None or found is None:
        raise Refused("link-void")
    found_rows = (deadlines.find(scope.tx, str(number)) for number in _about(scope.tx, delivery))
    rows = [row for row in found_rows if row is not None]
    closed = [row.closed_at for row in rows]
    last = max((at for at in closed if at is not None), default=None)
    over = last is not None and None not in closed and last + LASTS < scope.now
    if over or scope.today > ends:
        raise Refused("link-over", days=LASTS.days)
    return Linked(person.id, delivery, *found, tuple(row.number for row in rows))


@taking_texts
def change_signing_keys(scope: Scope) -> None:
    """Sign with a new key from now on. Whoever keeps the program may.

    What is out stays valid until the next change: after two, no link that went before is.
    """
    change_keys(scope.tx)
    scope.record(audit.REGISTER, "keys-changed", {})


def _parts(token: str) -> tuple[int, date, str]:
    """A token in its parts. Raises Refused."""
    delivery, _, rest = token.strip().partition("-")
    day, _, given = rest.partition("-")
    number, ordinal = number_of(delivery), number_of(day)
    if number is None or ordinal is None or number.bit_length() > _ID_BITS:
        raise Refused("link-void")
    if not date.min.toordinal() <= ordinal <= date.max.toordinal():
        raise Refused("link-void")
    return number, date.fromordinal(ordinal), given


def _person_of(tx: Connection, world: World, delivery: int) -> Person | None:
    row = outbox.find(tx, delivery)
    return world.register.people.get(row.person) if row is not None else None


def _channel_of(
    scope: Scope, person: Person, delivery: int, ends: date, given: str
) -> tuple[str, str] | None:
    """The channel and the address that a link was written for, where they are the person's still.

    A delivery may have gone by one channel and then by the next: the link of either is good.
    """
    keys = keys_of(scope.tx)
    for channel in scope.world.channels:
        address = scope.world.abilities(channel).address(person) or ""
        if signed(keys, _PURPOSE, _vouched(delivery, person, channel, address, ends), given):
            return channel, address
    return None


def _vouched(delivery: int, person: Person, channel: str, address: str, ends: date) -> tuple[str, ...]:
    whose = (person.id, person.unit, ",".join(sorted(person.positions)))
    return (str(delivery), ends.isoformat(), channel, address, *whose)


def _about(tx: Connection, delivery: int) -> tuple[int, ...]:
    """The deadlines of a message, in the order it tells them."""
    return tuple(dict.fromkeys(notice.deadline for notice in outbox.contents(tx, [delivery])[delivery]))
