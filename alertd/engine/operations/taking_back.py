"""A *received* that was pressed by mistake is taken back: reminders come as if it had not been pressed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alertd.core.rights import Act
from alertd.core.text import Remark
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.permission import permitted
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, outbox, repeats
from alertd.store.rows import DeadlineRow

RECEIVED, TAKEN_BACK = "acknowledged", "received-taken-back"


@taking_texts
def take_back_received(scope: Scope, number: int, reason: Remark = "") -> datetime | None:
    """Take back the last *received* of who acts; returns when something is said about it next.

    Each reminder that it put to rest comes when it would have come, at once where that has passed; so does a
    step that was left out because of it. Raises Refused: no right; "nothing-received" where there is none, or
    where it rests nothing any more.
    """
    row, right = permitted(scope, number, Act.TAKE_BACK)
    chain = list(audit.of_deadline(scope.tx, number))
    act = _last_received(scope, chain)
    if act is None or datetime.fromisoformat(act.detail["until"]) <= scope.now:
        raise Refused("nothing-received", deadline=row.id)
    restored = [repeats.Rested(**each) for each in act.detail.get("rested", ())]
    repeats.wake(scope.tx, restored)
    rests = [each.acknowledged_until for each in outbox.told(scope.tx, number) if each.acknowledged_until]
    left_out = _left_out(scope, row, chain, act.seq)
    values = {
        "acknowledged_until": max(rests, default=None),
        "fired": tuple(step for step in row.fired if step not in left_out),
    }
    detail = {"received": act.at.isoformat(), **right, **({"reason": reason} if reason else {})}
    new = write(scope, row, Change(TAKEN_BACK, values, detail, waits=row.waits or "completion"))
    said = [each.next_at for each in outbox.told(scope.tx, number) if each.next_at]
    said += [new.next_action_at] if new.next_action_at else []
    return max(min(said), scope.now) if said else None


def _last_received(scope: Scope, chain: list[Any]) -> Any:
    """The last *received* of who acts that was not taken back; None for none."""
    for act in reversed(chain):
        if act.actor == scope.actor.name and act.action in (RECEIVED, TAKEN_BACK):
            return act if act.action == RECEIVED and "rested" in act.detail else None
    return None


def _left_out(scope: Scope, row: DeadlineRow, chain: list[Any], since: int) -> frozenset[str]:
    """Steps that were passed over since because somebody had received it."""
    passed = {step for act in chain if act.seq > since for step in _passed(act.detail)}
    unless = {reach.id for reach in scope.world.steps_of(row) if "acknowledged" in reach.step.unless}
    return frozenset(passed & unless)


def _passed(detail: Mapping[str, Any]) -> list[str]:
    return list(detail.get("passed", ()))
