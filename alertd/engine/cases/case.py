"""Cases: what events share. A draft has versions; a case is closed when the last of its clocks is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from alertd.core.model import Obligation, State, deadline_id
from alertd.engine.deadlines.change import patch
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.tables import cases, events


def enter(scope: Scope, kind: str, case: str, parties: Sequence[str], title: str) -> int:
    """Put an event's case on record before the event itself is; returns the version it is about.

    An event type with `new_version` makes another version, unless it is the first of the case.
    """
    known = scope.tx.execute(select(cases).where(cases.c.id == case).with_for_update()).first()
    if known is None:
        row = {"id": case, "title": title, "parties": tuple(parties), "opened_at": scope.now, "version": 1}
        scope.tx.execute(insert(cases).values(**row))
        return 1
    version = int(known.version) + (1 if _another(scope.tx, scope.world, kind, case) else 0)
    everybody = (*known.parties, *(party for party in parties if party not in known.parties))
    values = {"parties": everybody, "title": known.title or title, "version": version}
    scope.tx.execute(update(cases).where(cases.c.id == case).values(**values))
    return version


def coming_version(tx: Connection, world: World, kind: str, case: str) -> int:
    """The version of its case an event of this type would be about; nothing is changed."""
    known = tx.execute(select(cases.c.version).where(cases.c.id == case)).scalar_one_or_none()
    return 1 if known is None else int(known) + (1 if _another(tx, world, kind, case) else 0)


def _another(tx: Connection, world: World, kind: str, case: str) -> bool:
    types = world.register.event_types
    if kind not in types or not types[kind].new_version:
        return False
    makers = [name for name, each in types.items() if each.new_version]
    before = select(events.c.id).where(
        events.c.case_id == case, events.c.type.in_(makers), events.c.state != "cancelled"
    )
    if tx.execute(before).first() is not None:
        return True
    resumed = {o.id for o in world.register.obligations.values() if resumes(o, kind)}
    return any(row.obligation in resumed for row in deadlines.of_case(tx, case))


def resumes(obligation: Obligation, kind: str) -> bool:
    """Whether events of this type bring back what was sent back."""
    return any(start.rpartition(".")[0] == kind for start in obligation.resumed_by)


def occurrence_for(
    scope: Scope, rows: Sequence[DeadlineRow], obligation: str, case: str, party: str, version: int
) -> tuple[str, Any]:
    """What a clock of this version is called, or ("", row) when `row` serves that version already.

    A duty has one clock for each party and version of a case. The second of a case is CASE.2.
    """
    every = [row for row in rows if row.obligation == obligation and row.party == party]
    mine = [row for row in every if row.state != State.CANCELLED]  # of a false alarm: as if it had not been
    if not mine:
        return next(free_names(scope.tx, obligation, case, party, len(every))), None
    last = mine[-1]
    if last.state in deadlines.UNFINISHED:
        if last.case_version < version:
            carry(scope, last, version)
        return "", last
    if max(row.case_version for row in mine) >= version:
        return "", last
    return next(free_names(scope.tx, obligation, case, party, len(every))), None


def free_names(tx: Connection, obligation: str, case: str, party: str, taken: int) -> Iterator[str]:
    """What further clocks of a duty in a case are called, after `taken` ones: CASE, CASE.2, CASE.3 …"""
    for number in itertools.count(taken + 1):
        name = case if number == 1 else f"{case}.{number}"
        if deadlines.find(tx, deadline_id(obligation, name, party)) is None:
            yield name


def carry(scope: Scope, row: DeadlineRow, version: int) -> None:
    """Let a clock that still runs count for a later version."""
    if row.case_version != version:
        patch(scope, row, "next-version", {"case_version": version})
