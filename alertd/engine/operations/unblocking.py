"""An address that its provider called dead is used again: somebody says so, or shows it."""

from __future__ import annotations

from typing import Any

from alertd.core.text import Line
from alertd.engine.notify.admin import take_back
from alertd.engine.notify.topics import AddressDead, ChatBlocked
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, audit


@taking_texts
def unblock(scope: Scope, channel: Line, address: Line) -> bool:
    """Write to an address again from now on; False where nothing kept it from that.

    Whoever keeps the program may, and whoever writes from the address: `/start` to a bot.
    """
    if not addresses.unblock(scope.tx, channel, address):
        return False
    for dead in (AddressDead, ChatBlocked):  # dead once more, it is news
        take_back(scope, dead, lambda key: key == f"{channel}|{address}")
    scope.record(audit.REGISTER, "address-unblocked", {"channel": channel, "address": address})
    return True


@taking_texts
def unblock_named(scope: Scope, who: Line, channel: Line = "") -> tuple[tuple[str, str], ...]:
    """Write again to every blocked address of a person, or to the address itself; on one channel if named.

    Returns (channel, address) of those that are used again. Raises Refused: "not-blocked" where there is
    none, "several-people".
    """
    world, person = scope.world, person_named(scope.world.register, who)

    def meant(row: Any) -> bool:
        mine = person is not None and world.abilities(row.channel).address(person) == row.address
        return channel in ("", row.channel) and (mine or row.address == who)

    rows = [row for row in addresses.blocked_since(scope.tx, scope.now) if meant(row)]
    if not rows:
        raise Refused("not-blocked", found=who)
    for row in rows:
        unblock(scope, row.channel, row.address)
    return tuple((row.channel, row.address) for row in rows)
