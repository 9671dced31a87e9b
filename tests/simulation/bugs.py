"""What is planted: each a small change of the running program, for good, since its process is thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from apscheduler.schedulers.base import BaseScheduler

from alertd.config import sources
from alertd.core.breaker import Breaker
from alertd.core.directory import Directory
from alertd.core.pacing import retry_until
from alertd.engine.firing import fire as firing
from alertd.engine.notify import admin, drafts, guard
from alertd.engine.notify.addressing import Addressing
from alertd.engine.notify.topics import AddressDead
from alertd.engine.operations import going_live
from alertd.engine.ruling.scope import Scope
from alertd.engine.running import alarm, housekeeping
from alertd.engine.running.channels import Allowance, Channels
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.sending import composing, delivering, readdressing, silence
from alertd.engine.sending.delivering import Attempt
from alertd.reloading import Reloading
from alertd.store import deadlines, leasing, outbox
from alertd.store.database import savepoint
from alertd.transports.base import Outcome, Result


def put(where: Any, name: str, instead: Any) -> None:
    """Change the program; for good, since its process is thrown away."""
    assert hasattr(where, name), f"{where} has no {name}: the bug would be planted nowhere"
    setattr(where, name, instead)


def _written(other: Callable[[Any], Any]) -> None:
    """What is decided of a deadline is stored with other values, which are made of its row."""
    save = deadlines.save_decisions

    def instead(tx: Any, rows: Sequence[Any]) -> None:
        save(tx, [{**row, **other(row)} for row in rows])

    put(deadlines, "save_decisions", instead)


def lost_update() -> None:
    """The cursor is written as somebody else had read it before."""
    _written(lambda row: {"fired": row["fired"][:-1]})


def lease_never_freed() -> None:
    claim = leasing.claim

    def forever(tx: Any, channel: str, now: Any, until: Any, *more: Any) -> Any:
        return claim(tx, channel, now, until + timedelta(days=3650), *more)

    put(leasing, "claim", forever)
    put(leasing, "release_all", lambda tx: 0)


def mark_before_send() -> None:
    attempt = Dispatcher._attempt

    async def marked(self: Dispatcher, transport: Any, parcel: Any) -> Attempt:
        made = await attempt(self, transport, parcel)
        return replace(made, outcome=Outcome(Result.ACCEPTED)) if parcel.message else made

    put(Dispatcher, "_attempt", marked)


def jobs_by_the_wall_clock() -> None:
    put(alarm._Steady, "_process_jobs", BaseScheduler._process_jobs)


class _Undone(Exception):
    """Takes a transaction back."""


def fire_before_commit() -> None:
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


def poisoned_batch() -> None:
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


def channel_forgotten() -> None:
    """What waits on a channel that is not there stays there, and who is asked next is sent there, too."""
    start, ill = Reloading.start_transports, Channels.ill

    async def without(self: Reloading, world: Any, running: Any) -> Any:
        transports, faults = await start(self, world, running)
        transports.pop("telegram", None)
        return transports, faults

    put(Reloading, "start_transports", without)
    put(Channels, "ill", lambda self, running, wanted: ill(self, running, ()))
    put(housekeeping, "leave_channels", lambda scope, running, alone: 0)


def lease_by_the_wrong_clock() -> None:
    """A receipt counts only within its lease, and whether it is over is read from a clock of another zone."""
    record = leasing.record

    def judged(tx: Any, rows: Sequence[Any]) -> None:
        record(tx, [row for row in rows if row["sent_at"] is None])

    put(leasing, "record", judged)


def held_is_dropped() -> None:
    """What may not leave yet is dropped instead of kept."""
    write = outbox.Intent.write

    def dropping(self: outbox.Intent, tx: Any) -> None:
        for row in self.deliveries:
            if row["not_before"] > row["created_at"] + timedelta(minutes=1):
                row |= {"state": "dropped", "not_before": None}
        write(self, tx)

    put(outbox.Intent, "write", dropping)


def audit_left_out() -> None:
    record = Scope.record

    def forgetful(self: Scope, deadline: int, action: str, detail: Any) -> None:
        if action not in ("done", "cancelled"):
            record(self, deadline, action, detail)

    put(Scope, "record", forgetful)


def fall_back_forgets() -> None:
    """Where no way of a person is left, nobody is next, and nobody hears so."""
    put(delivering, "_notify_another_way", lambda scope, row, notices: ["somebody"])
    tell = admin.tell_admin

    def deaf(scope: Any, *topics: Any) -> bool:
        return tell(scope, *(topic for topic in topics if isinstance(topic, AddressDead)))

    put(delivering, "tell_admin", deaf)


def half_read() -> None:
    """Of a file its last line is not read."""
    read = sources.read_regular

    def part(path: Path) -> bytes:
        data = read(path)
        return data[: data.rstrip().rfind(b"\n") + 1] if path.name == "people.csv" else data

    put(sources, "read_regular", part)


def leave_forgotten() -> None:
    put(Directory, "stand_in", lambda self, person, day: person)


def text_in_the_log() -> None:
    from alertd.engine.running import sender

    log = sender._log_attempt

    def chatty(parcel: Any, outcome: Any, seconds: float) -> None:
        log(parcel, outcome, seconds)
        sender.log.warning("said", text=parcel.message.text)

    put(sender, "_log_attempt", chatty)


def drill_for_ever() -> None:
    put(drafts.Drafts, "_drill", property(lambda self: True))


def says_what_is_over() -> None:
    put(composing, "still_true", lambda tx, world, now, notice: True)


def waits_for_others() -> None:
    """After an attempt that failed a channel rests, and with it everybody on it."""
    batch = Dispatcher._send_batch

    async def resting(self: Dispatcher, transport: Any, parcels: Any, until: float) -> None:
        await batch(self, transport, parcels, until)
        if any(parcel.row.attempts for parcel in parcels):
            await asyncio.sleep(1800)

    put(Dispatcher, "_send_batch", resting)


def never_ill() -> None:
    """A provider that hangs is waited for by everybody, one after the other, and for ten minutes each."""
    put(Breaker, "_failing", lambda self, now: False)
    put(Breaker, "look", lambda self, now: None)
    put(silence, "retry_until", lambda first, due, wait=None, hurried=False: retry_until(first, due))


def dead_untold() -> None:
    tell = admin.tell_admin

    def deaf(scope: Any, *topics: Any) -> bool:
        return tell(scope, *(topic for topic in topics if not isinstance(topic, AddressDead)))

    put(delivering, "tell_admin", deaf)


def sent_by_two() -> None:
    batch = Dispatcher._send_batch

    async def twice(self: Dispatcher, transport: Any, parcels: Any, until: float) -> None:
        await batch(self, transport, [each for parcel in parcels for each in (parcel, parcel)], until)

    put(Dispatcher, "_send_batch", twice)


def lease_not_held() -> None:
    """Who looks for what is due does not hold it: another node finds the same before it is leased."""
    held = leasing._DUE
    put(leasing, "_DUE", held.with_for_update(read=True, key_share=True))


def a_mail_for_each() -> None:
    """Whatever the admin is told of is a message of its own."""
    put(outbox, "untried", lambda tx, bundle: [])
    put(admin._Memory, "leaves", lambda self, pauses, joining: self._now)


def gap_untold() -> None:
    """Nobody is there to be told, and the admin hears nothing of it."""
    put(Addressing, "recipients", lambda self, *about: ((), ()))
    put(firing, "tell_admin", lambda scope, *topics: False)


def share_for_ever() -> None:
    """A channel that fails is tried until it works; no other way is taken."""
    never_ill()
    put(silence, "retry_until", lambda first, due, wait=None, hurried=False: first + timedelta(days=30))


def no_next_look() -> None:
    """What was decided is never looked at again."""
    _written(lambda row: {"next_action_at": None, "waits": ""})


def looked_at_late() -> None:
    """The next look at a deadline comes an hour after its next step."""

    def later(row: Any) -> Any:
        at = row["next_action_at"]
        return {"next_action_at": at + timedelta(hours=1) if at is not None else None}

    _written(later)


def slips() -> None:
    """One row of a batch cannot be put into words."""
    write = composing.Composer.parcels

    def slipping(self: Any, rows: Sequence[Any]) -> Any:
        if any(row.template == "message" for row in rows):
            raise KeyError("no such word")
        return write(self, rows)

    put(composing.Composer, "parcels", slipping)


def addressed_once() -> None:
    """A message goes to the address it was made with."""
    put(readdressing, "where_now", lambda world, row: row.address)


def past_the_chain() -> None:
    """A limit is moved and its chain does not say so."""
    save = deadlines.save_decisions

    def moving(tx: Any, rows: Sequence[Any]) -> None:
        save(tx, rows)
        for number in [row["k"] for row in rows]:
            due = deadlines.hold(tx, number).due
            if due is not None:
                deadlines.change(tx, number, due=due + timedelta(minutes=1))

    put(deadlines, "save_decisions", moving)


def drills_are_enough() -> None:
    """What was a drill counts as told."""
    put(going_live, "decide_afresh", lambda scope: None)
    put(housekeeping, "decide_afresh", lambda scope, since: None)
