"""A message goes where its person is reached when it leaves: while it waits, addresses are corrected, people
leave or go on leave, and channels are switched off.

Called when deliveries were leased, and every minute for those that no lease will ever reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from alertd.engine.notify import guard
from alertd.engine.notify.addressing import routes_of
from alertd.engine.notify.admin import ADMIN
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.messages.catalogue import Catalogue
from alertd.store import addresses, failures, outbox, reading, repeats
from alertd.store.rows import DeliveryRow, changed
from alertd.store.tables import deliveries
from alertd.transports.base import Result

#: a message held longer than this is addressed anew before it leaves: people go on leave
RESOLVE_AGAIN_AFTER = timedelta(hours=1)
#: a message that is due waits so long for a channel this node does not have: another node may have it
CHANNEL_GONE_AFTER = timedelta(minutes=2)
#: why a message takes another way: keys of the catalogue
NO_ADDRESS, NO_CHANNEL = "unsent.no-address", "unsent.no-channel"
_AT_ONCE = 500


def where_now(world: World, row: DeliveryRow) -> str:
    """The address a message goes to if it leaves now; "" where its person is not reached there any more.

    A drill, and what goes to the admin or is kept here, leaves as it was addressed.
    """
    can = world.abilities(row.channel)
    if row.drill or row.person == ADMIN or world.mode is Mode.REDIRECT or not can.reaches_people:
        return row.address
    person = world.register.people.get(row.person)
    return can.address(person) if person is not None else ""


def readdress(scope: Scope, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Of leased rows those that leave, each with its address of now; the others go another way."""
    world = scope.world
    going, moved, lost = [], [], []
    for row in rows:
        where = where_now(world, row)
        if where == row.address:
            going.append(row)
        elif where:
            moved.append({"k": row.id, "where": where})
            going.append(changed(row, address=where))
        else:
            lost.append(row)
    if moved:
        scope.tx.execute(_MOVE, moved)
    if lost:
        another_way(scope, lost, NO_ADDRESS)
    held = [row for row in going if row.template == "message" and _held_long(scope.now, row)]
    gone: set[int] = set()

    def to_deputies(some: Sequence[DeliveryRow]) -> None:
        gone.update(row.id for row in some if _to_deputy(scope, row))

    # A message that could not be readdressed leaves as it was addressed: late news is better than none.
    guard.each(scope, "readdress", held, to_deputies, lambda row: gone.discard(row.id), name_of)
    return [row for row in going if row.id not in gone] if gone else going


_MOVE = update(deliveries).where(deliveries.c.id == bindparam("k")).values(address=bindparam("where"))


def leave_channels(scope: Scope) -> int:
    """Let what waits for a channel that is gone, or switched off, go another way; returns how many.

    Real messages only: a drill is owed to nobody. Call it every minute.
    """
    if scope.world.mode is Mode.HOLD or scope.world.drilling:
        return 0
    left = (
        select(deliveries)
        .where(
            deliveries.c.state == outbox.WAITING,
            deliveries.c.drill.is_(False),
            deliveries.c.not_before <= scope.now - CHANNEL_GONE_AFTER,
            deliveries.c.channel.not_in(list(scope.world.transports)),
        )
        .order_by(deliveries.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = reading.found(scope.tx, left)
    later = guard.put_off(scope.now, by_the_hour=True)
    rows = guard.readable(scope, "leave", found, lambda row: outbox.put_off(scope.tx, row.id, later), name_of)
    another_way(scope, rows, NO_CHANNEL)
    return len(rows)


def another_way(scope: Scope, rows: Sequence[DeliveryRow], why: str) -> None:
    """Give rows up that no attempt can reach, as if they had been refused; what follows is decided next."""
    ids = [row.id for row in rows]
    given_up = {"state": "refused", "not_before": None, "lease_owner": ""}
    for start in range(0, len(ids), _AT_ONCE):
        mine = deliveries.c.id.in_(ids[start : start + _AT_ONCE])
        scope.tx.execute(update(deliveries).where(mine).values(**given_up))
    failed = {
        "result": Result.REFUSED,
        "code": "",
        "detail": Catalogue(scope.world.language).say(why),
        "address_dead": False,
        "another_way": True,
        "next_at": scope.now,
    }
    failures.add(scope.tx, [{**failed, "delivery": each} for each in ids])


def name_of(delivery: DeliveryRow) -> tuple[str, None]:
    """A delivery as people know it; it has no deadline of its own."""
    return f"{delivery.id:x}", None


def _held_long(now: datetime, row: DeliveryRow) -> bool:
    return now - row.created_at > RESOLVE_AGAIN_AFTER


def _to_deputy(scope: Scope, row: DeliveryRow) -> bool:
    """Whether a long-held message went to the deputy of somebody who has left meanwhile."""
    person = scope.world.register.people.get(row.person)
    if person is None:
        return False
    stand_in = scope.world.directory.stand_in(person, scope.today)
    if stand_in is None or stand_in is person:
        return False
    routes = routes_of(scope.world, stand_in, addresses.unusable(scope.tx, scope.now))
    if not routes:
        return False
    drafts = Drafts(scope)
    new = drafts.delivery(stand_in.id, *routes[0], row.bundle + "|deputy", scope.now)
    new["due"] = row.due
    linked = outbox.contents(scope.tx, [row.id])[row.id]
    drafts.intent.deliveries.append(new)
    drafts.intent.links += [{"delivery": new["id"], "notice": notice.id} for notice in linked]
    drafts.write()
    for notice in linked:
        repeats.hand_over(scope.tx, notice.id, stand_in.id, person.name)
    drop(scope.tx, row.id)
    return True


def drop(tx: Connection, delivery: int) -> None:
    """Let a delivery end unsent: somebody else gets what was in it, or nobody needs it any more."""
    dropped = {"state": "dropped", "not_before": None, "lease_owner": ""}
    tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(**dropped))
