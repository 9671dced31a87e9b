"""Entries towards a quota: one by hand, or a sheet of them, one row for each person; and taking them back.

A sheet gives increments of a month or totals up to it. Each function is one transaction of its caller.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from alertd.core.measures import exceeded, within
from alertd.core.model import RUNNING, Measure, State
from alertd.core.periods import occurrence_at
from alertd.core.roster import stint_on
from alertd.core.text import Line, OwnText, Remark
from alertd.engine.cases.settling import open_again, settle
from alertd.engine.deadlines.closing import Completion, finish
from alertd.engine.deadlines.figures import Figures
from alertd.engine.deadlines.judging import note_exceeded
from alertd.engine.operations.counting_for import CountingFor
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, figures
from alertd.store import deadlines as deadlines_store
from alertd.store.ids import new_id
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines

#: more than this on one day is a slip of the pen
MOST_PER_ENTRY = 1000.0


@dataclass(frozen=True, slots=True)
class Entry:
    party: Line
    amount: float
    on: date
    note: Remark = ""
    case: Line | None = None  # the case it counts for, where the measure is per case


@dataclass(frozen=True, slots=True)
class Added:
    """What entries did: the parties' new totals, and the deadlines they met or took back."""

    totals: Mapping[str, float]
    met: tuple[str, ...]
    reopened: tuple[str, ...]
    known: bool = False
    before: Mapping[str, float] = field(default_factory=dict)  # the totals there were
    exceeded: tuple[str, ...] = ()  # parties over the maximum: a note, nobody's fault


def measured(world: World, name: str) -> Measure:
    """How the obligation called `name` counts entries. Raises Refused when it does not."""
    obligation = world.register.obligations.get(name)
    if obligation is None:
        raise Refused("no-obligation", found=name)
    if obligation.measure is not None and obligation.measure.sum_of:
        raise Refused("sum-not-entered", obligation=name, parts=", ".join(obligation.measure.sum_of))
    if obligation.measure is None or obligation.measure.source != "entries":
        raise Refused("not-measured", obligation=name)
    return obligation.measure


def check_entry(world: World, entry: Entry, today: date) -> str:
    """What is wrong with an entry: a code below `entry.`, or "" when nothing is."""
    if entry.party not in world.register.roster and entry.party not in world.register.units:
        return "unknown-party"
    if not 0 < abs(entry.amount) <= MOST_PER_ENTRY:  # said so that "not a number" is refused too
        return "amount"
    if entry.on > today:
        return "future"
    return ""


@taking_texts
def add(scope: Scope, name: Line, entries: Sequence[Entry], batch: Line = "", again: bool = False) -> Added:
    """Store entries and look anew at the deadlines they count for. All of them, or none.

    `batch` is the content hash of a file: a file imported before changes nothing, unless `again`.

    Raises Refused: "not-measured"; as `check_entry` says; and where an entry counts for nothing
    (counting_for.py).
    """
    measured(scope.world, name)
    counting = CountingFor(scope)
    if batch and not again and figures.batch_known(scope.tx, batch):
        return Added({}, (), (), known=True)
    for entry in entries:
        wrong = check_entry(scope.world, entry, scope.today)
        if wrong:
            raise Refused(f"entry.{wrong}", party=entry.party, amount=entry.amount, on=entry.on)
        lost = None if again else counting.fault(name, entry.party, entry.on, entry.case)
        if lost is not None:
            raise lost
    before = _totals(scope, name, entries)
    figures.add(scope.tx, [_row(name, entry, scope.now, scope.actor, batch) for entry in entries])
    detail = {"obligation": name, "entries": len(entries), "batch": batch}
    scope.record(audit.REGISTER, "progress-added", detail)
    return replace(_look_anew(scope, name, entries), before=before)


def totals_up_to(tx: Connection, world: World, name: str, on: date) -> dict[str, float]:
    """What each party has in the period of the day `on`, that day included."""
    period = world.register.obligations[name].rule.period
    first = occurrence_at(period, on).first_day if period else on
    return figures.totals(tx, name, first, on)


def _totals(scope: Scope, name: str, entries: Sequence[Entry]) -> dict[str, float]:
    """What the parties of these entries have in the periods the entries lie in."""
    period = scope.world.register.obligations[name].rule.period
    if period is None:
        return {}
    spans = {(o.first_day, o.last_day) for o in (occurrence_at(period, entry.on) for entry in entries)}
    sums = [figures.totals(scope.tx, name, *span) for span in sorted(spans)]
    parties = dict.fromkeys(entry.party for entry in entries)
    return {party: sum(found.get(party, 0.0) for found in sums) for party in parties}


def _row(name: str, entry: Entry, now: datetime, actor: Actor, batch: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "obligation": name,
        "party": entry.party,
        "amount": entry.amount,
        "on_day": entry.on,
        "batch": batch,
        "note": entry.note,
        "case_id": entry.case,
        "entered_at": now,
        "actor": actor.text,
    }


def _look_anew(scope: Scope, name: str, entries: Sequence[Entry]) -> Added:
    """Look at the deadlines the entries count for, those of quotas that sum this one among them."""
    sums, world = Figures(scope), scope.world
    wholes = (
        each.id
        for each in world.register.obligations.values()
        if each.measure and name in each.measure.sum_of
    )
    names, totals = (name, *wholes), dict[str, float]()
    finished: list[str] = []
    reopened: list[str] = []
    for party in dict.fromkeys(entry.party for entry in entries):
        asked = select(deadlines).where(deadlines.c.obligation.in_(names), deadlines.c.party == party)
        mine = [entry for entry in entries if entry.party == party]
        for row in scope.tx.execute(asked.order_by(deadlines.c.number)).fetchall():
            counting = [entry.on for entry in mine if _counts(sums, row, entry)]
            if not counting:
                continue
            if row.obligation == name:
                totals[party] = sums.total(row) or 0.0
            if _finished(scope, sums, row, max(counting)):
                finished.append(row.id)
            elif _taken_back(scope, sums, row):
                reopened.append(row.id)
            _note_exceeded(scope, sums, row)
    for case in {entry.case for entry in entries if entry.case and (finished or reopened)}:
        settle(scope, case)
    maximum = measured(world, name).maximum
    over = tuple(party for party, total in totals.items() if exceeded(total, maximum))
    return Added(totals, tuple(finished), tuple(reopened), exceeded=over)


def _finished(scope: Scope, sums: Figures, row: Any, last: date) -> bool:
    """Hand a running deadline in where its quota is met, on the `last` day that counted."""
    if row.state not in RUNNING or not sums.bound(row).kept(sums.total(row)):
        return False
    happened = min(scope.now, scope.world.calendar.instant(last, scope.world.office.closes))
    finish(scope, row.number, Completion(max(happened, row.opens_at)))
    return True


def _taken_back(scope: Scope, sums: Figures, row: Any) -> bool:
    """Open a deadline again whose quota is met no longer."""
    if row.state != State.DONE or row.result != "" or sums.bound(row).kept(sums.total(row)):
        return False
    open_again(scope, row.number, "entries")
    return True


def _note_exceeded(scope: Scope, sums: Figures, row: Any) -> None:
    measure, total = sums.measure(row.obligation), sums.total(row)
    if (
        measure is not None
        and total is not None
        and measure.maximum is not None
        and exceeded(total, measure.maximum)
    ):
        note_exceeded(scope, deadlines_store.hold(scope.tx, row.number), total, measure.maximum)


def _counts(sums: Figures, row: DeadlineRow, entry: Entry) -> bool:
    span = sums.period(row)
    return within(entry.on, *span) if span else row.case_id is not None and row.case_id == entry.case


#: rounding of decimals that were added up is no difference
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of entries by obligation. `content` tells it from every other one.

    A sheet of one `month` has everybody once, and only who is on the roster on that day. With `as_total` an
    amount is what there should be from the beginning of the period up to the entry's day, that day included;
    only the difference is recorded.
    """

    entries: Mapping[Line, Sequence[Entry]]
    content: OwnText
    as_total: bool = False
    month: bool = False


@dataclass(frozen=True, slots=True)
class SheetImported:
    """What a sheet did, by obligation, and the name by which it is taken back."""

    added: Mapping[str, Added]
    batch: str

    @property
    def known(self) -> bool:
        """Whether all of it had been imported before, and nothing changed."""
        return bool(self.added) and all(each.known for each in self.added.values())


@taking_texts
def import_sheet(scope: Scope, sheet: Sheet) -> SheetImported:
    """Import a sheet, all of it or none; the same sheet again changes nothing.

    Raises Refused as `add` does, and as `check_in_sheet` says: "entry.twice", "entry.not-there".
    """
    for entries in sheet.entries.values():
        _refuse_rows(scope, entries, sheet.month)
    batches = {
        name: hashlib.sha256(f"{name}\n{sheet.content}".encode()).hexdigest() for name in sheet.entries
    }
    added = {
        name: _add_sheet(scope, name, entries, sheet.as_total, batches[name])
        for name, entries in sheet.entries.items()
    }
    return SheetImported(added, next(iter(batches.values()), ""))


def _refuse_rows(scope: Scope, entries: Sequence[Entry], month: bool) -> None:
    seen: set[str] = set()
    for entry in entries:
        wrong = check_in_sheet(scope.world, entry, scope.today, month)
        if month and not wrong and entry.party in seen:
            wrong = "twice"
        if wrong:
            raise Refused(f"entry.{wrong}", party=entry.party, amount=entry.amount, on=entry.on)
        seen.add(entry.party)


def check_in_sheet(world: World, entry: Entry, today: date, month: bool, unit: str = "") -> str:
    """What is wrong with one row of a sheet, of one `month` or of any days: a code below `entry.`, or "".

    `unit` is the one the row names, if it names one: an officer must belong to it on that day.
    """
    member = world.register.roster.get(entry.party)
    if member is not None and (month or unit):
        stint = stint_on(member, entry.on)
        if stint is None:
            return "not-there"
        if unit and unit != stint.unit:
            return "elsewhere"
    if month and entry.amount == 0:
        return ""  # a total of nought is a figure too
    return check_entry(world, entry, today)


@taking_texts
def rehearse_sheet(scope: Scope, sheet: Sheet) -> SheetImported:
    """What importing a sheet would do; nothing is changed. Raises Refused as importing it would."""
    before = scope.tx.begin_nested()
    try:
        return import_sheet(scope, sheet)
    finally:
        before.rollback()


def _add_sheet(scope: Scope, name: str, entries: Sequence[Entry], as_total: bool, batch: str) -> Added:
    measured(scope.world, name)
    if figures.batch_known(scope.tx, batch):
        return Added({}, (), (), known=True)
    if as_total:
        known = {on: totals_up_to(scope.tx, scope.world, name, on) for on in {entry.on for entry in entries}}
        entries = [
            replace(entry, amount=entry.amount - known[entry.on].get(entry.party, 0.0)) for entry in entries
        ]
    entries = [entry for entry in entries if abs(entry.amount) > _NOTHING]
    return add(scope, name, entries, batch)


@taking_texts
def undo(scope: Scope, beginning: Line) -> SheetImported:
    """Take back the import whose content hash begins so, by entries that take away; `batch` names those.

    Raises Refused where there is none, where several begin so, and where it was taken back before.
    """
    batches = figures.batches_named(scope.tx, beginning) if beginning else []
    if len(batches) != 1:
        raise Refused("batch-several" if batches else "no-batch", batch=beginning)
    rows = figures.standing_entries(scope.tx, batches[0])
    if not rows:
        raise Refused("batch-undone", batch=beginning)
    by_obligation: dict[str, list[Entry]] = {}
    for (name, party, on, case), amount in rows.items():
        by_obligation.setdefault(name, []).append(Entry(party, -amount, on, case=case))
    mark = figures.undo_batch(batches[0])
    added = {name: add(scope, name, entries, mark, again=True) for name, entries in by_obligation.items()}
    return SheetImported(added, mark)
