"""Acts that bear on the limits of one deadline: it stands still, goes on, runs anew, or is given a day.

Each puts the act on record and lets the limits be counted anew (recount.py). Whoever asks: rights are looked
at above. Those who were told hear of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.history import AcceptedAct, ActKind
from alertd.core.model import State
from alertd.core.rules import parse_rule
from alertd.core.timing import RuleKind
from alertd.engine.deadlines.change import Change, write
from alertd.engine.deadlines.recount import recount
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import acts, audit, deadlines
from alertd.store.ids import new_id
from alertd.store.rows import DeadlineRow


def stop(
    scope: Scope, number: int, at: datetime, reason: str, right: Mapping[str, Any] | None = None
) -> None:
    """Stop a running clock at `at`. Those told hear of it; nothing is said until it goes on.

    Raises Refused: ahead or before the start, or after the limit had passed.
    """
    row = deadlines.hold(scope.tx, number)
    if at > scope.now or at < row.start:
        raise Refused("outside-clock", deadline=row.id)
    if row.due is not None and at > row.due:
        raise Refused("limit-passed", deadline=row.id)
    _enter(scope, number, ActKind.PAUSE, at, reason=reason)
    detail = {"reason": reason, "at": at.isoformat(), "was": str(row.state), **(right or {})}
    values = {"state": State.SUSPENDED, "suspended_at": at}
    said = {"reason": reason, "happened": at.isoformat()}
    write(scope, row, Change("suspended", values, detail, "suspended", said))


def go_on(
    scope: Scope, number: int, at: datetime, reason: str, right: Mapping[str, Any] | None = None
) -> datetime | None:
    """Let a stopped clock go on in the state it had; its bounds move by the time that does not count.

    Returns the new due. Raises Refused: ahead, or before it stopped.
    """
    row = deadlines.hold(scope.tx, number)
    if at > scope.now or row.suspended_at is None or at < row.suspended_at:
        raise Refused("outside-pause", deadline=row.id)
    acts.end_pause(scope.tx, number, at)
    state = _state_before(scope.tx, number)
    detail = {"at": at.isoformat(), **({"reason": reason} if reason else {}), **(right or {})}
    detail |= {"state": str(state)} if state is not State.OPEN else {}
    said = {"reason": reason, "happened": at.isoformat()}
    return recount(scope, row, Change("resumed", {"state": state}, detail, "resumed", said)).due


def _state_before(tx: Connection, number: int) -> State:
    """Returned for correction, where that is what was paused; else open."""
    paused = [act for act in audit.of_deadline(tx, number) if act.action == "suspended"]
    returned = bool(paused) and paused[-1].detail.get("was") == State.RETURNED
    return State.RETURNED if returned else State.OPEN


def run_anew(
    scope: Scope, number: int, at: datetime, reason: str, right: Mapping[str, Any] | None = None
) -> datetime | None:
    """Count a clock anew from `at`; returns the new due.

    Raises Refused: a rule that no start moves, ahead, or before the start.
    """
    row = deadlines.hold(scope.tx, number)
    rule = parse_rule(row.rule)
    if rule.kind is not RuleKind.ELAPSED or rule.before:
        raise Refused("cannot-restart", deadline=row.id, rule=row.rule)
    if at > scope.now or at < row.start:
        raise Refused("outside-clock", deadline=row.id)
    acts.end_pause(scope.tx, number, at)
    _enter(scope, number, ActKind.RESTART, at, reason=reason)
    detail = {"reason": reason, "at": at.isoformat(), **(right or {})}
    said = {"reason": reason, "happened": at.isoformat()}
    # A start that an act has moved is no longer in the row.
    values = {"state": State.OPEN, "counted_from": row.counted_from or row.start}
    change = Change("restarted", values, detail, "restarted", said, silent=True)
    return recount(scope, row, change).due


def name_end(
    scope: Scope,
    row: DeadlineRow,
    kind: ActKind,
    end: date | datetime,
    change: Change,
    by: str,
    reason: str = "",
) -> DeadlineRow:
    """Give a deadline the day (or instant) that a grant or a return names, and carry `change` out with it."""
    _enter(scope, row.number, kind, scope.now, end=end, by=by, reason=reason)
    return recount(scope, row, change)


def if_named(scope: Scope, row: DeadlineRow, kind: ActKind, end: date | datetime) -> AcceptedAct:
    """The act that `name_end` would put on record, to see what came of it.

    Raises Refused: an hour clock needs an instant, a day clock a day.
    """
    if row.by_the_hour != isinstance(end, datetime):
        raise Refused("instant-needed" if row.by_the_hour else "day-needed", deadline=row.id, rule=row.rule)
    return AcceptedAct(kind, scope.now, new_id(), end=end)


def note(scope: Scope, row: DeadlineRow, at: datetime, why: str) -> None:
    """Put on record, for the trace alone, that something moved nothing. `why` is the code of a sentence."""
    _enter(scope, row.number, ActKind.NOTE, at, reason=why)


def _enter(scope: Scope, number: int, kind: ActKind, at: datetime, **more: Any) -> None:
    acts.add(scope.tx, number, kind, at, scope.now, **{"by": scope.actor.name, **more})
