"""Ratios are judged when their period has ended; one that can no longer be met is told once.

A rate of a hundred per cent alarms on the single case in time: here it is only written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from alertd.core.escalation import AlertPlan
from alertd.core.measures import RATIOS, out_of_reach, over_for_good, too_little_time, uncoverable
from alertd.core.model import RUNNING, Measure
from alertd.core.periods import occurrence_at
from alertd.engine.deadlines.change import EMPTY, patch
from alertd.engine.deadlines.closing import Completion, finish
from alertd.engine.deadlines.figures import Figures
from alertd.engine.notify import guard
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import PROGRAM, Scope
from alertd.engine.ruling.world import World
from alertd.store import reading
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines as table

#: how one remembers that a target out of reach was told
UNREACHABLE = "unreachable"
#: and that the maximum was exceeded
EXCEEDED = "exceeded"


def judge(scope: Scope, obligation: str = "") -> tuple[str, ...]:
    """Close what met its ratio, or had nothing to count, at the end of its period; returns those ids.

    Call it daily, and for one `obligation` when it got new figures. Once only, however often it is called.
    """
    names = [
        name
        for name, each in scope.world.register.obligations.items()
        if each.measure is not None and obligation in ("", name) and _judges(each.measure)
    ]
    if not names:
        return ()
    running = select(table).where(
        table.c.obligation.in_(names), table.c.state.in_(RUNNING), table.c.opens_at <= scope.now
    )
    rows = reading.found(scope.tx, running)
    closed: dict[int, str] = {}
    today = scope.today

    def judge_some(some: Sequence[DeadlineRow]) -> None:
        sums = Figures(scope)
        for row in some:
            closed.pop(row.number, None)
            if _judged(sums, row, today, scope.now):
                finish(scope.by(PROGRAM), row.number, _completion(sums, scope.world, row, scope.now))
                closed[row.number] = row.id
            elif UNREACHABLE not in row.fired and _unreachable(sums, row, today):
                _tell(scope, row, UNREACHABLE)

    guard.each(scope, "judge", rows, judge_some, lambda row: closed.pop(row.number, None))
    return tuple(closed.values())


def _judges(measure: Measure) -> bool:
    """Whether anything of it is judged by the day: a ratio, or a quota that days may run out for."""
    return measure.source in RATIOS or measure.most_per_day is not None


def _judged(sums: Figures, row: DeadlineRow, today: date, now: datetime) -> bool:
    """Whether the period is over, its figures are complete, and they are enough."""
    span, measure = sums.period(row), sums.measure(row.obligation)
    if span is None or measure is None or measure.source not in RATIOS or today <= span[1]:
        return False
    count = sums.count(row, now)
    return count is not None and count.met and _complete(sums, row, measure, span[1])


def _complete(sums: Figures, row: DeadlineRow, measure: Measure, last: date) -> bool:
    """Whether the last of the figures that are owed has come; where none are asked for, any will do."""
    if measure.source not in ("given", "stock"):
        return True
    days: Iterable[date] = sums.given(row)
    if measure.figures is not None:
        final = occurrence_at(measure.figures.every, last)
        days = [day for day in days if day >= final.first_day]
    return any(True for _ in days)


def _completion(sums: Figures, world: World, row: DeadlineRow, now: datetime) -> Completion:
    """Figures by hand are handed in when they are entered; what is counted was so when the period ended."""
    measure, count = sums.measure(row.obligation), sums.count(row, now)
    by_hand = measure is not None and measure.source in ("given", "stock")
    happened = now if by_hand or row.due is None else min(now, row.due)
    applies = count is None or count.applies
    return Completion(happened, result="" if applies else "not-applicable")


def _unreachable(sums: Figures, row: DeadlineRow, today: date) -> bool:
    measure, span = sums.measure(row.obligation), sums.period(row)
    if measure is not None and measure.most_per_day is not None and span is not None:
        left = (span[1] - max(today, span[0])).days + 1
        return too_little_time(sums.total(row), sums.bound(row), left, measure.most_per_day)
    if measure is None or measure.percent is None:
        return False
    if measure.ceiling:
        known = measure.source == "parties"
        return measure.source != "stock" and over_for_good(sums.fraction(row), sums.bound(row), known)
    if measure.source == "parties":
        return uncoverable(sums.lost(row), len(sums.counted(row)), sums.bound(row))
    if measure.source == "given":
        fraction = sums.fraction(row)
        lost = fraction.denominator - fraction.numerator if fraction else 0.0
    else:
        lost = sums.lost(row) if measure.source == "cases" else 0
    return out_of_reach(lost, measure.percent)


def note_exceeded(scope: Scope, row: DeadlineRow, total: float, maximum: float) -> None:
    """Say once that more was done than the plan asks for. A note: nobody's fault, and never red."""
    if EXCEEDED in row.fired:
        return
    _tell(scope, row, EXCEEDED, ("contact", "receiver"), {"total": total, "maximum": maximum})


def _tell(
    scope: Scope,
    row: DeadlineRow,
    kind: str,
    to: tuple[str, ...] = (),
    found: Mapping[str, float] = EMPTY,
) -> None:
    """Inform, once, those named, or those whom the policy would tell when it is late; `found` is recorded."""
    obligation, policy = scope.world.register.obligations[row.obligation], scope.world.policy(row.policy)
    to = to or (policy.overdue.to if policy and policy.overdue else ("contact",))
    to = tuple(position for position in to if position != "receiver" or obligation.receiver)
    drafts = Drafts(scope)
    plan = AlertPlan(kind, 0, scope.now, (), tuple((position, False) for position in to), None, "each")
    drafts.alert(row, obligation.receiver, plan, kind, {})
    drafts.write()
    patch(scope.by(PROGRAM), row, kind, {"fired": (*row.fired, kind)}, found)
