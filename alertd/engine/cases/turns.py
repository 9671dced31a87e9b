"""The turns of a recurring duty of a case: the next is planned when the last one opens, until they end.

Every turn is a deadline of its own, CASE, CASE.2, CASE.3 and so on; only the running one and the next are
planned. Each function works in its caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.core.model import RUNNING, Obligation, State
from alertd.core.rules import parse_rule
from alertd.core.timing import RuleKind
from alertd.core.turns import turn_due_after, turn_limits
from alertd.engine.cases.case import free_names
from alertd.engine.deadlines.closing import ENDED, MISSED, miss, stop_owing, take_up
from alertd.engine.deadlines.opening import Traces, open_all, row_of
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow, deadline_of

#: after more missed turns than this, older ones tell nothing new and are left out
MOST_MISSED = 500


def recurs(obligation: Obligation) -> bool:
    return obligation.rule.kind is RuleKind.RECURRING


def rows_from(
    world: World,
    obligation: Obligation,
    party: str,
    start: datetime,
    first: int,
    names: Iterable[str],
    now: datetime,
    traces: Traces,
    link: Mapping[str, Any],
    spoken: bool = True,
) -> list[dict[str, Any]]:
    """The turns from `first` on, up to the one after that which runs now, ready to insert.

    Turns are counted from `start`. Those missed meanwhile are recorded and say nothing of what has passed,
    but for the first one where `spoken`.
    """
    running = turn_due_after(obligation.rule, start, now, world.calendar, world.office)
    last = max(running, first) + 1
    numbers = [first, *range(max(first + 1, last - MOST_MISSED), last + 1)]
    rows: list[dict[str, Any]] = []
    for number, name in zip(numbers, names, strict=False):
        limits = turn_limits(obligation.rule, start, number, world.calendar, world.office)
        row = row_of(world, obligation, name, party, limits, now, traces, link)
        row |= {"turn": number, "turns_from": start, "counted_from": start}
        if row["due"] <= now and not (spoken and number == first):
            row |= _silent(world, row, now)
        rows.append(row)
        if limits.opens_at > now:
            break
    return rows


def _silent(world: World, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The cursor of a turn that was missed before it was planned: only what lies ahead is still said."""
    steps = world.steps_of(deadline_of(row))
    ahead = [reach.at for reach in steps if reach.at > now]
    passed = tuple(reach.id for reach in steps if reach.at <= now)
    next_at = min(ahead, default=None)
    return {"fired": passed, "next_action_at": next_at, "waits": "" if next_at else "bulletin"}


def follow(scope: Scope, rows: Sequence[DeadlineRow]) -> list[DeadlineRow]:
    """Plan what comes after the turns among `rows` that open now; returns those due to be looked at already.

    Read again and held, so that the caller fires them with the others: one message after a long downtime.
    """
    planned: list[str] = []
    for row in rows:
        if row.turn and row.state == State.SCHEDULED and row.opens_at <= scope.now:
            planned += _plan_after(scope, row)
    found = [deadlines.find(scope.tx, name) for name in planned]
    return [
        row for row in found if row and row.next_action_at is not None and row.next_action_at <= scope.now
    ]


def keep_ahead(scope: Scope, rows: Sequence[DeadlineRow]) -> None:
    """Plan a next turn for each series of a case whose last one was closed before it opened."""
    for series in series_of(rows):
        last = series[-1]
        if last.state != State.SCHEDULED and not has_ended(last):
            _plan_after(scope, last)


def series_of(rows: Iterable[DeadlineRow]) -> list[list[DeadlineRow]]:
    """The turns among the rows of a case by duty and party, each in order."""
    found: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        if row.turn:
            found.setdefault((row.obligation, row.party), []).append(row)
    return [sorted(series, key=lambda row: row.number) for series in found.values()]


def has_ended(last: DeadlineRow) -> bool:
    """Whether no turn follows this one, the last that was planned."""
    return last.state in (State.CANCELLED, State.WITHDRAWN) or last.result == MISSED


def _plan_after(scope: Scope, row: DeadlineRow, first: int = 0) -> list[str]:
    """Plan the turns after `row`, beginning with number `first` if given; returns their ids."""
    duty = _duty_of(scope.world, row)
    if duty is None:
        return []  # no longer in the files: what is planned stays until somebody withdraws it
    assert row.case_id is not None
    there = [each for each in deadlines.of_case(scope.tx, row.case_id) if each.obligation == row.obligation]
    mine = [each for each in there if each.party == row.party]
    if any(each.number > row.number for each in mine):
        return []
    traces = Traces()
    link = {"case_id": row.case_id, "event_id": row.event_id, "start_provisional": row.start_provisional}
    names = free_names(scope.tx, row.obligation, row.case_id, row.party, len(mine))
    start, number = _from(row), first or row.turn + 1
    rows = rows_from(
        scope.world, duty, row.party, start, number, names, scope.now, traces, link, spoken=False
    )
    rows = [{**each, "unit": row.unit, "case_version": row.case_version} for each in rows]
    deadlines.insert_traces(scope.tx, traces.lines)
    open_all(scope, rows)
    return [each["id"] for each in rows]


def _duty_of(world: World, row: DeadlineRow) -> Obligation | None:
    """The duty as it goes on: by the rule its clock started with, under the name it has there."""
    known = world.register.obligations
    duty = known.get(row.obligation)
    duty = duty or next((each for each in known.values() if row.obligation in each.was), None)
    return replace(duty, id=row.obligation, rule=parse_rule(row.rule)) if duty else None


def _due(row: DeadlineRow) -> datetime:
    """Every turn has a limit."""
    assert row.due is not None
    return row.due


def _from(row: DeadlineRow) -> datetime:
    """What all turns of the series are counted from."""
    assert row.turns_from is not None
    return row.turns_from


# ---------------------------------------------------------------- handed in, ended, taken up again


def handed_in(rows: Iterable[DeadlineRow], happened: datetime) -> list[DeadlineRow]:
    """Of the open turns of each series the one a report answers: the one in whose time it happened.

    Where that is handed in already, the last one missed before it. A report never shifts the rhythm.
    """
    found: list[DeadlineRow] = []
    for series in series_of(rows):
        open_ = [row for row in series if row.state in RUNNING and row.opens_at <= happened]
        within = [row for row in open_ if happened <= _due(row)]
        found += within[:1] or open_[-1:]
    return found


def end(scope: Scope, rows: Sequence[DeadlineRow], at: datetime, why: Mapping[str, Any]) -> list[str]:
    """End the turns among these rows of one case at `at`; returns the ids of those it closed.

    What was not due by then is no longer owed. What was due and is not handed in is closed as missed, which
    stays on record as a breach.
    """
    closed: list[str] = []
    for series in series_of(rows):
        last = series[-1]
        if has_ended(last):
            continue
        if _due(last) <= at:
            _plan_after(scope, last)  # missed turns count, also those nobody has planned yet
        for row in _again(scope.tx, last):
            if row.state not in deadlines.UNFINISHED:
                continue
            if _due(row) <= at and row.state != State.SUSPENDED:
                miss(scope, row, at, why)
            else:
                stop_owing(scope, row, why)
            closed.append(row.id)
    return closed


def _again(tx: Connection, row: DeadlineRow) -> list[DeadlineRow]:
    return [
        each
        for each in deadlines.of_case(tx, row.case_id or "")
        if each.turn and (each.obligation, each.party) == (row.obligation, row.party)
    ]


def go_on(scope: Scope, rows: Sequence[DeadlineRow]) -> None:
    """Take up turns that ended with their case, which is open again; what fell due meanwhile is not owed."""
    for series in series_of(rows):
        ended = [row for row in series if row.result == ENDED and row.state == State.CANCELLED]
        if not ended or any(row.state in deadlines.UNFINISHED for row in series):
            continue
        coming = [row for row in ended if _due(row) > scope.now]
        for row in coming:
            take_up(scope, row)
        if not coming:
            last = series[-1]
            world, rule = scope.world, parse_rule(last.rule)
            running = turn_due_after(rule, _from(last), scope.now, world.calendar, world.office)
            _plan_after(scope, last, max(running, last.turn + 1))
