"""An address that its provider called dead is used again: somebody says so, or shows it."""

from __future__ import annotations

from alertd.core.text import Line
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.scope import Scope
from alertd.store import addresses, audit


@taking_texts
def unblock(scope: Scope, channel: Line, address: Line) -> bool:
    """Write to an address again from now on; False where nothing kept it from that.

    Whoever keeps the program may, and whoever writes from the address: `/start` to a bot.
    """
    if not addresses.unblock(scope.tx, channel, address):
        return False
    scope.record(audit.REGISTER, "address-unblocked", {"channel": channel, "address": address})
    return True
