"""How many messages of a channel a node leases at once, and for how long."""

from __future__ import annotations

from datetime import timedelta

from alertd.transports.base import Transport

#: messages leased at a time
LEASED_AT_ONCE = 200
#: and for each connection where other nodes share the outbox: what one node holds the others cannot send
SHARED_AT_ONCE = 4
#: between the end of a batch's last attempt and that of its lease, in seconds: time to commit the lease, to
#: put the batch into words, and to record its last receipts
LEASE_SLACK = 60


def share_of(transport: Transport, alone: bool, most: int = LEASED_AT_ONCE) -> tuple[int, timedelta]:
    """Up to how many messages a node leases at once, and for how long. `alone`: no other shares its store."""
    if not alone:
        most = min(most, SHARED_AT_ONCE * transport.concurrency)
    return most, timedelta(seconds=3 * transport.timeout + LEASE_SLACK)


def batch_seconds(transport: Transport) -> float:
    """How long attempts of one batch may begin: the last one ends a time-out later, within the lease."""
    return 2 * transport.timeout + 30
