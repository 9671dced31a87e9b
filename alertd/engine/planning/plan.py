"""What the applied files want against what the store holds: found first, told, and only then applied.

Calendar-dated duties are planned for the current and the next occurrence. Event-started clocks keep the rule
they started with and are not planned here. What vanished from the files stays until somebody withdraws it;
open items of duties that have ended are still owed, and on record as carried over (結轉). People on a roster
join and move: who owes nothing yet, and whose deadlines go with them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from alertd.core.model import Obligation, RosterMember, State
from alertd.core.occurrences import is_named
from alertd.core.periods import Occurrence
from alertd.core.roster import joined, stint_on, unit_on
from alertd.core.timing import Limits
from alertd.core.validity import ended, overlaps
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.change import Change, next_look, patch, write
from alertd.engine.deadlines.judging import judge
from alertd.engine.deadlines.opening import TIMES, Traces, open_all, row_of, times_of
from alertd.engine.deadlines.recount import count, differing, histories_of, history_of, move, settle_limits
from alertd.engine.notify import guard
from alertd.engine.planning.foretelling import Told
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.wanting import Want, Wants
from alertd.engine.ruling.world import World
from alertd.store import acts, audit, deadlines, settings
from alertd.store.reading import Found
from alertd.store.rows import DeadlineRow, changed
from alertd.store.tables import deadlines as table

#: started clocks that are compared, or moved, in one go
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Move:
    """A stored deadline and the new values of the columns that differ."""

    row: DeadlineRow
    values: Mapping[str, Any]
    started: bool = False  # by an event: its own history moves it, and no file


@dataclass(slots=True)
class Plan:
    """What applying would do. `told` is who would hear at once, where somebody looked (foretelling.py).

    `quiet` is a day that wants nothing new: nobody comes, goes or moves.
    """

    opened: list[dict[str, Any]] = field(default_factory=list)
    moved: list[Move] = field(default_factory=list)
    vanished: list[DeadlineRow] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    traces: Traces = field(default_factory=Traces)
    quiet: bool = False
    slips: list[guard.Slip] = field(default_factory=list)  # what could not be compared
    counted_by: str = ""  # what started clocks were counted by; "" where they were not looked at

    @property
    def empty(self) -> bool:
        return not (self.opened or self.moved or self.vanished)

    @contextlib.contextmanager
    def slipping(self, scope: Scope, name: str, number: int | None = None) -> Iterator[None]:
        """The slip of one duty or deadline leaves the others planned; it is told when the plan is applied."""
        try:
            yield
        except Exception as fault:
            if not guard.is_slip(scope.tx, fault):
                raise
            self.slips.append(guard.slip("plan", name, number, fault))

    def readable(self, found: Found[DeadlineRow]) -> Sequence[DeadlineRow]:
        """The deadlines that can be read; what cannot be compared is told when the plan is applied."""
        self.slips += [guard.slip("plan", each.row.id, each.row.number, each.fault) for each in found.unread]
        return found.rows

    def exceeds(self, world: World) -> bool:
        """Whether this is more than a saved file may do by itself (docs/design.md, "Files")."""
        touched = len(self.opened) + len(self.moved)
        return touched > world.deadline_threshold or len(self.told.people) > world.people_threshold


def make_plan(scope: Scope, wants: Wants | None = None, moving: bool = True) -> Plan:
    """Compare the register with the store. Reads only the occurrences the register speaks of.

    With `wants` only the duties that want something new are compared; for a run that plans every day and
    applies each plan. Without `moving` what runs is left as it is, as on a new day, which moves nothing;
    looking for started clocks to move reads all that run.
    """
    fresh = list((wants or Wants(scope.world)).fresh(scope.now))
    plan = Plan(quiet=not fresh)
    for want in fresh:
        with plan.slipping(scope, want.obligation.id):
            _plan_obligation(scope, want, plan)
    if moving:
        _plan_started(scope, plan)
    else:
        plan.moved = []
    known = set(scope.world.register.obligations)
    for obligation in scope.world.register.obligations.values():
        known.update(obligation.was)
    for name in sorted(deadlines.obligations_met(scope.tx) - known):
        plan.vanished += plan.readable(deadlines.unfinished_of(scope.tx, name))
    return plan


def _plan_obligation(scope: Scope, want: Want, plan: Plan) -> None:
    obligation, pairs = want.obligation, want.occurrences
    names = (obligation.id, *obligation.was)
    stored = deadlines.of_occurrences(scope.tx, [(name, occ.label) for name in names for occ, _ in pairs])
    found = {(row.occurrence, row.party): row for row in plan.readable(stored)}
    there = {(each.row.occurrence, each.row.party) for each in stored.unread}
    given = acts.having(scope.tx, [row.number for row in found.values()])
    for occurrence, limits in pairs:
        if not overlaps(obligation, occurrence.first_day, occurrence.last_day):
            continue
        times = times_of(obligation, limits)
        for party in want.parties:
            row = found.pop((occurrence.label, party), None)
            if (occurrence.label, party) in there:
                continue  # planned long ago, and not to be compared until it can be read
            if row is None and exempt(scope.world, obligation, party, occurrence):
                continue
            if row is None:
                plan.opened.append(
                    row_of(scope.world, obligation, occurrence.label, party, limits, scope.now, plan.traces)
                )
            elif row.state in deadlines.UNFINISHED:
                with plan.slipping(scope, row.id, row.number):
                    _plan_move(scope, obligation, row, times, limits, plan, row.number in given)
    plan.vanished += [row for row in found.values() if row.state in deadlines.UNFINISHED]
    besides = deadlines.coming_besides(scope.tx, names, [each.label for each, _ in pairs], scope.now)
    plan.vanished += [
        row
        for row in plan.readable(besides)
        if not is_named(obligation.rule, row.occurrence, scope.world.calendar, scope.world.office)
    ]


def _plan_move(
    scope: Scope,
    obligation: Obligation,
    row: DeadlineRow,
    times: Mapping[str, Any],
    limits: Limits,
    plan: Plan,
    acted: bool,
) -> None:
    """Compare a stored deadline with its duty; acts accepted for it count on top of what the files say."""
    if acted:
        limits = count(scope.world, history_of(scope, row)).limits
        times = times_of(obligation, limits)
    changed = {name: times[name] for name in TIMES if getattr(row, name) != times[name]}
    if row.obligation != obligation.id:
        changed["obligation"] = obligation.id
    if changed:
        plan.moved.append(Move(row, {**changed, "trace": plan.traces.digest(limits)}))


def counted_by(world: World) -> str:
    """What limits are counted by, besides their own history: the calendar, its zone and the office hours."""
    return f"{world.calendar.version} {world.zone} {world.office.opens}-{world.office.closes}"


def _plan_started(scope: Scope, plan: Plan) -> None:
    """Count the clocks that events started anew, by the rule they started with and the acts since."""
    plan.counted_by = counted_by(scope.world)
    if settings.get(scope.tx, settings.COUNTED_BY) == plan.counted_by:
        return
    moved: dict[int, Move] = {}

    def compare(some: Sequence[DeadlineRow]) -> None:
        for row, history in zip(some, histories_of(scope, some), strict=True):
            limits = count(scope.world, history).limits
            if values := differing(row, limits):
                values["trace"] = plan.traces.digest(limits)
                moved[row.number] = Move(row, values, started=True)

    rows = plan.readable(deadlines.started(scope.tx))
    for first in range(0, len(rows), _AT_ONCE):
        plan.slips += guard.slips_of(scope, "plan", rows[first : first + _AT_ONCE], compare)
    plan.moved += moved.values()


def apply_plan(scope: Scope, plan: Plan, reason: str, withdraw: bool = False) -> None:
    """Carry a plan out in the caller's transaction. Only `withdraw` closes what vanished.

    What duties that have ended left open is marked as carried over: this is called at least once a day.
    """
    deadlines.insert_traces(scope.tx, plan.traces.lines)
    guard.tell(scope, "plan", plan.slips)
    guard.each(scope, "plan", plan.opened, partial(open_all, scope), name=lambda row: (str(row["id"]), None))

    def move_all(moves: Sequence[Move]) -> None:
        for each in moves:
            move(scope, each.row, each.values, reason)

    def withdraw_all(rows: Sequence[DeadlineRow]) -> None:
        for row in rows:
            withdraw_deadline(scope, row, reason)

    moves = plan.moved if _few(scope, plan, reason) else [each for each in plan.moved if not each.started]
    guard.each(scope, "move", moves, move_all, name=lambda each: (each.row.id, each.row.number))
    guard.each(scope, "withdraw", plan.vanished if withdraw else (), withdraw_all)
    carry_over(scope)
    if not plan.quiet:
        follow_transfers(scope)
    judge(scope)


def _few(scope: Scope, plan: Plan, reason: str) -> bool:
    """Whether the started clocks are few enough to be moved at once; else they are moved a batch at a time.

    Many would hold up what is due meanwhile (`recount_some`).
    """
    if plan.counted_by and settings.get(scope.tx, settings.COUNTED_BY) != plan.counted_by:
        settings.put(scope.tx, settings.COUNTED_BY, plan.counted_by)
    started = sum(each.started for each in plan.moved)
    if started <= _AT_ONCE:
        return True
    left = {"after": 0, "by": scope.actor.text, "reason": reason}
    settings.put(scope.tx, settings.RECOUNT, left)
    return False


def recount_some(scope: Scope) -> bool:
    """Move the next batch of the started clocks that wait to be counted anew; whether more are left."""
    left = settings.get(scope.tx, settings.RECOUNT)
    if not left:
        return False
    found = deadlines.started(scope.tx, left["after"], _AT_ONCE)

    def again(some: Sequence[DeadlineRow]) -> None:
        for row, history in zip(some, histories_of(scope, some), strict=True):
            limits = count(scope.world, history).limits
            if differing(row, limits):
                reason = left["reason"]
                told = {"reason": reason}
                settle_limits(scope.by(left["by"]), row, limits, Change("moved", {}, told, "moved", told))

    guard.each(scope, "move", found, again)
    last = max((row.number for row in found.all), default=None)
    settings.put(scope.tx, settings.RECOUNT, {**left, "after": last} if last is not None else "")
    return last is not None


def withdraw_deadline(scope: Scope, row: DeadlineRow, reason: str) -> None:
    """Close a deadline whose obligation, unit or file is gone. Those told hear of it."""
    why = {"reason": reason}
    write(scope, row, Change("withdrawn", {"state": State.WITHDRAWN}, why, "withdrawn", why))
    settle(scope, row.case_id)


def retime(scope: Scope, before: World, policies: Iterable[str]) -> int:
    """After policies changed, look anew at every running deadline that follows one of them.

    A policy speaks from now on: a step it did not have before and whose time has passed stays unsaid, so that
    an edited file never messages everybody about yesterday.
    """
    touched: set[int] = set()

    def look_anew(rows: Sequence[DeadlineRow]) -> None:
        for row in rows:
            known = {reach.step.id for reach in before.steps_of(row)}
            late = [r.id for r in scope.world.steps_of(row) if r.at <= scope.now and r.step.id not in known]
            fired = (*row.fired, *(step for step in late if step not in row.fired))
            next_at = next_look(scope.world, changed(row, fired=fired), row.since)
            if next_at != row.next_action_at or fired != row.fired:
                waits = "" if next_at else "completion"
                deadlines.change(scope.tx, row.number, next_action_at=next_at, waits=waits)
                if fired != row.fired:
                    patch(scope, row, "retimed", {"fired": fired})
                touched.add(row.number)

    def put_off(row: DeadlineRow) -> None:
        deadlines.change(scope.tx, row.number, next_action_at=guard.put_off(scope.now, row.by_the_hour))

    for name in policies:
        guard.each(scope, "retime", deadlines.running_under(scope.tx, name), look_anew, put_off)
    return len(touched)


def carried_label(obligation: Obligation) -> str:
    """Where a carried item comes from: the plan and its clause, "2026 §24"."""
    year = obligation.plan or (str(obligation.valid_to.year) if obligation.valid_to else "")
    return f"{year} {obligation.source.clause}".strip()


def carry_over(scope: Scope) -> int:
    """Mark what is still owed of duties whose last day is over; how many. Once for each deadline."""
    count, today = 0, scope.today
    for obligation in scope.world.register.obligations.values():
        if not ended(obligation, today):
            continue
        carry = partial(_carry, scope, carried_label(obligation))
        found = open_items(scope.tx, scope.world, obligation)
        left = [row for row in found.rows if not row.carried_from]
        count += guard.each(scope, "carry", Found(left, found.unread), carry)
    return count


def _carry(scope: Scope, label: str, rows: Sequence[DeadlineRow]) -> None:
    for row in rows:
        patch(scope, row, "carried-over", {"carried_from": label}, {"from": label})


def open_items(tx: Connection, world: World, obligation: Obligation) -> Found[DeadlineRow]:
    """The unfinished deadlines of a duty that ends, without those planned ahead beyond its end."""
    found = [deadlines.unfinished_of(tx, name) for name in (obligation.id, *obligation.was)]
    rows = [row for each in found for row in each.rows if not ended(obligation, world.today(row.start))]
    return Found(rows, [unread for each in found for unread in each.unread])


def exempt(world: World, obligation: Obligation, party: str, occurrence: Occurrence) -> bool:
    """Whether a party joined during the period of an obligation that starts with the next one for joiners."""
    member = world.register.roster.get(party)
    if member is None or obligation.joiners != "exempt":
        return False
    since = joined(member)
    return since is not None and occurrence.first_day < since <= occurrence.last_day


def follow_transfers(scope: Scope) -> int:
    """Hand the open deadlines of those who moved to their new unit; what they have done goes with them.

    What somebody gave to another unit by hand stays there until it is given back, or the officer leaves.
    Call it daily. Returns how many moved. Nobody is told: the unit's next message names its people.
    """
    counted = [o.id for o in scope.world.register.obligations.values() if o.owed_by.startswith("roster:")]
    rows = scope.tx.execute(
        select(table.c.number, table.c.party, table.c.unit).where(
            table.c.obligation.in_(counted), table.c.state.in_(deadlines.UNFINISHED)
        )
    ).fetchall()
    today = scope.today
    moved: set[int] = set()

    def follow(some: Sequence[DeadlineRow]) -> None:
        for row in some:
            member = scope.world.register.roster.get(row.party)
            unit = unit_on(member, today) if member else row.unit
            if member and unit != row.unit and not _by_hand(scope.tx, row.number, member, today, scope.world):
                patch(scope, row, "transferred", {"unit": unit}, {"old": row.unit, "new": unit})
                moved.add(row.number)

    guard.each(scope, "transfer", rows, follow, lambda row: moved.discard(row.number), name=_party_of)
    return len(moved)


def _party_of(row: DeadlineRow) -> tuple[str, int]:
    return row.party, row.number


def _by_hand(tx: Connection, number: int, member: RosterMember, today: date, world: World) -> bool:
    """Whether somebody gave this deadline to a unit that was not the officer's, who is still counted."""
    if stint_on(member, today) is None:
        return False
    moves = [act for act in audit.of_deadline(tx, number) if act.action in ("reassigned", "transferred")]
    if not moves or moves[-1].action == "transferred":
        return False
    given: str = moves[-1].detail["changes"]["unit"]["new"]
    return given != unit_on(member, world.today(moves[-1].at))
