"""The limits of a stored deadline, counted from its start and its acts: its columns are a cache.

Whatever changes a start, an act, the calendar or the office hours ends here: the limits are counted anew
(alertd.core.history), compared with what is stored, and what differs is moved, with word to those who were
told. So no act is lost when another one comes, in whatever order they are entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy import Connection, select

from alertd.core.escalation import AlertPlan, decide
from alertd.core.history import AcceptedAct, ActKind, Basis, Counted, counted
from alertd.core.model import RUNNING, State
from alertd.core.rules import parse_rule
from alertd.core.timing import Extension, Limits, Rule, RuleKind
from alertd.engine.deadlines.change import TIMES, Change, limit_of, write
from alertd.engine.deadlines.opening import Traces
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.telling import tell_those_told
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import acts, deadlines, reading
from alertd.store.rows import ActRow, DeadlineRow, EventRow, changed
from alertd.store.tables import events


@dataclass(frozen=True, slots=True)
class History:
    """All that the limits of one deadline are a function of, besides the calendar and the office hours."""

    basis: Basis
    acts: tuple[AcceptedAct, ...]
    extension: Extension


def history_of(scope: Scope, row: DeadlineRow, event: EventRow | None = None) -> History:
    """The history of a deadline as it is on record, or with its event as it will be."""
    event = event or _event_of(scope.tx, row)
    return _history(scope.world, row, event, acts.of(scope.tx, row.number))


def histories_of(scope: Scope, rows: Sequence[DeadlineRow]) -> list[History]:
    """The histories of many deadlines, with as few questions to the store. Raises Unreadable."""
    entered = acts.of_many(scope.tx, [row.number for row in rows])
    wanted = {row.event_id for row in rows if row.event_id}
    found = reading.whole(scope.tx, select(events).where(events.c.id.in_(wanted))) if wanted else ()
    known = {event.id: cast(EventRow, event) for event in found}
    return [
        _history(scope.world, row, known.get(row.event_id or ""), entered.get(row.number, ())) for row in rows
    ]


def _history(world: World, row: DeadlineRow, event: EventRow | None, entered: Sequence[ActRow]) -> History:
    obligation = world.register.obligations.get(row.obligation)
    if obligation is not None and row.case_id is None and obligation.rule.kind is RuleKind.CALENDAR:
        # What the calendar dates follows the files; what an event started keeps its rule.
        rule = obligation.rule
    else:
        rule = parse_rule(row.rule)
    extension = obligation.extension if obligation else Extension()
    return History(_basis(world, row, rule, event), tuple(accepted(each) for each in entered), extension)


def _basis(world: World, row: DeadlineRow, rule: Rule, event: EventRow | None) -> Basis:
    start = row.counted_from or (row.turns_from if row.turn else None) or row.start
    stated, opens_at = (event.stated_due if event else None), None
    if event is not None and stated is not None and start == world.calendar.instant(stated, time(0)):
        told = [datetime.fromisoformat(text) for text in event.instants.values()]
        opens_at = min(told, default=None)  # it counts from the stated day, and is known since the event
    occurrence = row.occurrence if rule.kind is RuleKind.CALENDAR else ""
    return Basis(rule, start, stated, row.turn, occurrence, opens_at, event.urgent if event else "")


def _event_of(tx: Connection, row: DeadlineRow) -> EventRow | None:
    if not row.event_id:
        return None
    rows = reading.whole(tx, select(events).where(events.c.id == row.event_id))
    return cast(EventRow, rows[0]) if rows else None


def accepted(row: ActRow) -> AcceptedAct:
    """An act as it is stored, for counting."""
    limits = _limits(row.limits) if row.kind == ActKind.STATED else None
    end: date | datetime | None = row.end_at or row.end_day
    kind = ActKind(row.kind)
    return AcceptedAct(kind, row.at, row.id, row.until, end, limits, row.by, row.reason)


def recounted(scope: Scope, row: DeadlineRow, more: Iterable[AcceptedAct] = ()) -> Counted:
    """What the limits of a deadline are by its history, with `more` acts; nothing is changed.

    Raises TextError for a start outside the calendar.
    """
    history = history_of(scope, row)
    return count(scope.world, replace(history, acts=(*history.acts, *more)))


def count(world: World, history: History) -> Counted:
    """The limits of one history by the calendar and the office hours that rule."""
    return counted(history.basis, history.acts, world.calendar, world.office, history.extension)


def differing(row: DeadlineRow, limits: Limits) -> dict[str, Any]:
    """The columns in which a deadline's limits are not those: each with its new value."""
    fresh = {name: getattr(limits, name) for name in TIMES}
    return {name: value for name, value in fresh.items() if getattr(row, name) != value}


def recount(scope: Scope, row: DeadlineRow, change: Change) -> DeadlineRow:
    """Carry out `change` of `row`, and give it the limits that its history has by now.

    Call it once the act is on record. A limit that is moved into the past speaks at once, in one message that
    says it was moved.
    """
    found = recounted(scope, changed(row, **change.values))
    return settle_limits(scope, row, found.limits, change)


def settle_limits(
    scope: Scope, row: DeadlineRow, limits: Limits, change: Change, at_once: bool = True
) -> DeadlineRow:
    """Carry out `change` of `row` and give it these limits; `at_once` as `recount` does."""
    values = {**change.values, **differing(row, limits)}
    if values.keys() & {*TIMES}:
        traces = Traces()
        values["trace"] = traces.digest(limits)
        deadlines.insert_traces(scope.tx, traces.lines)
    change = replace(change, values=values)
    return carry_out(scope, row, change) if at_once else write(scope, row, change)


def carry_out(scope: Scope, row: DeadlineRow, change: Change) -> DeadlineRow:
    """Write a change that may move the limit; one that is moved into the past speaks at once."""
    if _moved_into_the_past(scope, row, change.values):
        return _speak_at_once(scope, row, change)
    return write(scope, row, change)


def move(scope: Scope, row: DeadlineRow, values: Mapping[str, Any], reason: str) -> DeadlineRow:
    """Give a deadline columns that changed with the files, the calendar or its event; those told hear why."""
    told = "moved" if {"due", "earliest"} & values.keys() else ""
    why = {"reason": reason}
    return carry_out(scope, row, Change("moved", values, why, told, why, waits=row.waits or "completion"))


def retrace(scope: Scope, row: DeadlineRow) -> None:
    """Say in the trace what moved nothing, once that is on record."""
    traces = Traces()
    trace = traces.digest(recounted(scope, row).limits)
    deadlines.insert_traces(scope.tx, traces.lines)
    deadlines.change(scope.tx, row.number, trace=trace)


def _moved_into_the_past(scope: Scope, row: DeadlineRow, values: Mapping[str, Any]) -> bool:
    due, state = values.get("due"), values.get("state", row.state)
    if due is None or state not in RUNNING or due > scope.now:
        return False
    return row.due is None or row.due > scope.now


def _speak_at_once(scope: Scope, row: DeadlineRow, change: Change) -> DeadlineRow:
    """Move a limit that has passed by now: one message, to whom the step it came to names and those told."""
    new = changed(row, **change.values)
    reaches = scope.world.steps_of(new)
    fired = tuple(step for step in row.fired if any(r.id == step and r.at <= scope.now for r in reaches))
    decision = decide(
        State(new.state), new.opens_at, new.since, fired, reaches, scope.now, lambda unless: False
    )
    passed = tuple(reach.id for reach in reaches if reach.at <= scope.now)
    kind = change.told or "moved"
    written = write(scope, row, replace(change, told="", spoken=passed))
    said = {**change.said, "old": limit_of(row)}
    asked = _tell_asked(scope, written, decision.alert, kind, said)
    tell_those_told(scope, row.number, kind, said, but=asked)
    return written


def _tell_asked(
    scope: Scope, row: DeadlineRow, plan: AlertPlan | None, kind: str, said: Mapping[str, Any]
) -> frozenset[str]:
    if plan is None:
        return frozenset()
    obligation = scope.world.register.obligations.get(row.obligation)
    drafts = Drafts(scope)
    receiver = obligation.receiver if obligation else None
    people = drafts.alert(row, receiver, plan, kind, {**said, "by": scope.actor.name})
    drafts.write()
    return frozenset(each.person for each in people)


# ---------------------------------------------------------------- limits as they stand on record


def stated(row: DeadlineRow) -> dict[str, Any]:
    """The limits of a row as an act of kind "stated" keeps them."""
    names = (*TIMES,)
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _limits(kept: Mapping[str, Any]) -> Limits:
    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(kept[name]) if kept[name] else None

    start, opens_at = instant("start"), instant("opens_at")
    assert start is not None
    assert opens_at is not None
    last_day = date.fromisoformat(kept["last_day"]) if kept["last_day"] else None
    bounds = instant("earliest"), instant("due"), last_day, instant("office_due")
    return Limits(start, opens_at, *bounds, bool(kept["provisional"]), ())
