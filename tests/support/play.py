"""Runs the engine's own functions over a store at instants a test chooses: the daemon without its loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select

from alertd.core.model import Register
from alertd.engine.firing.fire import fire, repeat
from alertd.engine.operations import acts, events
from alertd.engine.operations.undecided import climb
from alertd.engine.planning.plan import Plan, apply_plan, make_plan
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.composing import Parcel
from alertd.engine.sending.delivering import Attempt, follow_failures, lease, record
from alertd.messages.render import Renderer
from alertd.store import deadlines as deadline_store
from alertd.store import tables
from alertd.store.database import Store, memory_store
from alertd.transports.base import Outcome, Result
from tests.support.register import at, world

T = TypeVar("T")
RENDERER = Renderer()
CLERK = Actor("clerk", "root")
ACCEPTED = Outcome(Result.ACCEPTED)


class Play:
    """One node at one instant. `go` moves the time and does what is due on the way."""

    def __init__(self, store: Store, world: World, now: str) -> None:
        self.store = store
        self.world = world
        self.now = at(now)
        self.sent: list[Parcel] = []

    def do(self, work: Callable[..., T], *args: Any, actor: Actor = CLERK, **more: Any) -> T:
        """`work(scope, …)` in a transaction of its own. An Actor among the arguments is who acts."""
        actor = next((each for each in args if isinstance(each, Actor)), actor)
        args = tuple(each for each in args if not isinstance(each, Actor))
        return self.store.transact(lambda tx: work(self.scope(tx, actor), *args, **more))

    def scope(self, tx: Connection, actor: Actor = CLERK) -> Scope:
        """What a transaction of this node works within, at this instant."""
        return Scope(tx, self.world, self.now, actor)

    # ------------------------------------------------------------ what moves the clock

    def fire(self) -> None:
        def work(tx: Connection) -> int:
            scope = Scope(tx, self.world, self.now)
            fired = fire(scope, 100) + repeat(scope, 100) + climb(scope, 100)
            return fired + follow_failures(scope, 100)

        for _ in range(1000):
            if not self.store.transact(work):
                return
        raise AssertionError("firing never ends")

    def deliver(self, answer: Callable[[Parcel], Outcome] | None = None) -> list[Parcel]:
        """Send what may leave now; `answer` is the provider's, by default yes to everything."""
        sent: list[Parcel] = []
        for channel in self.world.transports:
            while parcels := self.lease(channel):
                attempts = [Attempt(p, answer(p) if answer else ACCEPTED, 0.1) for p in parcels]
                self.do(record, attempts)
                self.do(follow_failures, 100)
                sent += [parcel for parcel in parcels if parcel.message is not None]
        self.sent += sent
        return sent

    def lease(self, channel: str) -> list[Parcel]:
        minute = timedelta(minutes=1)
        return lease(self.store, self.world, RENDERER, channel, self.now, 100, minute)

    def go(
        self, until: str, answer: Callable[[Parcel], Outcome] | None = None
    ) -> list[tuple[str, str, tuple[str, ...]]]:
        """Move to `until`, waking as the daemon would. Returns (when, person, steps) of each message."""
        end, heard, rounds = at(until), [], 0
        while True:
            self.fire()
            heard += [_heard(self.now, parcel) for parcel in sorted(self.deliver(answer), key=_decided)]
            wake = self.next_wake()
            if wake is None or wake > end:
                self.now = end
                return heard
            rounds = rounds + 1 if wake <= self.now else 0
            assert rounds < 20, "the node wakes for ever at one instant"
            self.now = max(self.now, wake)

    def next_wake(self) -> datetime | None:
        """The smallest of the times the engine waits for; a held message wakes nobody."""
        columns = [tables.failures.c.next_at]
        columns += [tables.deliveries.c.not_before] if self.world.mode is not Mode.HOLD else []
        with self.store.read() as tx:
            times = [tx.execute(select(func.min(column))).scalar_one() for column in columns]
            times.append(deadline_store.next_action(tx))
        return min((time for time in times if time is not None), default=None)

    # ------------------------------------------------------------ what people do

    def plan(self) -> Plan:
        plan = self.do(make_plan)
        self.do(apply_plan, plan, "test")
        return plan

    def report(
        self,
        kind: str,
        case: str,
        parties: str = "town-a",
        due: Any = None,
        identity: str = "",
        **instants: str,
    ) -> events.Happened:
        """Report an event as a person does; one that lies ahead is planned."""
        when = {name: at(text) for name, text in instants.items()}
        ahead = any(instant > self.now for instant in when.values())
        asked = events.Report(
            kind, case, tuple(parties.split()), when, due, f"Case {case}", identity, planned=ahead
        )
        return self.do(events.report, asked, actor=CLERK)

    def done(self, name: str, happened: str | None = None, by: str = "clerk", **more: Any) -> str:
        """Hand in as a person does, then where it lies ahead; returns the breach it leaves, or ""."""
        when = at(happened) if happened else None
        self.now = max(self.now, when or self.now)
        what = acts.HandIn(when, **more)
        done: acts.HandedIn = self.do(acts.hand_in, self.row(name).number, what, actor=Actor(by))
        return done.breach

    def acknowledge(self, name: str, by: str) -> datetime:
        return self.do(acts.acknowledge, self.row(name).number, actor=Actor(by))

    # ------------------------------------------------------------ what the store says

    def row(self, name: str) -> Any:
        with self.store.read() as tx:
            row = deadline_store.find(tx, name)
        assert row is not None, name
        return row

    def all(self, table: Table) -> Sequence[Any]:
        with self.store.read() as tx:
            return tx.execute(select(table).order_by(*table.primary_key.columns)).fetchall()

    def admin_topics(self) -> list[str]:
        """What the admin was told of, in order: each line of a list."""
        return [topic for topic, _ in self.admin_told()]

    def admin_told(self) -> list[tuple[str, dict[str, Any]]]:
        """The same with the values of each."""
        rows = self.all(tables.deliveries)
        return told_in(row.payload for row in rows if row.template == "admin")

    def deliveries_to(self, person: str) -> list[Any]:
        return [row for row in self.all(tables.deliveries) if row.person == person]


@contextmanager
def plays() -> Iterator[Callable[..., Play]]:
    """Plays on empty stores in memory: `begin("2026-12-01T10:00")`, with changes of the world if wanted."""
    stores: list[Store] = []

    def begin(now: str, register: Register | None = None, **changes: Any) -> Play:
        stores.append(memory_store())
        return Play(stores[-1], world(register, **changes), now)

    yield begin
    for store in stores:
        store.close()


def told_in(payloads: Iterable[Any]) -> list[tuple[str, dict[str, Any]]]:
    """The topic and the values of each line of some messages to the admin."""
    return [
        (payload["topic"], values)
        for payload in payloads
        for values in payload.get("entries", [payload["args"]])
    ]


def _decided(parcel: Parcel) -> tuple[str, int]:
    """An order that does not depend on the database: by deadline, then as decided."""
    return min(((notice.d_id, notice.id) for notice in parcel.notices), default=("", parcel.row.id))


def _heard(now: datetime, parcel: Parcel) -> tuple[str, str, tuple[str, ...]]:
    steps = tuple(dict.fromkeys(notice.step for notice in parcel.notices))
    return f"{now.astimezone(at('2026-01-01').tzinfo):%m-%dT%H:%M}", parcel.row.person, steps
