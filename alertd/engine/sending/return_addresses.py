"""Where a mail is answered, and where it comes back to: addresses that say which it was, and prove it.

Each holds a token: the delivery, and a sign for it that only this installation can make. An address for
answers is none for what came back, nor the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection

from alertd.core.signing import number_of, number_text, sign, signed
from alertd.engine.notify.telling import TOLD
from alertd.engine.ruling.world import World
from alertd.mailin.addresses import address_with, tokens_in
from alertd.store import outbox
from alertd.store.rows import DeliveryRow

_BETWEEN = "-"


class Purpose(StrEnum):
    """What an address is for; also what its sign is made for."""

    REPLY = "mail-reply"
    BOUNCE = "mail-bounce"


def template_of(world: World, purpose: Purpose) -> str:
    """The address of config.toml with its `{token}`, "" where none is set."""
    return world.replies if purpose is Purpose.REPLY else world.bounces


def return_address(world: World, key: bytes, purpose: Purpose, row: DeliveryRow) -> str:
    """Where a mail to an official is answered, or comes back to; "" where the channel says that.

    A message about an answer is answered as what was answered first.
    """
    if row.template not in ("message", TOLD) or not world.abilities(row.channel).mail:
        return ""
    about = (row.payload or {}).get("answers") if purpose is Purpose.REPLY else None
    return address_for(world, key, purpose, about or row.id)


def address_for(world: World, key: bytes, purpose: Purpose, delivery: int) -> str:
    """The address of a delivery, "" where none is set."""
    template, number = template_of(world, purpose), number_text(delivery)
    if not template:
        return ""
    return address_with(template, f"{number}{_BETWEEN}{sign(key, purpose, (number,))}")


def delivery_at(
    tx: Connection, world: World, keys: Sequence[bytes], purpose: Purpose, recipients: Sequence[str]
) -> DeliveryRow | None:
    """The delivery that one of these addresses is for; None where none of them is one of ours."""
    for token in tokens_in(template_of(world, purpose), recipients):
        number, _, given = token.partition(_BETWEEN)
        delivery = number_of(number)
        if delivery is None or delivery >> 63 or not signed(keys, purpose, (number,), given):
            continue
        row = outbox.hold(tx, delivery)
        if row is not None:
            return row
    return None
