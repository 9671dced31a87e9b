"""Addresses the providers say are unusable: nothing is sent there for a while, or until somebody asks to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from alertd.store.tables import blocked

#: a mailbox is made anew and a bot let in again without anybody telling us: an address is tried again after
#: so long, and is blocked again at once where it is still dead
LASTS = timedelta(days=7)

_BLOCKED = select(blocked.c.channel, blocked.c.address).where(blocked.c.at > bindparam("since"))


def unusable(tx: Connection, now: datetime) -> frozenset[tuple[str, str]]:
    """(channel, address) pairs that the provider says are unusable, and has said so lately."""
    return frozenset((row.channel, row.address) for row in tx.execute(_BLOCKED, {"since": now - LASTS}))


def blocked_since(tx: Connection, now: datetime) -> Sequence[Row[Any]]:
    """The blocks that still hold, whole: `channel`, `address`, `reason`, and `at`, since when."""
    lately = select(blocked).where(blocked.c.at > now - LASTS)
    return tx.execute(lately.order_by(blocked.c.channel, blocked.c.address)).fetchall()


def block(tx: Connection, channel: str, address: str, reason: str, at: datetime) -> bool:
    """Stop using an address; False when it was blocked already."""
    mine = blocked.c.channel == channel, blocked.c.address == address
    known = tx.execute(select(blocked.c.at).where(*mine)).first()
    if known is None:
        tx.execute(insert(blocked).values(channel=channel, address=address, reason=reason, at=at))
        return True
    tx.execute(update(blocked).where(*mine).values(reason=reason, at=at))
    return bool(known.at <= at - LASTS)


def unblock(tx: Connection, channel: str, address: str) -> bool:
    """Use an address again; False when it was not blocked."""
    mine = blocked.c.channel == channel, blocked.c.address == address
    return bool(tx.execute(blocked.delete().where(*mine)).rowcount)


def keep(tx: Connection, known: Collection[tuple[str, str]]) -> None:
    """Forget the blocks of addresses that nobody has: entered again, they are new."""
    for row in tx.execute(select(blocked.c.channel, blocked.c.address)).fetchall():
        if (row.channel, row.address) not in known:
            unblock(tx, row.channel, row.address)
