"""More time: asked for before the limit, with a reason and a date, and decided by a superior.

A limit moves only when an extension is granted, and nothing is granted once the limit has passed: what is
late stays late. Each function is one transaction of its caller; Refused says why not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.escalation import AlertPlan
from alertd.core.model import State
from alertd.core.rights import Act
from alertd.core.timing import TraceLine
from alertd.engine.acts import Actor
from alertd.engine.drafts import Drafts
from alertd.engine.followups import tell_those_told
from alertd.engine.permission import need_reason, permitted
from alertd.engine.refusal import Refused
from alertd.engine.retiming import changes_of, new_end, old_limits, run_again, traced
from alertd.engine.world import World
from alertd.store import audit, outbox, requests


def ask_extension(
    tx: Connection,
    world: World,
    now: datetime,
    number: int,
    end: date | datetime,
    reason: str,
    actor: Actor,
) -> None:
    """Ask for more time until `end`, the new last day (an instant on an hour clock). The superior is told."""
    row, right = permitted(tx, world, now, number, Act.EXTEND, actor)
    reason = need_reason(reason)
    _later_end(world, now, row, end)
    if requests.undecided(tx, number, requests.EXTEND) is not None:
        raise Refused("asked-already", deadline=row.id)
    requests.add(tx, number, requests.EXTEND, now, actor.text, reason, end.isoformat(), row.due)
    wanted = {"wanted": end.isoformat()}
    audit.append(tx, number, now, actor.text, "extension-asked", {"reason": reason, **wanted, **right})
    to = (("leader-in-charge", True),)
    tell(tx, world, now, row, "requested", to, actor, {"reason": reason, "request": "extend", **wanted})


def _later_end(world: World, now: datetime, row: Any, end: date | datetime) -> dict[str, Any]:
    """The columns of the new limit. Raises Refused: no limit, passed already, not later."""
    if row.due is None:
        raise Refused("no-limit", deadline=row.id)
    if now > row.due:
        raise Refused("extension-too-late", deadline=row.id)
    values = new_end(world, row, end)
    if values["due"] <= row.due:
        raise Refused("not-later", deadline=row.id)
    return values


def grant_extension(
    tx: Connection,
    world: World,
    now: datetime,
    number: int,
    actor: Actor,
    approver: str = "",
    end: date | datetime | None = None,
) -> datetime | None:
    """Grant what was asked for, or until another `end`; returns when it is looked at next."""
    row, right = permitted(tx, world, now, number, Act.DECIDE_EXTEND, actor, approver)
    asked = open_request(tx, world, row, requests.EXTEND, actor)
    until = end if end is not None else read_end(asked.wanted)
    values = _later_end(world, now, row, until)
    line = TraceLine(until, "due", "extended-until", {"by": approver or actor.name, "reason": asked.reason})
    values |= {"trace": traced(tx, row, [line]), "limit_by": "extended"}
    next_at = run_again(tx, world, now, row, State(row.state), values)
    outbox.silence(tx, number)
    requests.decide(tx, asked.id, requests.GRANTED, now, actor.text)
    detail = {"reason": asked.reason, "asked_by": asked.asked_by, "changes": changes_of(row, values), **right}
    audit.append(tx, number, now, actor.text, "extended", detail)
    told = {"reason": asked.reason, "old": old_limits(row)}
    heard = tell_those_told(tx, world, now, number, "extended", actor.name, told)
    if not heard:
        tell(tx, world, now, row, "extended", (("contact", False),), actor, told)
    return next_at


def refuse_extension(
    tx: Connection, world: World, now: datetime, number: int, reason: str, actor: Actor, approver: str = ""
) -> None:
    """Do not grant what was asked for; the limit stays. The unit hears why."""
    row, right = permitted(tx, world, now, number, Act.DECIDE_EXTEND, actor, approver)
    asked = open_request(tx, world, row, requests.EXTEND, actor)
    refuse(tx, world, now, row, asked, "extension-refused", need_reason(reason), right, actor)


# ---------------------------------------------------------------- for every kind of request


def refuse(
    tx: Connection,
    world: World,
    now: datetime,
    row: Any,
    asked: Any,
    action: str,
    reason: str,
    right: Mapping[str, Any],
    actor: Actor,
) -> None:
    """Decide a request against who asked, and tell the unit."""
    requests.decide(tx, asked.id, requests.REFUSED, now, actor.text)
    detail = {"reason": reason, "asked_by": asked.asked_by, **right}
    audit.append(tx, row.number, now, actor.text, action, detail)
    told = {"reason": reason, "request": asked.kind}
    tell(tx, world, now, row, "refused", (("contact", False),), actor, told)


def open_request(tx: Connection, world: World, row: Any, kind: str, actor: Actor) -> Any:
    """The request to decide. Raises Refused when there is none, and for a person who asked for it themselves.

    The office at its keyboard may enter both, on behalf of those who asked and decided.
    """
    asked = requests.undecided(tx, row.number, kind)
    if asked is None:
        raise Refused(f"no-{kind}-request", deadline=row.id)
    if asked.asked_by == actor.text and actor.name in world.register.people:
        raise Refused("own-request", deadline=row.id)
    return asked


def read_end(text: str) -> date | datetime:
    """A day or an instant as `isoformat` wrote it."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def tell(
    tx: Connection,
    world: World,
    now: datetime,
    row: Any,
    kind: str,
    to: tuple[tuple[str, bool], ...],
    actor: Actor,
    detail: Mapping[str, Any],
) -> tuple[str, ...]:
    """Tell positions of the unit, the receiver or the supervisor; `to` says who is asked. Returns ids."""
    obligation = world.register.obligations.get(row.obligation)
    drafts = Drafts(tx, world, now)
    plan = AlertPlan(kind, 1, now, (), to, None, "each")
    receiver = obligation.receiver if obligation else None
    recipients = drafts.alert(row, receiver, plan, kind, {**detail, "by": actor.name})
    drafts.write()
    return tuple(recipient.person for recipient in recipients)
