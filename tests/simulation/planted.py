"""Bugs planted on purpose: each a small change of the running program that an invariant must find.

A simulator that finds nothing may look at nothing. Each bug names the invariant that must find it, the plan
in which it shows and a budget of seeds; a test holds that it is found, and that the same seeds are green
without. A bug is planted in the process of one run, which is thrown away afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.base import BaseScheduler

from alertd.config import sources
from alertd.core.breaker import Breaker
from alertd.core.directory import Directory
from alertd.engine.firing import fire as firing
from alertd.engine.notify import admin, drafts, guard
from alertd.engine.notify.topics import AddressDead
from alertd.engine.ruling.scope import Scope
from alertd.engine.running import alarm, housekeeping
from alertd.engine.running.channels import Allowance, Channels
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.sending import composing, delivering
from alertd.engine.sending.delivering import Attempt
from alertd.reloading import Reloading
from alertd.store import deadlines, leasing, outbox
from alertd.store.database import savepoint
from alertd.transports.base import Outcome, Result
from tests.simulation import stages
from tests.simulation.city import City
from tests.simulation.plan import Plan
from tests.simulation.troubles import POSTGRESQL, SQLITE

# ---------------------------------------------------------------- what is planted


def put(where: Any, name: str, instead: Any) -> None:
    """Change the program; for good, since its process is thrown away."""
    setattr(where, name, instead)


def _lost_update() -> None:
    """The cursor is written as somebody else had read it before."""
    save = deadlines.save_decisions

    def stale(tx: Any, rows: Sequence[Any]) -> None:
        save(tx, [{**row, "fired": row["fired"][:-1]} for row in rows])

    put(deadlines, "save_decisions", stale)


def _lease_never_freed() -> None:
    claim = leasing.claim

    def forever(tx: Any, channel: str, now: Any, until: Any, *more: Any) -> Any:
        return claim(tx, channel, now, until + timedelta(days=3650), *more)

    put(leasing, "claim", forever)
    put(leasing, "release_all", lambda tx: 0)


def _mark_before_send() -> None:
    attempt = Dispatcher._attempt

    async def marked(self: Dispatcher, transport: Any, parcel: Any) -> Attempt:
        made = await attempt(self, transport, parcel)
        return replace(made, outcome=Outcome(Result.ACCEPTED)) if parcel.message else made

    put(Dispatcher, "_attempt", marked)


def _jobs_by_the_wall_clock() -> None:
    put(alarm._Steady, "_process_jobs", BaseScheduler._process_jobs)


class _Undone(Exception):
    """Takes a transaction back."""


def _fire_before_commit() -> None:
    """The first messages leave from a transaction that is made again before it commits."""
    before = Dispatcher._fire
    done: list[int] = []

    def early(self: Dispatcher, size: int, resting: Any = None) -> Any:
        parcels: dict[str, Any] = {}
        now, world = self._clock.now(), self.world

        def work(tx: Any) -> None:
            fired = firing.fire(Scope(tx, world, now), size)
            for channel, transport in self._resting().items() if fired and len(done) < 20 else ():
                rows = self._claim(tx, channel, transport, 8, Allowance())
                parcels[channel] = composing.Composer(tx, world, self.renderer, now).parcels(rows)
            raise _Undone

        try:
            self._store.transact(work)
        except _Undone:
            done.extend(range(len(parcels)))
        loop = asyncio.get_event_loop()
        for channel, found in parcels.items():
            if found:
                loop.call_soon(self._send_soon, channel, found)
        return before(self, size, resting)

    put(Dispatcher, "_fire", early)


def _poisoned_batch() -> None:
    """One row slips, and with it all that was claimed with it."""
    decide = firing._decide_one

    def slipping(made: Any, decisions: Any, row: Any) -> Any:
        if row.obligation == "information":
            raise ValueError("this row cannot be decided")
        return decide(made, decisions, row)

    def each(scope: Any, what: str, rows: Any, work: Any, slipped: Any = None, name: Any = None) -> int:
        rows = getattr(rows, "rows", rows)
        try:
            with savepoint(scope.tx):
                work(rows)
        except ValueError:
            for row in rows:
                slipped(row)
            return 0
        return len(rows)

    put(firing, "_decide_one", slipping)
    put(guard, "each", each)


def _channel_forgotten() -> None:
    """What waits on a channel that is not there stays there, and who is asked next is sent there, too."""
    start, ill = Reloading.start_transports, Channels.ill

    async def without(self: Reloading, world: Any, running: Any) -> Any:
        transports, faults = await start(self, world, running)
        transports.pop("telegram", None)
        return transports, faults

    put(Reloading, "start_transports", without)
    put(Channels, "ill", lambda self, running, wanted: ill(self, running, ()))
    put(housekeeping, "leave_channels", lambda scope, running, alone: 0)


def _lease_by_the_wrong_clock() -> None:
    """A receipt counts only within its lease, and whether it is over is read from a clock of another zone."""
    record = leasing.record

    def judged(tx: Any, rows: Sequence[Any]) -> None:
        record(tx, [row for row in rows if row["sent_at"] is None])

    put(leasing, "record", judged)


def _held_is_dropped() -> None:
    """What may not leave yet is dropped instead of kept."""
    write = outbox.Intent.write

    def dropping(self: outbox.Intent, tx: Any) -> None:
        for row in self.deliveries:
            if row["not_before"] > row["created_at"] + timedelta(minutes=1):
                row |= {"state": "dropped", "not_before": None}
        write(self, tx)

    put(outbox.Intent, "write", dropping)


def _audit_left_out() -> None:
    record = Scope.record

    def forgetful(self: Scope, deadline: int, action: str, detail: Any) -> None:
        if action not in ("done", "cancelled"):
            record(self, deadline, action, detail)

    put(Scope, "record", forgetful)


def _fall_back_forgets() -> None:
    """Where no way of a person is left, nobody is next, and nobody hears so."""
    put(delivering, "_notify_another_way", lambda scope, row, notices: ["somebody"])
    tell = admin.tell_admin

    def deaf(scope: Any, *topics: Any) -> bool:
        return tell(scope, *(topic for topic in topics if isinstance(topic, AddressDead)))

    put(delivering, "tell_admin", deaf)


def _half_read() -> None:
    """Of a file its last line is not read."""
    read = sources.read_regular

    def part(path: Path) -> bytes:
        data = read(path)
        return data[: data.rstrip().rfind(b"\n") + 1] if path.name == "people.csv" else data

    put(sources, "read_regular", part)


def _leave_forgotten() -> None:
    put(Directory, "stand_in", lambda self, person, day: person)


def _text_in_the_log() -> None:
    from alertd.engine.running import sender

    log = sender._log_attempt

    def chatty(parcel: Any, outcome: Any, seconds: float) -> None:
        log(parcel, outcome, seconds)
        sender.log.warning("said", text=parcel.message.text)

    put(sender, "_log_attempt", chatty)


def _drill_for_ever() -> None:
    put(drafts.Drafts, "_drill", property(lambda self: True))


def _says_what_is_over() -> None:
    put(composing, "still_true", lambda tx, notice: True)


def _waits_for_others() -> None:
    """After an attempt that failed a channel rests, and with it everybody on it."""
    batch = Dispatcher._send_batch

    async def resting(self: Dispatcher, transport: Any, parcels: Any, until: float) -> None:
        await batch(self, transport, parcels, until)
        if any(parcel.row.attempts for parcel in parcels):
            await asyncio.sleep(1800)

    put(Dispatcher, "_send_batch", resting)


def _never_ill() -> None:
    """A provider that hangs is waited for by everybody, one after the other."""
    put(Breaker, "_failing", lambda self, now: False)
    put(Breaker, "look", lambda self, now: None)


def _dead_untold() -> None:
    tell = admin.tell_admin

    def deaf(scope: Any, *topics: Any) -> bool:
        return tell(scope, *(topic for topic in topics if not isinstance(topic, AddressDead)))

    put(delivering, "tell_admin", deaf)


def _sent_by_two() -> None:
    batch = Dispatcher._send_batch

    async def twice(self: Dispatcher, transport: Any, parcels: Any, until: float) -> None:
        await batch(self, transport, [each for parcel in parcels for each in (parcel, parcel)], until)

    put(Dispatcher, "_send_batch", twice)


def _lease_not_held() -> None:
    """Who looks for what is due does not hold it: another node finds the same before it is leased."""
    held = leasing._DUE
    put(leasing, "_DUE", held.with_for_update(read=True, key_share=True))


# ---------------------------------------------------------------- which there are


@dataclass(frozen=True, slots=True)
class Planted:
    """`found_by` is the invariant that must find it within so many `seeds`, from the `first`, at which it
    shows; `hours` is how long a plan lasts.
    """

    plant: Callable[[], None]
    found_by: str
    happenings: stages.Happenings = stages.incidents
    hours: float = 1.0
    first: int = 1
    seeds: int = 6
    store: str = SQLITE
    machines: int = 1

    def plan(self, seed: int, city: City) -> Plan:
        happenings = sorted(self.happenings(city), key=lambda each: each.at)
        return Plan(seed, self.hours, tuple(happenings), self.store, self.machines)


def _a_mail_for_each() -> None:
    """Whatever the admin is told of is a message of its own."""
    put(outbox, "untried", lambda tx, bundle: [])
    put(admin._Memory, "leaves", lambda self, pauses, joining: self._now)


PLANTED: dict[str, Planted] = {
    "lost-update": Planted(_lost_update, "every_step_reached_was_fired"),
    "lease-never-freed": Planted(_lease_never_freed, "the_outbox_drains_when_troubles_end", stages.crashes),
    "mark-before-send": Planted(_mark_before_send, "what_is_marked_sent_was_taken", stages.busy),
    "fire-before-commit": Planted(_fire_before_commit, "what_a_server_takes_was_committed_before"),
    "poisoned-batch": Planted(_poisoned_batch, "every_step_reached_was_fired"),
    "channel-forgotten": Planted(_channel_forgotten, "nothing_waits_on_a_channel_that_is_gone", first=3),
    "lease-by-the-wrong-clock": Planted(_lease_by_the_wrong_clock, "repeats_come_of_crashes_and_lies_only"),
    "held-is-dropped": Planted(_held_is_dropped, "every_notice_is_carried", stages.night, 12.0),
    "audit-left-out": Planted(_audit_left_out, "every_change_of_a_deadline_is_in_the_audit"),
    "fall-back-forgets": Planted(
        _fall_back_forgets, "who_is_asked_on_an_hour_clock_is_reached", stages.unreachable
    ),
    "half-read": Planted(_half_read, "what_is_saved_rules_soon", stages.edited),
    "leave-forgotten": Planted(_leave_forgotten, "nobody_on_leave_is_asked", stages.absent, first=3),
    "jobs-by-the-wall-clock": Planted(
        _jobs_by_the_wall_clock, "a_node_that_runs_shows_that_it_lives", stages.set_back
    ),
    "text-in-the-log": Planted(_text_in_the_log, "no_log_line_holds_the_text_of_a_message"),
    "drill-for-ever": Planted(_drill_for_ever, "what_was_decided_live_leaves_live"),
    "says-what-is-over": Planted(
        _says_what_is_over, "nothing_begins_after_its_deadline_is_closed", stages.busy
    ),
    "waits-for-others": Planted(_waits_for_others, "one_persons_trouble_delays_nobody_else", stages.busy),
    "never-ill": Planted(_never_ill, "who_has_a_channel_that_serves_is_reached_soon", stages.hanging),
    "dead-untold": Planted(_dead_untold, "no_dead_address_stays_unknown_to_the_admin", stages.unreachable),
    "a-mail-for-each": Planted(_a_mail_for_each, "the_admin_gets_few_messages", stages.unreachable),
    "lease-not-held": Planted(
        _lease_not_held, "nothing_is_sent_by_two_at_once", stages.busy, store=POSTGRESQL, machines=2
    ),
    "sent-by-two": Planted(_sent_by_two, "nothing_is_sent_by_two_at_once"),
}
