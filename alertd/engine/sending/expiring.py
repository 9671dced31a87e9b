"""What another system did not take for so long that it never will: given up, and told to the admin."""

from __future__ import annotations

from datetime import timedelta

from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode
from alertd.engine.sending.readdressing import readable
from alertd.messages.catalogue import Catalogue
from alertd.store import failures, leasing
from alertd.transports.base import Result

#: a change waits so long for whoever subscribes to it; then that system has to be brought up to date anyway
KEPT_FOR = timedelta(days=14)
_AT_ONCE = 500


def give_up_old(scope: Scope) -> int:
    """Let go of changes that nobody took in time; returns how many. Call it every minute."""
    if scope.world.mode is Mode.HOLD or not scope.world.subscriptions:
        return 0
    before = scope.now - KEPT_FOR
    found = leasing.changes_before(scope.tx, scope.world.subscriptions, before, _AT_ONCE)
    rows = readable(scope, "leave", found)
    said = Catalogue(scope.world.language).say("unsent.too-old")
    leasing.give_up(scope.tx, rows, scope.now, scope.node, said)
    failures.add(scope.tx, [failures.failed(row.id, scope.now, Result.REFUSED, said) for row in rows])
    return len(rows)
