"""Mails that came back: what was taken over is as if it had been refused, and what follows is the same."""

from __future__ import annotations

from alertd.engine.ruling.scope import Scope
from alertd.mailin.letter import Bounce
from alertd.store import addresses, failures, idempotency, leasing, outbox
from alertd.store.rows import DeliveryRow
from alertd.transports.base import LONGEST_CODE, Result

#: an address is not given up for a mail that left longer ago: it may be another mailbox by now
_LATE = addresses.LASTS
#: the code of what follows from a mail that is only late
DELAYED = "delayed"


def came_back(scope: Scope, row: DeliveryRow, bounce: Bounce) -> bool:
    """Let a mail that could not be delivered go another way, once; False where that is settled.

    What its server still tries stays as it was, and goes another way besides.
    """
    if row.state not in outbox.TAKEN:
        return False
    if not bounce.lasting:
        key = f"mail-delayed:{row.id:x}"
        return _once(scope, key) and _follow(scope, row, bounce, Result.RETRY)
    said = f"{bounce.status} {bounce.detail}".strip()
    leasing.give_up(scope.tx, [row], scope.now, scope.node, said)
    return _follow(scope, row, bounce, Result.REFUSED)


def _once(scope: Scope, key: str) -> bool:
    if idempotency.answered(scope.tx, key) is not None:
        return False
    idempotency.keep(scope.tx, key, "", scope.now)
    return True


def _follow(scope: Scope, row: DeliveryRow, bounce: Bounce, result: Result) -> bool:
    fresh = scope.now - (row.sent_at or row.created_at) < _LATE
    code = (bounce.status if bounce.lasting else DELAYED)[:LONGEST_CODE]
    dead = bounce.dead and fresh
    failures.add(scope.tx, [failures.failed(row.id, scope.now, result, bounce.detail, code, dead)])
    return True
