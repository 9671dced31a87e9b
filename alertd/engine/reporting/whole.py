"""One deadline with all that is known of it, and why it is due when it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from alertd.core.escalation import Reach
from alertd.core.model import Person, Way
from alertd.core.timing import TraceLine
from alertd.core.ways import DEPUTY
from alertd.engine.deadlines import breaches as deadline_breaches
from alertd.engine.deadlines.figures import Figures
from alertd.engine.notify.addressing import Addressing, Recipient
from alertd.engine.notify.holds import Holds
from alertd.engine.operations.acts import find
from alertd.engine.reporting.evidence import files_of
from alertd.engine.reporting.queries import Stood, stand
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, requests
from alertd.store import deadlines as deadline_store
from alertd.store.rows import DeadlineRow, EvidenceRow, OverrideRow, RequestRow
from alertd.store.tables import deliveries, delivery_notices, notices


@dataclass(frozen=True, slots=True)
class Told:
    """One message that spoke of the deadline, to one person."""

    person: str
    position: str
    ask: bool
    acknowledged_at: datetime | None
    acknowledged_until: datetime | None
    channel: str
    state: str
    sent_at: datetime | None
    not_before: datetime | None
    subject: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One act on record; `by` is who did it, and by which account."""

    at: datetime
    by: str
    action: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Breach:
    """What was done against a rule; of a gate that was passed shut, which and with which version."""

    kind: str
    at: datetime
    entered_at: datetime
    event: str | None
    gate: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything about one deadline; `silence` is what holds its reminders, None where nothing does."""

    stood: Stood
    unfinished: bool
    history: tuple[Recorded, ...]
    messages: tuple[Told, ...]
    requests: tuple[RequestRow, ...]
    breaches: tuple[Breach, ...]
    files: tuple[EvidenceRow, ...]
    silence: OverrideRow | None


def whole(scope: Scope, name: str) -> Whole:
    """The deadline with this id or number. Raises Refused where there is none."""
    row = find(scope.tx, name)
    return Whole(
        stood=stand(Figures(scope), row, scope.now),
        unfinished=row.state in deadline_store.UNFINISHED,
        history=tuple(
            Recorded(act.at, audit.author_text(act), act.action, act.detail)
            for act in audit.of_deadline(scope.tx, row.number)
        ),
        messages=tuple(_told(scope.tx, row.number)),
        requests=tuple(requests.of_deadline(scope.tx, row.number)),
        breaches=tuple(_breaches(scope.tx, row)),
        files=tuple(files_of(scope, row.number)),
        silence=Holds(scope).silence_over(row),
    )


def _told(tx: Connection, number: int) -> list[Told]:
    rows = tx.execute(
        select(
            notices.c.person,
            notices.c.position,
            notices.c.ask,
            notices.c.acknowledged_at,
            notices.c.acknowledged_until,
            deliveries.c.channel,
            deliveries.c.state,
            deliveries.c.sent_at,
            deliveries.c.not_before,
            deliveries.c.subject,
        )
        .join(delivery_notices, delivery_notices.c.notice == notices.c.id)
        .join(deliveries, deliveries.c.id == delivery_notices.c.delivery)
        .where(notices.c.deadline == number)
        .order_by(deliveries.c.id)
    )
    return [Told(**row) for row in rows.mappings()]


def _breaches(tx: Connection, row: DeadlineRow) -> list[Breach]:
    """Those of the deadline, and of the gates of its case, oldest first."""
    rows = deadline_breaches.of_deadline(tx, row.number, row.case_id)
    return [
        Breach(
            kind=each.kind,
            at=each.at,
            entered_at=each.entered_at,
            event=each.event_id,
            gate=each.detail.get("gate"),
            version=each.detail.get("version"),
        )
        for each in rows
    ]


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody hears of steps that are still to come, as things stand; the first way is the usual one."""

    person: str
    ask: bool
    urgent: bool
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a deadline is due when it is: the lines that led to its limit, and its steps under the policy."""

    row: DeadlineRow
    trace: tuple[TraceLine, ...]
    steps: tuple[Reach, ...]
    reached: tuple[Reached, ...] = ()


def explained(scope: Scope, name: str) -> Explained:
    """The deadline with this id or number. Raises Refused where there is none."""
    row = find(scope.tx, name)
    stored = deadline_store.trace_of(scope.tx, row.trace) or ()
    steps = tuple(scope.world.steps_of(row))
    return Explained(row, tuple(map(_line, stored)), steps, tuple(_reached(scope, row, steps)))


def _reached(scope: Scope, row: DeadlineRow, steps: Sequence[Reach]) -> list[Reached]:
    """Everybody whom the steps to come tell, once in each of their orders; asked wins over informed.

    While messages are not real it says how people would be reached if they were.
    """
    scope = Scope(scope.tx, scope.world.sending(), scope.now)
    obligation = scope.world.register.obligations.get(row.obligation)
    receiver, leads = (obligation.receiver, obligation.inform) if obligation else (None, ())
    addressing, people = Addressing.now(scope), scope.world.register.people
    found: dict[tuple[str, bool], Reached] = {}
    for step in (reach.step for reach in steps if reach.id not in row.fired):
        asked = tuple((position, position in step.ask) for position in step.to)
        told, _ = addressing.recipients(row.unit, receiver, asked, leads, row.handed, step.urgent)
        for each in told:
            key, person = (each.person, step.urgent), people[each.person]
            before = found.get(key)
            if before is None or each.ask > before.ask:
                ways = _usable(scope.world.ways_of(person, step.urgent), person, each)
                found[key] = Reached(each.person, each.ask, step.urgent, ways)
    return list(found.values())


def _usable(order: Sequence[Way], person: Person, each: Recipient) -> tuple[Way, ...]:
    """The ways that lead anywhere; nobody waits for an answer of who is only informed."""
    after = {way.channel: way.after for way in order}
    routes = [Way(channel, after.get(channel) if each.ask else None) for channel, _ in each.routes]
    first = [replace(way, after=None) for way in routes[:1]]
    deputy = [way for way in order if way.channel == DEPUTY and each.ask and person.deputy]
    return (*first, *routes[1:], *deputy)


def _line(stored: Mapping[str, Any]) -> TraceLine:
    """A line of a stored trace; `at` is a day or an instant."""
    text = stored["at"]
    at = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return TraceLine(at, stored["what"], stored["why"], stored["args"])
