"""What `alertd doctor` compares: each deadline with its chain, what was decided with what was sent, seals.

Whoever writes into the store past the program is found out here, as far as the store itself can tell: see
docs/operation.md, "What the audit shows". Everything is read a part at a time; nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from alertd.core.model import RUNNING, State
from alertd.core.pacing import leave_at
from alertd.engine.deadlines import recorded
from alertd.engine.deadlines.change import next_look
from alertd.engine.notify import admin
from alertd.engine.notify.guard import PUT_OFF
from alertd.engine.notify.topics import DAILY
from alertd.engine.preview.checkup import BAD, OK, Finding, Line
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import chains, overrides, reading, seals
from alertd.store.chains import Kept
from alertd.store.rows import DeadlineRow
from alertd.store.tables import alerts, deadlines, deliveries, delivery_notices, notices, receipts
from alertd.transports.base import LONGEST_WAIT

#: what a finding names; all are counted
NAMED = 20
_AT_ONCE = 500
#: what was read from rows of somebody else's making
_FORGED = (AttributeError, KeyError, TypeError, ValueError)


class Found:
    """Details of one finding: the first are kept, all are counted."""

    def __init__(self) -> None:
        self.count = 0
        self.lines: list[Line] = []

    def add(self, say: str, **values: Any) -> None:
        self.count += 1
        if len(self.lines) < NAMED:
            self.lines.append(Line(say, values))

    def finding(self, check: str, say: str, good: Finding) -> Finding:
        """What was found, or that all is well."""
        if self.count:
            return Finding(check, BAD, say, {"count": self.count}, tuple(self.lines))
        return good


def audit_findings(tx: Connection) -> tuple[Finding, ...]:
    """Whether the audit is whole, and each deadline and its alerts are as their chain says.

    Reads all of it. Raises Unreadable.
    """
    broken, differing, silent, entries = Found(), Found(), Found(), 0
    for some in chains.every(tx):
        spoken = _spoken(tx, some[0].number, some[-1].number)
        for kept in some:
            entries += len(kept.chain)
            said = _said(kept)
            if kept.broken is not None:
                name = kept.row.id if kept.row else (said or {}).get("id", "")
                broken.add(kept.broken.why, number=kept.number, seq=kept.broken.seq, deadline=name)
            if kept.row is not None:
                _compare(kept.row, said, differing)
                _compare_alerts(kept, spoken, silent)
    for seal in seals.broken(tx):
        broken.add(f"seal-{seal.why}", seal=seal.number)
    newest = seals.newest(tx)
    whole: dict[str, str | int] = {"count": entries, "unsealed": seals.unsealed(tx)}
    whole |= {"seal": newest.number, "hash": newest.hash} if newest else {}
    return (
        broken.finding("audit", "broken", Finding("audit", OK, "sealed" if newest else "whole", whole)),
        differing.finding("recorded", "differ", Finding("recorded", OK, "same")),
        silent.finding("spoken", "missing", Finding("spoken", OK, "there")),
    )


def seal_finding(tx: Connection, noted: str) -> Finding:
    """Whether a seal that somebody noted elsewhere, as "NUMBER:HASH" or the beginning of it, is still it."""
    form = re.fullmatch(r"([0-9]{1,9}):([0-9a-f]{8,64})", noted.strip().lower())
    if form is None:
        return Finding("seal", BAD, "no-seal", {"found": noted[:100]})
    seal = seals.numbered(tx, int(form[1]))
    if seal is None or not seal.hash.startswith(form[2]):
        return Finding("seal", BAD, "differs", {"seal": int(form[1])})
    return Finding("seal", OK, "same", {"seal": seal.number})


def _said(kept: Kept) -> Mapping[str, Any] | None:
    try:
        return recorded.expected(kept.chain)
    except _FORGED:
        return None


def _compare(row: DeadlineRow, said: Mapping[str, Any] | None, differing: Found) -> None:
    try:
        found = list(recorded.differences(row, said)) if said is not None else None
    except _FORGED:
        found = None
    if found is None:
        differing.add("unsaid", deadline=row.id)
    for column, is_, should in found or ():
        differing.add("differs", deadline=row.id, column=column, found=is_, expected=should)


_Key = tuple[int, datetime, str]


def _spoken(tx: Connection, first: int, last: int) -> dict[_Key, list[int]]:
    """How many people each alert of a step speaks to, by deadline, instant and step."""
    query = (
        select(alerts.c.deadline, alerts.c.decided_at, alerts.c.step, func.count(notices.c.id))
        .outerjoin(notices, notices.c.alert == alerts.c.id)
        .where(alerts.c.deadline.between(first, last), alerts.c.kind == "step")
        .group_by(alerts.c.id, alerts.c.deadline, alerts.c.decided_at, alerts.c.step)
    )
    found: dict[_Key, list[int]] = {}
    for deadline, at, step, people in reading.found(tx, query).rows:
        found.setdefault((deadline, at, step), []).append(people)
    return found


def _compare_alerts(kept: Kept, spoken: Mapping[_Key, Sequence[int]], silent: Found) -> None:
    assert kept.row is not None
    for act in kept.chain:
        detail = act.detail
        if act.action != "alert" or not isinstance(detail, dict) or "step" not in detail:
            continue
        people, values = detail.get("people", ()), {"deadline": kept.row.id, "step": detail["step"]}
        there = spoken.get((kept.number, act.at, detail["step"]))
        if there is None:
            silent.add("alert", at=act.at, **values)
        elif len(people) not in there:
            silent.add("notices", at=act.at, found=max(there), expected=len(people), **values)


# ---------------------------------------------------------------- what was sent


def sent_finding(tx: Connection) -> Finding:
    """Whether messages and receipts are as the program leaves them, seen from either side."""
    found = Found()
    for say, query in _SENT.items():
        rows = tx.execute(query.limit(NAMED)).mappings().all()
        for row in rows:
            found.add(say, **{name: f"{v:x}" if name == "number" else v for name, v in row.items()})
        if len(rows) == NAMED:  # there may be more than are named
            found.count += tx.execute(select(func.count()).select_from(query.subquery())).scalar_one() - NAMED
    return found.finding("sent", "differ", Finding("sent", OK, "whole"))


_GONE = ("accepted", "handed-over")
_ENDED = (*_GONE, "refused", "dropped")
_number = deliveries.c.id.label("number")


def _without_receipt() -> Select[Any]:
    """Messages that ended, and no receipt says so. A test that failed is not tried again, whatever it was."""
    of_it = and_(receipts.c.delivery == deliveries.c.id, receipts.c.result == deliveries.c.state)
    tested = and_(deliveries.c.template == "test", deliveries.c.state == "refused")
    told = select(receipts.c.id).where(of_it).exists()
    where = deliveries.c.state.in_(_ENDED), ~tested, ~told
    return select(_number, deliveries.c.person, deliveries.c.state).where(*where)


def _otherwise() -> Select[Any]:
    """Messages that left at another instant, or to another address, than their receipt says."""
    of_it = and_(receipts.c.delivery == deliveries.c.id, receipts.c.result == deliveries.c.state)
    there = or_(receipts.c.address == deliveries.c.address, receipts.c.address == "")
    same = select(receipts.c.id).where(of_it, there, receipts.c.at == deliveries.c.sent_at).exists()
    some = select(receipts.c.id).where(of_it).exists()
    return select(_number, deliveries.c.person).where(deliveries.c.state.in_(_GONE), some, ~same)


def _never() -> Select[Any]:
    """Messages that wait, and nobody would ever look at them."""
    waits = deliveries.c.state.in_(("waiting", "leased"))
    return select(_number, deliveries.c.person).where(waits, deliveries.c.not_before.is_(None))


def _again() -> Select[Any]:
    """Messages that ended, and would be sent again."""
    ended = deliveries.c.state.in_(_ENDED)
    return select(_number, deliveries.c.person).where(ended, deliveries.c.not_before.is_not(None))


def _unsent() -> Select[Any]:
    """People who were to be told, and no message was made for them."""
    carried = select(delivery_notices.c.notice).where(delivery_notices.c.notice == notices.c.id).exists()
    named = select(deadlines.c.id.label("deadline"), notices.c.person)
    return (
        named.select_from(notices)
        .outerjoin(deadlines, deadlines.c.number == notices.c.deadline)
        .where(~carried)
    )


def _lost() -> Select[Any]:
    """What was to be told in a message that is gone."""
    query = select(delivery_notices.c.delivery.label("number"), notices.c.person)
    query = query.outerjoin(notices, notices.c.id == delivery_notices.c.notice)
    query = query.outerjoin(deliveries, deliveries.c.id == delivery_notices.c.delivery)
    return query.where(or_(deliveries.c.id.is_(None), notices.c.id.is_(None)))


def _orphaned() -> Select[Any]:
    """Receipts of messages that are gone."""
    query = select(receipts.c.delivery.label("number"), receipts.c.at)
    query = query.outerjoin(deliveries, deliveries.c.id == receipts.c.delivery)
    return query.where(deliveries.c.id.is_(None))


_SENT: Mapping[str, Select[Any]] = {
    "no-receipt": _without_receipt(),
    "otherwise": _otherwise(),
    "never": _never(),
    "again": _again(),
    "unsent": _unsent(),
    "lost": _lost(),
    "orphaned": _orphaned(),
}


# ---------------------------------------------------------------- what comes next, by the files that rule


def next_finding(scope: Scope) -> Finding:
    """Whether each deadline is looked at when its next step is reached, and each message leaves in time."""
    found, last = Found(), 0
    looked_at = deadlines.c.state.in_(RUNNING) | (
        (deadlines.c.state == State.DONE) & deadlines.c.review_due.is_not(None)
    )
    while True:
        query = select(deadlines).where(looked_at, deadlines.c.number > last).order_by(deadlines.c.number)
        some = reading.found(scope.tx, query.limit(_AT_ONCE))
        if not len(some):
            break
        for row in some.rows:
            expected = _too_late(scope.world, row, scope.now)
            if expected is not None:
                found.add("late", deadline=row.id, found=row.next_action_at, expected=expected)
        last = max(row.number for row in some.all)
    for row in _held_back(scope):
        found.add("held", number=f"{row.id:x}", person=row.person, found=row.not_before)
    return found.finding("next", "late", Finding("next", OK, "in-time"))


def _too_late(world: World, row: DeadlineRow, now: datetime) -> datetime | None:
    """When a deadline should have been looked at next, where it would be looked at later, or never.

    One that slipped was put off, and is looked at within the hour.
    """
    expected = next_look(world, row, row.since)
    if expected is None:
        return None
    at = row.next_action_at
    return expected if at is None or at > max(expected, now + PUT_OFF) else None


def _held_back(scope: Scope) -> Iterator[Any]:
    """Messages that wait for longer than hours, silences, a provider, or the admin's pauses ask."""
    world, pause = scope.world, timedelta(seconds=LONGEST_WAIT) * 1.5  # with what spreads retries
    columns = [
        getattr(deliveries.c, name) for name in ("id", "person", "template", "created_at", "not_before")
    ]
    late = deliveries.c.state.in_(("waiting", "leased")), deliveries.c.not_before > scope.now + pause
    for row in scope.tx.execute(select(*columns).where(*late).order_by(deliveries.c.id)):
        silent = overrides.silent_until(scope.tx, row.id)
        rest = world.rest_of(row.person)
        opens = leave_at(row.created_at, False, None, world.calendar, world.office, rest, silent)
        if row.template == admin.TEMPLATE:
            opens = row.created_at + max(DAILY) + admin.GATHERING
        if row.not_before > opens:
            yield row
