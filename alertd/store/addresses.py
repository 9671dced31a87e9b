"""Addresses the providers say are unusable: nothing is sent there until somebody says otherwise."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from alertd.store.tables import blocked

_BLOCKED = select(blocked)


def unusable(tx: Connection) -> frozenset[tuple[str, str]]:
    """(channel, address) pairs that the provider says are unusable."""
    return frozenset((row.channel, row.address) for row in tx.execute(_BLOCKED))


def block(tx: Connection, channel: str, address: str, reason: str, at: datetime) -> bool:
    """Stop using an address; False when it was blocked already."""
    known = tx.execute(
        select(blocked).where(blocked.c.channel == channel, blocked.c.address == address)
    ).first()
    if known is not None:
        return False
    tx.execute(insert(blocked).values(channel=channel, address=address, reason=reason, at=at))
    return True


def unblock(tx: Connection, channel: str, address: str) -> None:
    tx.execute(blocked.delete().where(blocked.c.channel == channel, blocked.c.address == address))
