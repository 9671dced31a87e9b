"""Entries towards a quota: one by hand or a file of them. Each function is one transaction of its caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from alertd.core.measures import met, within
from alertd.core.model import RUNNING, Measure, State
from alertd.engine.acts import Actor, Completion, finish, reopen
from alertd.engine.figures import Figures
from alertd.engine.refusal import Refused
from alertd.engine.world import World
from alertd.store import audit, figures
from alertd.store.ids import new_id
from alertd.store.tables import deadlines

#: more than this on one day is a slip of the pen
MOST_PER_ENTRY = 1000.0


@dataclass(frozen=True, slots=True)
class Entry:
    party: str
    amount: float
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What entries did: the parties' new totals, and the deadlines they met or took back."""

    totals: dict[str, float]
    met: tuple[str, ...]
    reopened: tuple[str, ...]
    known: bool = False


def measured(world: World, name: str) -> Measure:
    """How the obligation called `name` counts entries. Raises Refused when it does not."""
    obligation = world.register.obligations.get(name)
    if obligation is None:
        raise Refused("no-obligation", obligation=name)
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


def add(
    tx: Connection,
    world: World,
    now: datetime,
    name: str,
    entries: Sequence[Entry],
    actor: Actor,
    batch: str = "",
) -> Added:
    """Store entries and look anew at the deadlines they count for. All of them, or none.

    `batch` is the content hash of a file: a file imported before changes nothing.
    """
    measured(world, name)
    if batch and figures.batch_known(tx, batch):
        return Added({}, (), (), known=True)
    for entry in entries:
        wrong = check_entry(world, entry, world.today(now))
        if wrong:
            raise Refused(f"entry.{wrong}", party=entry.party, amount=entry.amount, on=entry.on)
    figures.add(tx, [_row(name, entry, now, actor, batch) for entry in entries])
    detail = {"obligation": name, "entries": len(entries), "batch": batch}
    audit.append(tx, audit.REGISTER, now, actor.text, "progress-added", detail)
    return _look_anew(tx, world, now, name, entries, actor)


def _row(name: str, entry: Entry, now: datetime, actor: Actor, batch: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "obligation": name,
        "party": entry.party,
        "amount": entry.amount,
        "on_day": entry.on,
        "batch": batch,
        "note": entry.note,
        "entered_at": now,
        "actor": actor.text,
    }


def _look_anew(
    tx: Connection, world: World, now: datetime, name: str, entries: Sequence[Entry], actor: Actor
) -> Added:
    sums = Figures(tx, world, now)
    totals: dict[str, float] = {}
    finished: list[str] = []
    reopened: list[str] = []
    for party in dict.fromkeys(entry.party for entry in entries):
        rows = tx.execute(
            select(deadlines).where(deadlines.c.obligation == name, deadlines.c.party == party)
        ).fetchall()
        days = [entry.on for entry in entries if entry.party == party]
        for row in rows:
            if row.last_day is None or not any(_counts(world, row, day) for day in days):
                continue
            total = sums.total(row)
            totals[party] = total or 0.0
            enough = met(total, measured(world, name).minimum)
            if enough and row.state in RUNNING:
                happened = min(now, world.calendar.instant(max(days), world.office.closes))
                finish(tx, world, now, row.number, Completion(max(happened, row.opens_at)), actor)
                finished.append(row.id)
            elif not enough and row.state == State.DONE and row.result == "":
                reopen(tx, world, now, row.number, "entries", actor)
                reopened.append(row.id)
    return Added(totals, tuple(finished), tuple(reopened))


def _counts(world: World, row: Any, day: date) -> bool:
    return within(day, world.calendar.local_date(row.opens_at), row.last_day)
