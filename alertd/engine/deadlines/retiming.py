"""New limits of one deadline: given by an act, by changed files, after a pause, or by running anew.

The reason is added to its trace. A limit set by an act is not moved by the files any more: `limit_by` says
which act it was. Whoever asks: rights are looked at above.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.counting import close_of_business
from alertd.core.excluded import Excluded, day_moved, excluded
from alertd.core.limits import limits_after
from alertd.core.model import State
from alertd.core.rules import parse_rule
from alertd.core.timing import RuleKind, TraceLine
from alertd.engine.deadlines.change import TIMES, Change, write
from alertd.engine.deadlines.opening import Traces
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.types import dumps

_OLD = ("last_day", "office_due", "due", "earliest")


def new_end(world: World, row: DeadlineRow, end: date | datetime) -> dict[str, Any]:
    """The columns of a limit that ends with a day, or at an instant on an hour clock.

    Raises Refused: an hour clock needs an instant, a day clock a day.
    """
    if row.by_the_hour:
        if not isinstance(end, datetime):
            raise Refused("instant-needed", deadline=row.id, rule=row.rule)
        return {"due": end, "office_due": end, "last_day": None}
    if isinstance(end, datetime):
        raise Refused("day-needed", deadline=row.id, rule=row.rule)
    office_due, _ = close_of_business(end, row.earliest or row.opens_at, world.calendar, world.office)
    return {
        "due": world.calendar.midnight_after(end),
        "office_due": office_due,
        "last_day": end,
        "provisional": world.calendar.is_provisional(end),
    }


def traced(tx: Connection, trace: str, lines: Sequence[TraceLine]) -> str:
    """Store a trace, by its digest, with `lines` added; returns the digest of that."""
    stored = list(deadlines.trace_of(tx, trace) or ())
    stored += [
        {"at": line.at.isoformat(), "what": line.what, "why": line.why, "args": dict(line.args)}
        for line in lines
    ]
    digest = hashlib.sha256(dumps(stored).encode()).hexdigest()
    deadlines.insert_traces(tx, {digest: stored})
    return digest


def stop(
    scope: Scope, number: int, at: datetime, reason: str, right: Mapping[str, Any] | None = None
) -> None:
    """Stop a running clock at `at`. Those told hear of it; nothing is said until it goes on."""
    row = deadlines.hold(scope.tx, number)
    if at > scope.now or at < row.start:
        raise Refused("outside-clock", deadline=row.id)
    if row.due is not None and at > row.due:
        raise Refused("limit-passed", deadline=row.id)
    detail = {"reason": reason, "at": at.isoformat(), "was": str(row.state), **(right or {})}
    values = {"state": State.SUSPENDED, "suspended_at": at}
    said = {"reason": reason, "happened": at.isoformat()}
    write(scope, row, Change("suspended", values, detail, "suspended", said))


def go_on(
    scope: Scope, number: int, at: datetime, reason: str, right: Mapping[str, Any] | None = None
) -> datetime | None:
    """Let a stopped clock go on in the state it had; its bounds move by the time that does not count.

    Returns the new due.
    """
    row = deadlines.hold(scope.tx, number)
    if at > scope.now or row.suspended_at is None or at < row.suspended_at:
        raise Refused("outside-pause", deadline=row.id)
    state = _state_before(scope.tx, number)
    values: dict[str, Any] = {"state": state}
    moved, line = _moved(scope.world, row, row.suspended_at, at)
    if moved:
        values |= {**moved, "trace": traced(scope.tx, row.trace, [line]), "limit_by": "resumed"}
    detail = {"at": at.isoformat(), **({"reason": reason} if reason else {}), **(right or {})}
    detail |= {"state": str(state)} if state is not State.OPEN else {}
    said = {"reason": reason, "happened": at.isoformat()}
    return write(scope, row, Change("resumed", values, detail, "resumed", said)).due


def _state_before(tx: Connection, number: int) -> State:
    """Returned for correction, where that is what was paused; else open."""
    paused = [act for act in audit.of_deadline(tx, number) if act.action == "suspended"]
    returned = bool(paused) and paused[-1].detail.get("was") == State.RETURNED
    return State.RETURNED if returned else State.OPEN


def _moved(
    world: World, row: DeadlineRow, stopped: datetime, at: datetime
) -> tuple[dict[str, Any], TraceLine]:
    """The bounds after the pause, and the line of the trace that says so; no bounds when nothing moves."""
    rule, calendar = parse_rule(row.rule), world.calendar
    out = excluded(rule, row.by_the_hour, stopped, at, calendar)
    line = TraceLine(at.astimezone(calendar.zone), "count", _why(out), _args(world, stopped, at, out))
    if out.none:
        return {}, line
    values: dict[str, Any] = {}
    if row.by_the_hour:
        values = new_end(world, row, row.due + out.span) if row.due is not None else {}
        if row.earliest is not None and row.earliest > stopped:
            values["earliest"] = row.earliest + out.span
        return values, line
    if row.earliest is not None and row.earliest > stopped:
        full = calendar.local_date(row.earliest - timedelta(microseconds=1))
        values["earliest"] = calendar.midnight_after(day_moved(full, out, rule, calendar))
    if row.last_day is not None:
        values |= new_end(world, row, day_moved(row.last_day, out, rule, calendar))
    return values, line


def _why(out: Excluded) -> str:
    return "paused-hours" if out.span else "paused-days"


def _args(world: World, stopped: datetime, at: datetime, out: Excluded) -> dict[str, str]:
    first: date = world.calendar.local_date(stopped)
    args = {"first": first.isoformat(), "last": world.calendar.local_date(at).isoformat()}
    if out.span:
        return {**args, "amount": str(round(out.span.total_seconds() / 60)), "unit": "minute"}
    return {**args, "amount": str(out.days), "unit": str(out.unit)}


def run_anew(
    scope: Scope, number: int, at: datetime, reason: str, right: Mapping[str, Any] | None = None
) -> datetime | None:
    """Count a clock anew from `at`. Raises Refused for a rule that no start moves."""
    row = deadlines.hold(scope.tx, number)
    rule = parse_rule(row.rule)
    if rule.kind is not RuleKind.ELAPSED or rule.before:
        raise Refused("cannot-restart", deadline=row.id, rule=row.rule)
    if at > scope.now or at < row.start:
        raise Refused("outside-clock", deadline=row.id)
    limits = limits_after(rule, at, scope.world.calendar, scope.world.office)
    again = TraceLine(limits.start, "start", "runs-anew", {"from": scope.world.today(row.start).isoformat()})
    traces = Traces()
    digest = traces.digest(limits)
    deadlines.insert_traces(scope.tx, traces.lines)
    values: dict[str, Any] = {name: getattr(limits, name) for name in TIMES}
    values |= {"trace": traced(scope.tx, digest, [again]), "limit_by": "restarted", "state": State.OPEN}
    detail = {"reason": reason, "at": at.isoformat(), **(right or {})}
    said = {"reason": reason, "happened": at.isoformat()}
    write(scope, row, Change("restarted", values, detail, "restarted", said, silent=True))
    return limits.due


def move_deadline(scope: Scope, row: DeadlineRow, values: Mapping[str, Any], reason: str) -> None:
    """Give a deadline new times; steps that lie ahead again are spoken again, and those told hear of it."""
    told = "moved" if {"due", "earliest"} & values.keys() else ""
    waits = row.waits or "completion"
    write(scope, row, Change("moved", values, {"reason": reason}, told, {"reason": reason}, waits=waits))
