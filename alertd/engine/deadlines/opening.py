"""From an obligation, a start and a party to the row of a deadline, and into the store with its chain."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from alertd.core.model import Obligation, State, deadline_id
from alertd.core.timing import Limits
from alertd.engine.deadlines.change import next_look
from alertd.engine.deadlines.recorded import CREATED, born
from alertd.engine.notify.subscribers import announce
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines
from alertd.store.rows import deadline_of
from alertd.store.types import Written, dumps

#: the columns that say when a clock runs; what a correction or a new calendar may change
TIMES = (
    "start",
    "opens_at",
    "earliest",
    "earliest_soft",
    "due",
    "due_soft",
    "last_day",
    "office_due",
    "provisional",
    "rule",
    "policy",
    "by_the_hour",
)


class Traces:
    """Traces by content: the same explanation is stored once however many deadlines share it."""

    def __init__(self) -> None:
        self.lines: dict[str, Written] = {}  # as they are hashed, so they are stored
        self._last: tuple[Limits, str] | None = None  # a group's deadlines come one after the other

    def digest(self, limits: Limits) -> str:
        if self._last is not None and self._last[0] is limits:
            return self._last[1]
        lines = [
            {"at": line.at.isoformat(), "what": line.what, "why": line.why, "args": dict(line.args)}
            for line in limits.trace
        ]
        text = dumps(lines)
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.lines[digest] = Written(text)
        self._last = limits, digest
        return digest


def times_of(obligation: Obligation, limits: Limits) -> dict[str, Any]:
    """The columns of TIMES for an obligation with these limits."""
    return {
        "start": limits.start,
        "opens_at": limits.opens_at,
        "earliest": limits.earliest,
        "earliest_soft": "earliest" in obligation.soft,
        "due": limits.due,
        "due_soft": "due" in obligation.soft,
        "last_day": limits.last_day,
        "office_due": limits.office_due,
        "provisional": limits.provisional,
        "rule": obligation.rule.text,
        "policy": obligation.policy,
        "by_the_hour": obligation.rule.by_the_hour,
    }


#: columns of which nothing is stored yet
_UNSET = MappingProxyType({"done_at": None, "result": "", "breach": ""})


def open_all(scope: Scope, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new deadlines, as `row_of` makes them, each with the first row of its chain.

    Raises Collision on an id already there.
    """
    if not rows:
        return
    numbers = deadlines.numbers(scope.tx, len(rows))
    entries = [
        audit.row(number, 1, "", scope.now, scope.author, CREATED, born(row))
        for number, row in zip(numbers, rows, strict=True)
    ]
    made = zip(rows, entries, strict=True)
    new = [{**row, "number": e["deadline"], "audit_seq": 1, "audit_head": e["hash"]} for row, e in made]
    deadlines.insert_many(scope.tx, new)
    audit.insert_rows(scope.tx, entries)
    if scope.world.subscriptions:
        for row in new:
            if row["state"] == State.OPEN:
                announce(scope, deadline_of({**_UNSET, **row}), "opened", 1)


def row_of(
    world: World,
    obligation: Obligation,
    occurrence: str,
    party: str,
    limits: Limits,
    now: datetime,
    traces: Traces,
    case: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A new deadline, ready to insert. A started clock has `case`: case_id, event_id, start_provisional."""
    member = world.register.roster.get(party)
    state = State.SCHEDULED if limits.opens_at > now else State.OPEN
    row: dict[str, Any] = {
        "id": deadline_id(obligation.id, occurrence, party),
        "obligation": obligation.id,
        "occurrence": occurrence,
        "party": party,
        "unit": member.unit if member else party,
        "case_id": None,
        "event_id": None,
        "start_provisional": "",
        "turn": 0,
        "handed": (),
        "turns_from": None,
        "counted_from": limits.start,
        **(case or {}),
        "state": state,
        **times_of(obligation, limits),
        "trace": traces.digest(limits),
        "since": now,
        "fired": (),
        "next_action_at": None,
        "waits": "",
        "audit_seq": 0,
        "audit_head": "",
    }
    row["next_action_at"] = next_look(world, deadline_of(row), now)
    row["waits"] = "" if row["next_action_at"] else "completion"
    return row
