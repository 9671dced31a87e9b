"""Who would hear at once of a change of the files: it is carried out, what was drafted is counted, and all of
it is undone.

People hear because a limit moved, because a duty is withdrawn, or because a step is reached by the new
limit, which whoever looks at dates alone does not see. So nothing is calculated here: what applies a change
also says what it would bring about, and the two cannot differ.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from alertd.engine.firing.fire import fire_those
from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines as deadline_store
from alertd.store.database import savepoint
from alertd.store.ids import new_id
from alertd.store.rows import DeadlineRow
from alertd.store.tables import alerts, deadlines, delivery_notices, notices

#: deadlines that are looked at in one go
_AT_ONCE = 1000


class _Undone(Exception):
    """Ends the look ahead; caught here."""


@dataclass(frozen=True, slots=True)
class DutyTold:
    """Who would hear of one duty (ids): `news` that something changed, `reached` that a step has come.

    `deadlines` are how many of its deadlines they would hear of.
    """

    obligation: str
    deadlines: int
    news: frozenset[str]
    reached: frozenset[str]

    @property
    def people(self) -> frozenset[str]:
        return self.news | self.reached


@dataclass(frozen=True, slots=True)
class Told:
    """What a change would tell at once, by duty; the duty with most people first. Of the admin nothing."""

    duties: tuple[DutyTold, ...] = ()
    messages: int = 0

    @property
    def people(self) -> frozenset[str]:
        """Everybody who would hear of something."""
        return frozenset().union(*(duty.people for duty in self.duties))


@dataclass(slots=True)
class _Of:
    """What one duty's deadlines say, while it is collected."""

    numbers: set[int] = field(default_factory=set)
    news: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)


def foretold(scope: Scope, moved: Collection[int], apply: Callable[[], object]) -> Told:
    """What `apply`, which changes deadlines in the transaction of `scope`, and firing after it would tell.

    `moved` are the numbers of deadlines it changes: what was due before and is not among them speaks anyway.
    Everything is undone before this returns.
    """
    found = Told()
    with contextlib.suppress(_Undone), savepoint(scope.tx):
        before, first = _due(scope.tx, scope.now) - set(moved), new_id()
        apply()
        _fire(scope, before)
        found = _told_since(scope, first)
        raise _Undone
    return found


def _due(tx: Connection, now: datetime) -> set[int]:
    return set(tx.execute(select(deadlines.c.number).where(deadlines.c.next_action_at <= now)).scalars())


def _fire(scope: Scope, but: Collection[int]) -> None:
    """Fire what has become due; what fires may bring the next turn of a case with it."""
    while rows := _claimed(scope, but):
        fire_those(scope, rows)


def _claimed(scope: Scope, but: Collection[int]) -> list[DeadlineRow]:
    due = deadline_store.claim_due(scope.tx, scope.now, len(but) + _AT_ONCE)
    return [row for row in due.rows if row.number not in but]


def _told_since(scope: Scope, first: int) -> Told:
    """What was drafted since the id `first`, at this instant."""
    query = (
        select(
            deadlines.c.number,
            deadlines.c.obligation,
            notices.c.person,
            alerts.c.kind,
            alerts.c.step,
            delivery_notices.c.delivery,
        )
        .select_from(alerts)
        .join(notices, notices.c.alert == alerts.c.id)
        .join(deadlines, deadlines.c.number == alerts.c.deadline)
        .join(delivery_notices, delivery_notices.c.notice == notices.c.id)
        .where(alerts.c.id > first, alerts.c.decided_at == scope.now)
    )
    duties: dict[str, _Of] = {}
    messages: set[int] = set()
    for row in scope.tx.execute(query):
        duty = duties.setdefault(row.obligation, _Of())
        duty.numbers.add(row.number)
        # News of a limit that moved into the past speaks for the step it came to.
        (duty.news if row.step == row.kind else duty.reached).add(row.person)
        messages.add(row.delivery)
    told = [
        DutyTold(name, len(each.numbers), frozenset(each.news), frozenset(each.reached))
        for name, each in duties.items()
    ]
    told.sort(key=lambda duty: (-len(duty.people), duty.obligation))
    return Told(tuple(told), len(messages))
