"""Gates: whether a version of a case may go ahead, and what happens when it goes ahead all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from alertd.core.gates import Missing, missing
from alertd.core.model import Gate
from alertd.engine.deadlines import breaches
from alertd.engine.notify.telling import Address, Word, tell
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.tables import cases, events


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate and one version of a case; open when nothing is missing."""

    gate: Gate
    case: str
    version: int
    missing: tuple[Missing, ...]

    @property
    def open(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class WaitingVersion:
    """A version of a case that needs a gate, and when it is expected there (None where nobody knows)."""

    verdict: Verdict
    title: str
    at: datetime | None


def guarding(world: World, stage: str) -> tuple[Gate, ...]:
    """The gates before a stage: those of an event type, or the one with this id. Raises Refused for none."""
    found = tuple(gate for gate in world.register.gates.values() if stage in (gate.stage, gate.id))
    if not found:
        raise Refused("no-gate", stage=stage, known=", ".join(_stages(world)) or "–")
    return found


def _stages(world: World) -> list[str]:
    return sorted({gate.stage for gate in world.register.gates.values()})


def look(
    tx: Connection, world: World, case: str, stage: str, version: int | None = None
) -> tuple[Verdict, ...]:
    """Ask every gate before `stage` about a version of a case, by default its last; changes nothing.

    Raises Refused when the question makes no sense: no such stage, case or version.
    """
    gates = guarding(world, stage)
    known = tx.execute(select(cases).where(cases.c.id == case)).first()
    if known is None:
        raise Refused("no-case", case=case)
    if version is not None and not 1 <= version <= known.version:
        raise Refused("no-version", case=case, version=version, last=known.version)
    return _verdicts(tx, gates, case, version or known.version)


def _verdicts(
    tx: Connection, gates: Sequence[Gate], case: str, version: int, before: datetime | None = None
) -> tuple[Verdict, ...]:
    rows = deadlines.of_case(tx, case)
    return tuple(
        Verdict(gate, case, version, missing(gate.requires, rows, version, before)) for gate in gates
    )


def shut_ahead(
    tx: Connection, world: World, kind: str, case: str, version: int, at: datetime, event: str = ""
) -> list[Verdict]:
    """The gates an event of type `kind` at `at` goes ahead against; nothing is changed.

    A result given on the day it goes ahead is in time. Those that are on record for `event` are left out.
    """
    gates = [gate for gate in world.register.gates.values() if gate.stage == kind]
    if not gates:
        return []
    before = world.calendar.midnight_after(world.today(at))
    known = breaches.gates_of_event(tx, event) if event else frozenset()
    verdicts = _verdicts(tx, gates, case, version, before)
    return [verdict for verdict in verdicts if not verdict.open and verdict.gate.id not in known]


def go_ahead(
    scope: Scope, kind: str, case: str, version: int, event: str, parties: Sequence[str], at: datetime
) -> list[str]:
    """After an event of type `kind` was stored: record and tell every shut gate it went past at `at`.

    Returns the ids of those gates. What is on record for the event already is not told again.
    """
    shut = shut_ahead(scope.tx, scope.world, kind, case, version, at, event)
    for verdict in shut:
        detail = {
            "gate": verdict.gate.id,
            "version": version,
            "parties": list(parties),
            "missing": [{"obligation": each.obligation, "why": each.why} for each in verdict.missing],
        }
        breaches.record(scope, "gate", at, case=case, event=event, detail=detail)
        _tell(scope, verdict, event, parties)
    return [verdict.gate.id for verdict in shut]


def _tell(scope: Scope, verdict: Verdict, event: str, parties: Sequence[str]) -> None:
    receivers = _receivers(scope.world, verdict.gate)
    addresses: list[Address] = []
    for position in verdict.gate.told:
        if position == "receiver":
            addresses += [(unit, unit, position) for unit in receivers]
        else:
            addresses += [(party, None, position) for party in parties]
    title = scope.tx.execute(select(cases.c.title).where(cases.c.id == verdict.case)).scalar_one()
    args = {
        "title": dict(verdict.gate.title) or verdict.gate.id,
        "case": title or verdict.case,
        "case_id": verdict.case,
        "version": verdict.version,
        "clause": verdict.gate.source.clause,
        "parties": [dict(scope.world.party_name(each)) for each in parties],
    }
    tell(scope, Word("gate-shut", f"{event}|{verdict.gate.id}", args, parties), addresses)


def _receivers(world: World, gate: Gate) -> tuple[str, ...]:
    """Who judges, and whom the judgement is handed in to: the units that should have been asked."""
    units: dict[str, None] = {}
    for requirement in gate.requires:
        obligation = world.register.obligations.get(requirement.partition(":")[0])
        if obligation is None:
            continue
        kind, _, name = obligation.owed_by.partition(":")
        units |= {name: None} if kind == "unit" else {}
        units |= {obligation.receiver: None} if obligation.receiver else {}
    return tuple(units)


# ---------------------------------------------------------------- what is coming


def coming(
    tx: Connection, world: World, before: datetime, planned: Sequence[tuple[str, str, datetime]] = ()
) -> list[WaitingVersion]:
    """The cases that need a gate before an instant, soonest first.

    Those are the open cases whose judgement is due before it, and the `planned` stages: (case, stage, when).
    """
    found: dict[tuple[str, str], WaitingVersion] = {}
    for case, stage, at in planned:
        for verdict in look(tx, world, case, stage):
            found[case, verdict.gate.id] = WaitingVersion(verdict, _title(tx, case), at)
    for row in tx.execute(select(cases).order_by(cases.c.opened_at)).fetchall():
        for waiting in _expected(tx, world, row, before):
            found.setdefault((row.id, waiting.verdict.gate.id), waiting)
    chosen = [each for each in found.values() if each.at is not None and each.at < before]
    return sorted(chosen, key=lambda each: (each.at, each.verdict.case, each.verdict.gate.id))


def _title(tx: Connection, case: str) -> str:
    return str(tx.execute(select(cases.c.title).where(cases.c.id == case)).scalar_one_or_none() or "")


def _expected(tx: Connection, world: World, case: Any, before: datetime) -> list[WaitingVersion]:
    """The gates a case will come to: it has a judgement they ask for, and has not gone ahead yet."""
    rows = [row for row in deadlines.of_case(tx, case.id) if row.case_version == case.version]
    held = {row.obligation for row in rows}
    gates = [
        gate
        for gate in world.register.gates.values()
        if held.intersection(each.partition(":")[0] for each in gate.requires)
    ]
    if not gates:
        return []
    gone = select(events.c.type).where(
        events.c.case_id == case.id, events.c.case_version == case.version, events.c.state != "cancelled"
    )
    past = set(tx.execute(gone).scalars())
    asked = {each.partition(":")[0] for gate in gates for each in gate.requires}
    due = min((row.due for row in rows if row.due and row.obligation in asked), default=None)
    ahead = [gate for gate in gates if gate.stage not in past]
    return [
        WaitingVersion(verdict, case.title, due) for verdict in _verdicts(tx, ahead, case.id, case.version)
    ]
