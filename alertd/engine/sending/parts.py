"""A message that a transport sends in parts, and got rid of in part: its next attempt goes on there.

What the address has of it stands in the delivery's payload, with the channel and the address it is about: a
message that goes another way, to a corrected address, or once more at somebody's word, begins anew. A crash
between the attempt and its receipt forgets it, and all parts are sent again, as whole messages are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alertd.store.rows import DeliveryRow

_KEY = "parts"


def parts_at(row: DeliveryRow) -> tuple[str, ...]:
    """The parts of a message that its address has by now, in their order."""
    kept = (row.payload or {}).get(_KEY, {})
    here = (kept.get("channel"), kept.get("address")) == (row.channel, row.address)
    return tuple(kept["accepted"]) if here and row.first_attempt_at is not None else ()


def payload_with(row: DeliveryRow, accepted: Sequence[str]) -> dict[str, Any]:
    """The payload that remembers them."""
    kept = {"channel": row.channel, "address": row.address, "accepted": list(accepted)}
    return {**(row.payload or {}), _KEY: kept}
