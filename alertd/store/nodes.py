"""The daemons of one store: that they live, what they have leased, and who of them listens to a bot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from alertd.store import reading, settings, tables
from alertd.store.outbox import LEASED
from alertd.store.tables import deliveries, nodes

#: a node not seen for this long is forgotten
GONE_AFTER = timedelta(days=7)


def beat(
    tx: Connection, node: str, version: str, started: datetime, now: datetime, about: Mapping[str, Any]
) -> None:
    """Show that `node` lives. `about` is what `alertd nodes` tells of it."""
    values = {"seen_at": now, "stopped_at": None, "about": dict(about)}
    if tx.execute(update(nodes).where(nodes.c.id == node).values(**values)).rowcount == 0:
        tx.execute(insert(nodes).values(id=node, version=version, started_at=started, **values))
        tx.execute(delete(nodes).where(nodes.c.seen_at < now - GONE_AFTER))


def running(tx: Connection) -> dict[str, datetime]:
    """When each node that has not ended was last seen, by that node's own clock.

    Without those whose row cannot be read: the next heartbeat of one that lives mends it, and what one that
    is dead had leased is due when the leases run out.
    """
    found = reading.found(tx, select(nodes.c.id, nodes.c.seen_at).where(nodes.c.stopped_at.is_(None)))
    return {row.id: row.seen_at for row in found.rows}


def modes(tx: Connection) -> dict[str, str]:
    """The sending mode each node that has not ended says of itself."""
    found = reading.found(tx, select(nodes.c.id, nodes.c.about).where(nodes.c.stopped_at.is_(None)))
    return {row.id: row.about["mode"] for row in found.rows if row.about and "mode" in row.about}


def ended(tx: Connection, names: Collection[str], at: datetime, by: str) -> None:
    """These nodes have ended: in order where `by` is empty, else `by` is who took over their work."""
    for row in reading.found(tx, select(nodes.c.id, nodes.c.about).where(nodes.c.id.in_(names))).all:
        about = {**(row.about or {}), "taken_over_by": by}
        tx.execute(update(nodes).where(nodes.c.id == row.id).values(stopped_at=at, about=about))


def every(tx: Connection) -> Sequence[Row[Any]]:
    """All nodes with the number of messages they have leased, the oldest first. Raises Unreadable."""
    leased = (
        select(deliveries.c.lease_owner, func.count().label("leased"))
        .where(deliveries.c.not_before.is_not(None), deliveries.c.state == LEASED)
        .group_by(deliveries.c.lease_owner)
        .subquery()
    )
    query = (
        select(nodes, func.coalesce(leased.c.leased, 0).label("leased"))
        .outerjoin(leased, leased.c.lease_owner == nodes.c.id)
        .order_by(nodes.c.started_at, nodes.c.id)
    )
    return reading.whole(tx, query)


def _post(channel: str) -> str:
    return f"listener.{channel}"


def listener(tx: Connection, channel: str) -> str:
    """The node that listens to this channel's bot, "" for none."""
    return str(settings.get(tx, _post(channel)) or "")


def listeners(tx: Connection) -> dict[str, str]:
    """For each channel with a bot the node that listens to it."""
    names = tables.settings.c.name.startswith(_post(""), autoescape=True)
    rows = tx.execute(select(tables.settings).where(names).order_by(tables.settings.c.name))
    return {row.name.removeprefix(_post("")): row.value for row in rows if row.value}


def take_post(tx: Connection, channel: str, node: str, living: Collection[str]) -> bool:
    """Whether `node` listens to this channel: it does already, or none of the `living` does."""
    if listener(tx, channel) == node:
        return True
    holder = settings.hold(tx, _post(channel), "")
    if holder and holder in living:
        return False
    settings.put(tx, _post(channel), node)
    return True


def leave_post(tx: Connection, channel: str, node: str) -> None:
    """Let another node listen."""
    if settings.hold(tx, _post(channel), "") == node:
        settings.put(tx, _post(channel), "")
