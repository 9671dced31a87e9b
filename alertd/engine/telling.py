"""Telling officials something that is about no single deadline: through the outbox, at once, to each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.engine.addressing import Addressing, Recipient
from alertd.engine.drafts import Drafts
from alertd.engine.world import World
from alertd.store import outbox

#: the template of such a delivery
TOLD = "told"
#: somebody of a unit: the unit, the unit it hands in to, the position
Address = tuple[str, str | None, str]


def tell(
    tx: Connection,
    world: World,
    now: datetime,
    topic: str,
    key: str,
    addresses: Iterable[Address],
    args: Mapping[str, Any],
    items: Sequence[str] = (),
) -> tuple[str, ...]:
    """Queue one message about `topic` to whoever answers for these positions; returns their ids.

    The sentences are those under `admin.TOPIC`; `key` tells one occasion from another.
    """
    addressing = Addressing(world, outbox.blocked_addresses(tx), world.today(now))
    people: dict[str, Recipient] = {}
    drafts = Drafts(tx, world, now)
    for unit, receiver, position in addresses:
        found, gaps = addressing.recipients(unit, receiver, ((position, False),))
        drafts.note_gaps(gaps)
        for recipient in found:
            people.setdefault(recipient.person, recipient)
    for person, recipient in people.items():
        channel, address = recipient.routes[0]
        bundle = f"told|{topic}|{key}|{person}"[:200]
        row = drafts.delivery(person, channel, address, bundle, now, TOLD)
        row["payload"] = {"topic": topic, "args": dict(args), "items": list(items)}
        drafts.intent.deliveries.append(row)
    drafts.write()
    return tuple(people)
