"""One seed from beginning to end: a city, its machines, its troubles, and whether everything held."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import hashlib
import math
import random
import shutil
import types
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alertd.engine.operations import going_live
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.installation import Installation
from alertd.store import deadlines, failures, leasing, migrating
from alertd.store.database import Store
from tests.simulation import city as cities
from tests.simulation import files, invariants, known
from tests.simulation.bot import BotServer, Told
from tests.simulation.deeds import DEEDS
from tests.simulation.disk import Disk
from tests.simulation.loop import PROCESS, Process, SimulatedLoop
from tests.simulation.machine import UNUSABLE, Machine
from tests.simulation.mail import Arrived, MailServer
from tests.simulation.places import Places
from tests.simulation.plan import Happening, Plan
from tests.simulation.server import Database
from tests.simulation.surroundings import surrounded
from tests.simulation.troubles import DAY, HOUR, TROUBLES
from tests.simulation.witness import Witness

#: when every run begins: a Monday morning in Shanghai
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
#: seconds after the last trouble in which everything that waited must have left
CALM = 2 * HOUR
#: between two looks at everything, in seconds
LOOK = 600.0
#: seconds without anything to do after which time may leap, and that are left before the next thing to do
QUIET = 45.0
#: how often it is tried to go live while a store or a file is in the way
MOST_ASKED = 40


@dataclass(slots=True)
class Ran:
    """What became of a plan. `violations` are "invariant: what was seen"."""

    plan: Plan
    violations: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    places: Places = field(default_factory=Places)
    seconds: float = 0.0
    digest: str = ""


class Run:
    """Everything of one run; `go` runs it."""

    def __init__(self, plan: Plan, folder: Path, url: str = "") -> None:
        self.plan, self.folder, self.url = plan, folder, url
        self.loop = SimulatedLoop(plan.seed, START)
        self.chance = random.Random(f"{plan.seed} people")
        self.city = cities.make(random.Random(f"{plan.seed} city"))
        self.people = {person.id: person for person in self.city.people}
        self.mail = MailServer(self.loop, on_arrival=self._mailed)
        self.bot = BotServer(self.loop, on_told=self._told)
        self.mail_weather = self.loop.network.listen(*cities.MAIL, self.mail)
        self.bot_weather = self.loop.network.listen(*cities.BOT, self.bot)
        self.ran = Ran(plan)
        self.machines: list[Machine] = []
        self.database = Database(url, self.loop) if url else None
        self.loop.overlapping = bool(url)
        self.logged: list[tuple[float, str, str]] = []
        self.trace: list[str] = []
        self.witness = Witness(self)
        #: what was violated and said already; an invariant that is looked for; whether it was found
        self.said: set[str] = set()
        self.sought = ""
        self.enough = asyncio.Event()
        #: the troubles that last, and how the newest of each ends; what is to stand in which file; on which
        #: machine alone files are saved; how many presses and commands are on their way
        self.lasting: dict[str, Callable[[], None]] = {}
        self.meant: dict[str, str] = {}
        self.edited_on = ""
        self.calls = 0
        self.live_at = math.inf
        self.going_live: asyncio.Task[None] | None = None
        self.next_at, self.verbose = 0.0, False
        self._clerk: Process | None = None

    # ------------------------------------------------------------ the whole

    def go(self) -> Ran:
        shutil.rmtree(self.folder, ignore_errors=True)
        for number in range(self.plan.machines):
            home = self.folder / f"node-{number + 1}"
            cities.lay_down(self.city, home, self.url)
            machine = Machine(
                self.loop, home.name, home, cities.ENVIRON, random.Random(f"{self.plan.seed} {number}")
            )
            if not number:  # while config.toml says live no daemon makes one
                migrating.upgrade(Store(self.url or f"sqlite:///{home / 'var' / 'alertd.db'}"))
            machine.on_commit = self._committed
            machine.database, machine.places = self.database, self.ran.places
            machine.overlap = random.Random(f"{self.plan.seed} overlap {number}")
            machine.on_crash = lambda power: self.witness.forget() if power else None
            self.machines.append(machine)
        with surrounded(self):
            asyncio.set_event_loop(self.loop)
            try:
                self.loop.run_until_complete(self._whole())
            finally:
                asyncio.set_event_loop(None)
                if self.database is not None:
                    self.database.close()
        self.ran.seconds = self.loop.time()
        self.ran.violations += [f"unhandled: {each}" for each in self.loop.unhandled]
        for machine in self.machines:
            self.ran.counted["starts"] += machine.starts
            self.ran.counted["crashes"] += len(machine.deaths)
            self.ran.counted["ended by the watchdog"] += sum(
                death.where == "by the watchdog" for death in machine.deaths
            )
        self.ran.counted.update({"mails": len(self.mail.arrived), "telegrams": len(self.bot.told)})
        self.ran.digest = hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]
        return self.ran

    async def _whole(self) -> None:
        for machine in self.machines:
            machine.start()
            await asyncio.sleep(3)
        await asyncio.sleep(5)
        if not any(happening.kind == "go-live" for happening in self.plan.happenings):
            await self.go_live()
        looking = asyncio.create_task(self._look_again_and_again())
        leaping = asyncio.create_task(self._leap_again_and_again())
        begin = self.loop.time()
        for happening in self.plan.happenings:
            await self._until(begin + happening.at)
            if self.enough.is_set():
                break
            self._happen(happening)
        await self._until(begin + self.plan.hours * HOUR)
        self._heal()
        await self._until(self.loop.time() + CALM)
        looking.cancel()
        leaping.cancel()
        self._look(final=True)
        for machine in self.machines:
            await machine.stop()

    async def _until(self, at: float) -> None:
        self.next_at = at
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.enough.wait(), max(0.0, at - self.loop.time()))

    async def _leap_again_and_again(self) -> None:
        """While nothing is due and nobody is in trouble a day is as good as a minute."""
        while True:
            await asyncio.sleep(QUIET)
            if self.calls or self.lasting or not all(machine.at_rest for machine in self.machines):
                continue
            steady = max(
                *(machine.steady_since for machine in self.machines), *self.witness.changed.values(), 0.0
            )
            if steady + QUIET > self.loop.time():
                continue
            following = self._next_due()
            at = min(self.next_at, self.loop.time() + DAY, *([following] if following is not None else []))
            self._leap(max(0.0, at - QUIET - self.loop.time()))

    def _leap(self, seconds: float) -> None:
        self.loop.leap(seconds)
        for machine in self.machines:
            machine.leapt(seconds)

    def _next_due(self) -> float | None:
        """When anything is due, in seconds of the loop; 0 for something that is due now."""
        if not any(machine.reaches_store for machine in self.machines):
            return None
        with self._opened() as store, store.read() as tx:
            times = [deadlines.next_action(tx), failures.next_at(tx)]
            for node in self._nodes():
                times += [leasing.next_on(tx, each, node) for each in ("email", "telegram", "inbox")]
        due = min((time for time in times if time is not None), default=None)
        return (due - START).total_seconds() if due is not None else None

    def _nodes(self) -> list[str]:
        """What the daemons that run call themselves in the store."""
        services = (machine.service for machine in self.machines)
        dispatchers = (service.dispatcher for service in services if service is not None)
        return [dispatcher.world.node for dispatcher in dispatchers if dispatcher is not None]

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self._look()

    def _look(self, final: bool = False) -> None:
        if not any(machine.reaches_store for machine in self.machines):
            return
        try:
            with self._opened() as store, store.read() as tx:
                scope = Scope(tx, self._world(store), self.now)
                for violation in invariants.violated(self, scope, final):
                    self._say(violation)
        except UNUSABLE as fault:
            self.note(f"look {type(fault).__name__}")

    def _world(self, store: Any) -> Any:
        """What rules, as a daemon that runs has read it."""
        for machine in sorted(self.machines, key=lambda each: (not each.reaches_store, each.steady_since)):
            if machine.runs and machine.service is not None and machine.service.dispatcher is not None:
                return machine.service.dispatcher.world
        return self._installation().ruling(store, self.now)

    def _installation(self) -> Installation:
        home = self.machines[0].folder
        return Installation.find(str(home), cities.ENVIRON, home, "clerk")

    def _say(self, violation: str) -> None:
        """Keep what was violated, once; end the run where it is what was sought."""
        name = violation.partition(":")[0]
        if violation in self.said:
            return
        self.said.add(violation)
        if name != self.sought and (reason := known.reason(violation)):
            self.ran.counted[f"known: {reason}"] += 1
            return
        self.note(f"violated {name}")
        self.ran.violations.append(violation)
        if name == self.sought:
            self.enough.set()

    def at(self, seconds: float) -> datetime:
        """The instant at which so many seconds of the loop were over."""
        return START + timedelta(microseconds=round(seconds * 1e6))

    def changes(self, what: str) -> None:
        """From now on the way to a server, the store or a file is another one."""
        about = {"mail": "email", "bot": "telegram", "away": "store", "full": "store"}
        self.witness.changed[about.get(what.partition(" ")[0], what)] = self.loop.time()

    @property
    def now(self) -> datetime:
        return self.loop.utc

    def note(self, words: str) -> None:
        """A line of the trace, which the same seed must give again."""
        self.trace.append(f"{self.loop.time():.6f} {words}")

    async def go_live(self) -> None:
        """From now on messages are real; also what is decided in the transaction itself."""
        for patience in range(MOST_ASKED):
            asked_at = self.loop.time()  # what was refused before has changed nothing
            if await self.command(
                lambda scope: going_live.go_live(scope, going_live.GoLive(len(self.people)))
            ):
                self.live_at = asked_at
                return
            await asyncio.sleep(60.0 * (patience + 1))

    # ------------------------------------------------------------ what others do

    def _mailed(self, mail: Arrived) -> None:
        self.note(f"mail {mail.address} {mail.confirmed}")
        self.witness.mailed(mail)

    def _told(self, told: Told) -> None:
        self.note(f"chat {told.chat} {told.confirmed}")
        self.witness.told(told)
        person = next((each for each in self.people.values() if each.chat == told.chat), None)
        if person is None or not told.presses or self.chance.random() < 0.4:
            return
        data = told.presses[0] if self.chance.random() < 0.8 else told.presses[-1]
        times = 2 if self.chance.random() < 0.1 else 1
        for _ in range(times):
            self.calls += 1
            self.loop.call_later(self.chance.uniform(5, 2400), self._press, told.chat, data)

    def _press(self, chat: int, data: str) -> None:
        self.calls -= 1
        self.note(f"press {chat} {data[:1]}")
        self.bot.press(chat, data)

    def _committed(self, machine: Machine, site: str, wakes: bool, changes: bool) -> None:
        self.note(f"commit {machine.name} {site}")
        if changes:
            self.witness.committed(machine.store_path)
        if wakes and self.database is not None:
            self._wake_all()

    def _commanded(self, site: str, wakes: bool, changes: bool) -> None:
        assert self._clerk is not None
        self.note(f"commit clerk {site}")
        self.witness.committed(self._clerk.disk.stores[0].path)

    def _wake_all(self) -> None:
        for machine in self.machines:
            machine.committed_elsewhere()

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """The store, as a command opens it."""
        if self._clerk is None:
            process = Process("clerk", types.SimpleNamespace(now=lambda: self.now))
            process.disk = Disk(process, database=self.database, utc=lambda: self.now)
            process.disk.chance = random.Random(f"{self.plan.seed} overlap clerk")
            process.disk.on_commit = self._commanded
            self._clerk = process
        token = PROCESS.set(self._clerk)
        try:
            disk = self._clerk.disk
            store = disk.stores[0] if disk.stores else self._installation().open_store(upgrade=False)
            try:
                yield store
            finally:
                if store.embedded:  # a crash may put other files in its place
                    store.engine.dispose()
        finally:
            PROCESS.reset(token)

    def command(self, work: Callable[[Scope], Any], actor: str = "admin") -> asyncio.Task[bool]:
        """Somebody at the command line; whether it was done."""
        context = contextvars.copy_context()
        context.run(PROCESS.set, None)
        return self.loop.create_task(self._command(work, actor), context=context)

    async def _command(self, work: Callable[[Scope], Any], actor: str) -> bool:
        if not any(machine.reaches_store for machine in self.machines):
            return False
        self.calls += 1
        try:
            done = await self.loop.run_in_executor(None, self._carry_out, work, actor)
        finally:
            self.calls -= 1
        if done:
            self._wake_all()
        return bool(done)

    def _carry_out(self, work: Callable[[Scope], Any], actor: str) -> bool:
        try:
            with self._opened() as store:
                world = self._world(store)
                store.transact(lambda tx: work(Scope(tx, world, self.now, Actor(actor, "cli"))))
        except (Refused, *UNUSABLE) as fault:
            self.note(f"refused {getattr(fault, 'code', type(fault).__name__)}")
            self.ran.counted["refused"] += 1
            return False
        return True

    # ------------------------------------------------------------ what happens

    def _happen(self, happening: Happening) -> None:
        kind, about = happening.kind, happening.about
        self.note(f"{kind} {about}")
        self.ran.counted[kind] += 1
        if kind in TROUBLES:
            TROUBLES[kind].befall(self, about)
        else:
            DEEDS[kind](self, **about)

    def spoil_stores(self, what: str, on: bool) -> None:
        """Let every store be "away" or "full", or end that."""
        for machine in self.machines:
            if what == "away":
                machine.reach(on)
                continue
            machine.full = on
            if machine.process is not None and machine.process.disk is not None:
                machine.process.disk.full = on

    def _heal(self) -> None:
        """All troubles end; what must have left by now leaves."""
        self.note("calm")
        for what in list(self.lasting):
            self.mend(what)
        for refused in (self.mail.dead, self.mail.full, self.bot.blocked):
            refused.clear()
        for what in ("mail", "bot", "store"):
            self.changes(what)
        files.save(self, files.PEOPLE)
        for machine in self.machines:
            machine.heal()

    def mend(self, what: str) -> None:
        """End a trouble that lasts."""
        self.lasting.pop(what)()
        self.changes(what)
        self.note(f"over {what}")
