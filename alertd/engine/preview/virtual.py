"""What would go out between two instants: the real engine on virtual time over a copy in memory.

Nothing is sent and nothing is stored. The same functions fire, address, bundle, hold and put into words as in
the daemon; only the clock jumps from one due instant to the next, and every message counts as accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select

from alertd.core.model import RUNNING, Way
from alertd.engine.cases.events import start_after
from alertd.engine.cases.settling import settle
from alertd.engine.deadlines.closing import Completion, finish
from alertd.engine.firing.afresh import decide_afresh
from alertd.engine.firing.fire import fire, repeat
from alertd.engine.firing.relief import next_change, relieve
from alertd.engine.notify.journeys import journey_of
from alertd.engine.notify.telling import TOLD
from alertd.engine.operations.acts import acknowledge
from alertd.engine.operations.events import Report, report
from alertd.engine.operations.mailing import mail_bulletin
from alertd.engine.operations.undecided import climb
from alertd.engine.planning.plan import apply_plan, make_plan
from alertd.engine.reporting.mailed import made, next_mail
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.wanting import Wants
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.composing import Parcel
from alertd.engine.sending.delivering import Attempt, follow_failures, lease, record
from alertd.engine.sending.silence import following
from alertd.messages.render import Renderer
from alertd.store import deadlines as deadline_store
from alertd.store import failures, leasing, tables
from alertd.store.database import Store, memory_store
from alertd.transports.base import Outcome, Result

_BATCH = 1000
_ACTOR = Actor("preview")
_COPIED = (
    tables.settings,
    tables.cases,
    tables.events,
    tables.traces,
    tables.deadlines,
    tables.alerts,
    tables.notices,
    tables.deliveries,
    tables.delivery_notices,
    tables.progress,
    tables.blocked,
    tables.requests,
    tables.bulletins,
    tables.overrides,
)


class Assume(StrEnum):
    """What people do meanwhile."""

    SILENT = "silent"  # nobody acknowledges; each deadline is done at due
    NEVER = "never"  # nobody does anything
    ACKED = "acked"  # whoever is asked acknowledges at once; each deadline is done at due


@dataclass(frozen=True, slots=True)
class Line:
    """One deadline in one message. Instants are UTC; `message` is the delivery's id.

    What is about no single deadline has a line for each party it concerns, with neither deadline nor
    obligation, the level 0, and its topic as the step.
    """

    at: datetime
    reached_at: datetime
    message: str
    deadline: str
    obligation: str
    party: str
    step: str
    level: int
    person: str
    channel: str
    subject: str
    why: str
    urgent: bool = False  # by the order for what is urgent
    then: Way | None = None  # what follows where nobody answers


def preview(
    world: World,
    renderer: Renderer,
    source: Store | None,
    start: datetime,
    first: datetime,
    until: datetime,
    events: Sequence[tuple[datetime, Report]] = (),
    assume: Assume = Assume.SILENT,
    progress: Callable[[datetime], None] = lambda at: None,
    afresh: bool = False,
) -> Iterator[Line]:
    """Every message between `first` and `until` (exclusive), in order.

    The run begins at `start` with a copy of `source`, or with an empty store that the register is planned
    into. `events` are reported at their instants on the way. With `afresh` messages become real at `start`.
    """
    mode = Mode.LIVE if world.mode is not Mode.REDIRECT else Mode.REDIRECT
    world = replace(world, live=True, mode=mode, subscriptions={})  # what people get is asked for
    run = VirtualRun(world, renderer, memory_store(), assume)
    if source is not None:
        _copy(source, run.store)
    if afresh:
        run.store.transact(lambda tx: decide_afresh(Scope(tx, world, start, _ACTOR)))
    try:
        for line in run.lines(start, until, sorted(events, key=lambda pair: pair[0]), progress):
            if line.at >= first:
                yield line
    finally:
        run.store.close()


def _copy(source: Store, target: Store) -> None:
    with source.read() as origin, target.write() as copy:
        for table in _COPIED:
            rows = origin.execute(select(table))
            for chunk in rows.mappings().partitions(_BATCH):
                copy.execute(insert(table), [dict(row) for row in chunk])


class VirtualRun:
    """One node on virtual time: the engine's own functions, a clock that jumps, messages always accepted."""

    def __init__(
        self,
        world: World,
        renderer: Renderer,
        store: Store,
        assume: Assume,
        went_out: Callable[[Parcel, datetime], None] = lambda parcel, at: None,
    ) -> None:
        """`went_out` gets each message with its whole text at its instant, before its lines are given."""
        self.world = world
        self.renderer = renderer
        self.store = store
        self.assume = assume
        self._went_out = went_out

    def lines(
        self,
        start: datetime,
        until: datetime,
        events: list[tuple[datetime, Report]],
        progress: Callable[[datetime], None] = lambda at: None,
    ) -> Iterator[Line]:
        """Run from `start` to `until` (exclusive); may be called again with the next stretch."""
        now, planned, wants = start, None, Wants(self.world)
        while now < until:
            if self.world.today(now) != planned:
                planned = self.world.today(now)
                self._plan(now, wants)
                progress(now)
            while events and events[0][0] <= now:
                self._report(events.pop(0)[1], now)
            self._fire(now)
            self._mail_bulletins(now)
            yield from self._deliver(now)
            if self.assume is not Assume.NEVER:
                self._finish_due(now)
            following = self._next(now, events)
            if following is None:
                return
            now = following

    def _report(self, event: Report, now: datetime) -> None:
        def work(tx: Connection) -> None:
            report(Scope(tx, self.world, now, _ACTOR), event)

        self.store.transact(work)

    def _mail_bulletins(self, now: datetime) -> None:
        def work(tx: Connection) -> None:
            scope = Scope(tx, self.world, now)
            while (issue := next_mail(scope)) is not None and issue.at <= now:
                mail_bulletin(scope, made(tx, self.world, issue))

        self.store.transact(work)

    def _record(self, attempts: list[Attempt], now: datetime) -> None:
        def work(tx: Connection) -> None:
            record(Scope(tx, self.world, now), attempts)

        self.store.transact(work)

    def _plan(self, now: datetime, wants: Wants) -> None:
        def work(tx: Connection) -> None:
            scope = Scope(tx, self.world, now, _ACTOR)
            apply_plan(scope, make_plan(scope, wants), "preview")

        self.store.transact(work)

    def _fire(self, now: datetime) -> None:
        def work(tx: Connection) -> int:
            scope = Scope(tx, self.world, now)
            fired = fire(scope, _BATCH) + repeat(scope, _BATCH) + climb(scope, _BATCH)
            return fired + follow_failures(scope, _BATCH)

        def change_shift(tx: Connection) -> None:
            relieve(Scope(tx, self.world, now))

        while self.store.transact(work):
            continue
        self.store.transact(change_shift)

    def _deliver(self, now: datetime) -> Iterator[Line]:
        for channel in self.world.transports:
            while parcels := lease(
                self.store, self.world, self.renderer, channel, now, _BATCH, timedelta(minutes=1)
            ):
                accepted = Outcome(Result.ACCEPTED)
                attempts = [Attempt(parcel, accepted, 0.0) for parcel in parcels]
                self._record(attempts, now)
                for parcel in parcels:
                    self._went_out(parcel, now)
                    yield from self._lines_of(parcel, now)
                    if self.assume is Assume.ACKED:
                        self._acknowledge(parcel, now)

    def _lines_of(self, parcel: Any, now: datetime) -> Iterator[Line]:
        """Its lines, with the order it goes by and the wait for an answer."""
        urgent, then = journey_of(parcel.row).urgent, following(self.world, parcel.row)
        asked = any(notice.ask for notice in parcel.notices)
        for line in _lines_of(parcel, now):
            yield replace(line, urgent=urgent, then=then if asked else None)

    def _acknowledge(self, parcel: Any, now: datetime) -> None:
        for number in {notice.deadline for notice in parcel.notices if notice.ask}:

            def work(tx: Connection, number: int = number) -> None:
                acknowledge(Scope(tx, self.world, now, Actor(parcel.row.person)), number)

            try:
                self.store.transact(work)
            except Refused:
                continue

    def _finish_due(self, now: datetime) -> None:
        table = tables.deadlines

        def work(tx: Connection) -> None:
            scope = Scope(tx, self.world, now, _ACTOR)
            rows = tx.execute(
                select(table).where(table.c.state.in_(RUNNING), table.c.due <= now).limit(_BATCH)
            ).fetchall()
            for row in rows:
                with suppress(Refused):  # ended by what another one's hand-in brought about
                    finish(scope, row.number, Completion(row.due))
                    start_after(scope, row, row.due)
            for case in {row.case_id for row in rows}:
                settle(scope, case)

        self.store.transact(work)

    def _next(self, now: datetime, events: list[tuple[datetime, Report]]) -> datetime | None:
        """The next instant at which anything can happen, the next midnight at the latest."""
        midnight = self.world.calendar.midnight_after(self.world.today(now))
        with self.store.read() as tx:
            wakes = [deadline_store.next_action(tx), failures.next_at(tx)]
            wakes += [leasing.next_on(tx, channel, self.world.node) for channel in self.world.transports]
            due = tx.execute(
                select(func.min(tables.deadlines.c.due)).where(
                    tables.deadlines.c.state.in_(RUNNING), tables.deadlines.c.due > now
                )
            ).scalar_one_or_none()
            scope = Scope(tx, self.world, now)
            issue, change = next_mail(scope), next_change(scope)
        times = [midnight, *wakes, change, due, issue.at if issue else None, events[0][0] if events else None]
        return min(time for time in times if time is not None and time > now)


def _lines_of(parcel: Any, now: datetime) -> Iterator[Line]:
    if parcel.message is None:
        return
    for notice in parcel.notices:
        yield Line(
            at=now,
            reached_at=notice.reached_at,
            message=f"{parcel.row.id:x}",
            deadline=notice.d_id,
            obligation=notice.d_obligation,
            party=notice.d_party,
            step=notice.step,
            level=notice.level,
            person=parcel.row.person,
            channel=parcel.row.channel,
            subject=parcel.message.subject,
            why=notice.position,
        )
    if parcel.row.template == TOLD:
        yield from _lines_told(parcel, now)


def _lines_told(parcel: Any, now: datetime) -> Iterator[Line]:
    row, payload = parcel.row, parcel.row.payload
    for party in payload.get("parties") or [""]:
        yield Line(
            at=now,
            reached_at=row.created_at,
            message=f"{row.id:x}",
            deadline="",
            obligation="",
            party=party,
            step=payload["topic"],
            level=0,
            person=row.person,
            channel=row.channel,
            subject=parcel.message.subject,
            why=payload.get("position", ""),
        )
