"""A message is looked at again when it is about to leave: what holds it now may have begun since, or ended.

What may not leave yet waits with the newest about the same that leaves then, in one message; the rest leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alertd.engine.notify import guard
from alertd.engine.notify.gathering import leave_then
from alertd.engine.notify.holds import Holds, is_reminder
from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.readdressing import name_of
from alertd.store import leasing, outbox
from alertd.store.rows import DeliveryRow, NoticeRow, joined_deadline


def hold_back(scope: Scope, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Of leased rows those that may leave now; what may not goes to a message that leaves when it may.

    What was tried before has begun to leave, and is not held any more.
    """
    holds = Holds(scope)
    looked = [row for row in rows if _may_be_held(scope, holds, row)]
    if not looked:
        return list(rows)
    held: set[int] = set()

    def hold(some: Sequence[DeliveryRow]) -> None:
        contents = outbox.contents(scope.tx, [row.id for row in some])
        held.update(row.id for row in some if _hold(scope, holds, row, contents[row.id]))

    # What slips leaves: late news is better than none.
    guard.each(scope, "hold", looked, hold, lambda row: held.discard(row.id), name_of)
    return [row for row in rows if row.id not in held]


def _may_be_held(scope: Scope, holds: Holds, row: DeliveryRow) -> bool:
    if row.template != "message" or row.by_the_hour or row.attempts:
        return False
    return bool(holds.silences) or _rests(scope, row)


def _rests(scope: Scope, row: DeliveryRow) -> bool:
    """Whether its reader is left in peace now."""
    return scope.world.rest_of(row.person).covers(scope.now.astimezone(scope.world.zone))


def _hold(scope: Scope, holds: Holds, row: DeliveryRow, notices: Sequence[NoticeRow]) -> bool:
    """Let what is held in a message wait; whether nothing of it leaves now."""
    later: dict[datetime, list[NoticeRow]] = {}
    for notice in notices:
        leave = _leaves(scope, holds, row, notice)
        if leave > scope.now:
            later.setdefault(leave, []).append(notice)
    whole = sum(map(len, later.values())) == len(notices)
    if not later:
        return False
    if whole:
        leasing.hand_back(scope.tx, scope.node, [row.id])
    for leave, some in later.items():
        leave_then(scope, row, some, leave, whole and len(later) == 1)
    return whole


def _leaves(scope: Scope, holds: Holds, row: DeliveryRow, notice: NoticeRow) -> datetime:
    """When what is held by a silence or its reader's rest leaves; anything else now, whatever the hour."""
    deadline = joined_deadline(notice)
    reminder = is_reminder(notice.alert_kind, notice.step)
    silent = reminder and holds.silence_over(deadline) is not None
    held = silent or _rests(scope, row)
    return holds.leave(deadline, row.person, reminder) if held else scope.now
