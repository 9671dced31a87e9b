"""How many messages of a channel a node leases at once, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from alertd.transports.base import Transport

#: messages leased at a time
LEASED_AT_ONCE = 200
#: and for each connection where other nodes share the outbox: what one node holds the others cannot send
SHARED_AT_ONCE = 4
#: between the end of a batch's last attempt and that of its lease, in seconds: time to commit the lease, to
#: put the batch into words, and to record its last receipts
LEASE_SLACK = 60
#: a lease that ran out so long ago is forgotten by whoever holds it, however it lives; until then it is left
#: alone, since clocks may be set and a node may come back
FORGOTTEN_AFTER = timedelta(minutes=10)


def share_of(transport: Transport, alone: bool, most: int = LEASED_AT_ONCE) -> tuple[int, timedelta]:
    """Up to how many messages a node leases at once, and for how long. `alone`: no other shares its store."""
    if not alone:
        most = min(most, SHARED_AT_ONCE * transport.concurrency)
    return most, _lease(transport)


def _lease(transport: Transport) -> timedelta:
    return timedelta(seconds=3 * transport.timeout + LEASE_SLACK)


def longest_lease(transports: Iterable[Transport]) -> timedelta:
    """No lease of any of these lasts longer."""
    return max(map(_lease, transports), default=timedelta(0))


def batch_seconds(transport: Transport) -> float:
    """How long attempts of one batch may begin: the last one ends a time-out later, within the lease."""
    return 2 * transport.timeout + 30
