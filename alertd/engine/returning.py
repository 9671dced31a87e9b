"""What the receiver does with a hand-in: strike it off, or send it back; and what need not be done at all.

Each function is one transaction of its caller, and raises Refused where alertd.core.rights says no.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import State
from alertd.core.rights import Act
from alertd.core.timing import TraceLine
from alertd.engine.acts import Actor
from alertd.engine.events import start_after
from alertd.engine.followups import tell_those_told
from alertd.engine.grounds import take_back
from alertd.engine.permission import need_reason, permitted
from alertd.engine.refusal import Refused
from alertd.engine.retiming import changes_of, new_end, old_limits, run_again, traced
from alertd.engine.settling import settle
from alertd.engine.world import World
from alertd.store import audit, deadlines, outbox


def send_back(
    tx: Connection,
    world: World,
    now: datetime,
    number: int,
    reason: str,
    actor: Actor,
    end: date | datetime | None = None,
) -> datetime | None:
    """Return a hand-in for correction, with a new limit if `end` is given; returns when it is looked at next.

    `end` is the last day, an instant on an hour clock, and lies ahead. Without it the limit stays as it was.
    What was handed in late stays on record as late.
    """
    row, right = permitted(tx, world, now, number, Act.RETURN, actor)
    reason = need_reason(reason)
    values: dict[str, Any] = {"done_at": None, "closed_at": None, "result": "", "review_due": None}
    moved: dict[str, Any] = {}
    if end is not None:
        moved = new_end(world, row, end)
        if moved["due"] <= now:
            raise Refused("end-over", deadline=row.id)
        line = TraceLine(end, "due", "returned-until", {"by": actor.name})
        moved |= {"trace": traced(tx, row, [line]), "limit_by": "returned"}
    next_at = run_again(tx, world, now, row, State.RETURNED, {**values, **moved})
    outbox.silence(tx, number)
    detail = {"reason": reason, **right, **({"changes": changes_of(row, moved)} if moved else {})}
    audit.append(tx, number, now, actor.text, "returned", detail)
    told = {"reason": reason, **({"old": old_limits(row)} if moved else {})}
    tell_those_told(tx, world, now, number, "returned", actor.name, told)
    take_back(tx, world, now, row, reason, actor.text)
    start_after(tx, world, now, row, now, state=State.RETURNED)
    settle(tx, world, now, row.case_id, actor.text)
    return next_at


def verify(tx: Connection, world: World, now: datetime, number: int, actor: Actor, reason: str = "") -> None:
    """Strike a hand-in off: reviewed and closed. Those told hear of it."""
    row, right = permitted(tx, world, now, number, Act.VERIFY, actor)
    values = {"state": State.VERIFIED, "review_due": None, "next_action_at": None, "waits": "closed"}
    deadlines.change(tx, number, **values)
    outbox.silence(tx, number)
    detail = {**right, "happened": row.done_at.isoformat(), **({"reason": reason} if reason else {})}
    audit.append(tx, number, now, actor.text, "verified", detail)
    tell_those_told(tx, world, now, number, "verified", actor.name, {"reason": reason} if reason else {})
    start_after(tx, world, now, row, now, state=State.VERIFIED)
    settle(tx, world, now, row.case_id, actor.text)


def waive(
    tx: Connection, world: World, now: datetime, number: int, reason: str, actor: Actor, approver: str
) -> None:
    """Close a duty that need not be done (免予辦理): the reason and who approved it stay on record."""
    row, right = permitted(tx, world, now, number, Act.WAIVE, actor, approver)
    reason = need_reason(reason)
    deadlines.change(
        tx,
        number,
        state=State.WAIVED,
        closed_at=now,
        suspended_at=None,
        next_action_at=None,
        waits="closed",
    )
    outbox.silence(tx, number)
    audit.append(tx, number, now, actor.text, "waived", {"reason": reason, **right})
    tell_those_told(tx, world, now, number, "waived", actor.name, {"reason": reason})
    settle(tx, world, now, row.case_id, actor.text)
