"""A message goes where its person is reached when it leaves: while it waits, addresses are corrected, people
leave or go on leave, and channels are switched off.

Called when deliveries were leased, and every minute for those that no lease will ever reach.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from alertd.engine.notify import admin, guard
from alertd.engine.notify.admin import ADMIN
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.messages.catalogue import Catalogue
from alertd.store import failures, leasing, outbox, repeats
from alertd.store.reading import Found
from alertd.store.rows import DeliveryRow, changed
from alertd.transports.base import Result

#: a message held longer than this is addressed anew before it leaves: people go on leave
RESOLVE_AGAIN_AFTER = timedelta(hours=1)
#: a message that is due waits so long for a channel this node does not have: another node may have it
CHANNEL_GONE_AFTER = timedelta(minutes=2)
#: why a message takes another way: keys of the catalogue
NO_ADDRESS, NO_CHANNEL = "unsent.no-address", "unsent.no-channel"
_AT_ONCE = 500


def readable(scope: Scope, what: str, found: Found[DeliveryRow]) -> Sequence[DeliveryRow]:
    """The deliveries that can be read; the others are put off and told, as slips of `what`."""
    later = guard.put_off(scope.now, by_the_hour=True)
    return guard.readable(scope, what, found, lambda row: leasing.put_off(scope.tx, row.id, later), name_of)


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
        where = _admins_address(scope, row) if _to_admin(row) else where_now(world, row)
        if where == row.address:
            going.append(row)
        elif not where and _to_admin(row):
            _another_way(scope, row, admin.admin_routes(scope)[0])
        elif where:
            moved.append(changed(row, address=where))
            going.append(moved[-1])
        else:
            lost.append(row)
    leasing.move(scope.tx, moved)
    if lost:
        _give_up(scope, lost, NO_ADDRESS)
    held = [row for row in going if row.template == "message" and _held_long(scope.now, row)]
    gone: set[int] = set()

    def to_deputies(some: Sequence[DeliveryRow]) -> None:
        gone.update(row.id for row in some if _to_deputy(scope, row))

    # A message that could not be readdressed leaves as it was addressed: late news is better than none.
    guard.each(scope, "readdress", held, to_deputies, lambda row: gone.discard(row.id), name_of)
    return [row for row in going if row.id not in gone] if gone else going


def leave_channels(scope: Scope, running: Collection[str], alone: bool) -> int:
    """Let what waits for a channel that is not `running` here go another way; returns how many.

    It is switched off, gone, or could not be started. Another node may have it, except where this one is
    `alone`. Real messages only: a drill is owed to nobody; while rehearsing only what goes to the admin takes
    another way. Call it every minute.
    """
    world = scope.world
    if world.mode is Mode.HOLD:
        return 0
    before = scope.now if alone else scope.now - CHANNEL_GONE_AFTER
    found = leasing.waiting_elsewhere(scope.tx, running, before, _AT_ONCE, world.drilling)
    rows = readable(scope, "leave", found)
    way = admin.admin_routes(scope)[0]
    lost = [row for row in rows if not _to_admin(row) or way[0] not in running]
    for row in rows:
        if row not in lost:
            _another_way(scope, row, way)
    _give_up(scope, lost, NO_CHANNEL)
    return len(rows)


def _another_way(scope: Scope, row: DeliveryRow, way: tuple[str, str]) -> None:
    """Let a message to the admin take another channel; what was tried stays on record where it was tried."""
    if not row.attempts:
        leasing.reroute(scope.tx, row.id, *way, scope.now)
        return
    leasing.drop(scope.tx, row, scope.now, scope.node)
    domain, about = scope.world.mail_domain, {"payload": row.payload, "drill": row.drill}
    again = outbox.new_delivery(scope.now, domain, row.person, way, row.bundle, row.template, **about)
    outbox.add_deliveries(scope.tx, [again])


def _admins_address(scope: Scope, row: DeliveryRow) -> str:
    """The address a message to the admin goes to on its channel; "" where it must take another one."""
    here = [address for channel, address in admin.usual_routes(scope.world) if channel == row.channel]
    here += [address for channel, address in admin.admin_routes(scope) if channel == row.channel]
    return row.address if row.address in here else next(iter(here), "")


def _to_admin(row: DeliveryRow) -> bool:
    """Whether a message goes where the admin is reached, unless it is kept here because that failed."""
    return row.person == ADMIN and row.template == admin.TEMPLATE and not row.bundle.endswith(admin.KEPT)


def _give_up(scope: Scope, rows: Sequence[DeliveryRow], why: str) -> None:
    """Let go of what no attempt can reach, as if it had been refused; what follows is decided next."""
    said = Catalogue(scope.world.language).say(why)
    leasing.give_up(scope.tx, rows, scope.now, scope.node, said)
    failures.add(scope.tx, [failures.failed(row.id, scope.now, Result.REFUSED, said) for row in rows])


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
    drafts = Drafts(scope)
    routes = drafts.addressing.routes_to(stand_in)
    if not routes:
        return False
    new = drafts.delivery(stand_in.id, *routes[0], row.bundle + "|deputy", scope.now)
    new |= {"due": row.due, "by_the_hour": row.by_the_hour}
    linked = outbox.contents(scope.tx, [row.id])[row.id]
    drafts.intent.deliveries.append(new)
    drafts.intent.links += [{"delivery": new["id"], "notice": notice.id} for notice in linked]
    drafts.write()
    for notice in linked:
        repeats.hand_over(scope.tx, notice.id, stand_in.id, person.name)
    leasing.drop(scope.tx, row, scope.now, scope.node)
    return True
