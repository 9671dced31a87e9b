"""What a run saw happen: each attempt, each commit, what a server took, and when the program was hindered.

The invariants judge by this and by the store. It asks the program nothing: what was committed is read from
the store by another connection, and an attempt is seen where the dispatcher hands it to a transport.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alertd.core.model import RUNNING
from alertd.engine.notify.admin import ADMIN as OFFICE
from alertd.transports.base import Outcome, Result
from tests.simulation.bot import Told
from tests.simulation.city import ADMIN
from tests.simulation.loop import PROCESS, Process
from tests.simulation.mail import Arrived

if TYPE_CHECKING:
    from tests.simulation.machine import Machine
    from tests.simulation.run import Run

GONE = frozenset({Result.ACCEPTED, Result.HANDED_OVER})
#: a line of a message shorter than this may stand in a log by chance, as a unit's name does
SHORTEST_LINE = 24
_MOST_LOGGED = 20_000
#: ids are milliseconds (`store.ids`); of two transactions that overlap the earlier ids may come later
_OVERLAP = 7200 * 1000 << 22


@dataclass(slots=True, eq=False)
class Attempt:
    """One attempt at a delivery by a process. `taken` says when a server took it.

    Times are in seconds of the loop. `outcome` is None until the transport answers; for ever after a crash.
    """

    delivery: int
    number: int
    channel: str
    address: str
    text: str
    process: Process
    began: float
    leased: float
    outcome: Outcome | None = None
    ended: float | None = None
    taken: list[float] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return self.outcome is not None and self.outcome.result in GONE


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a deadline was committed: a change of it must be in the audit."""

    name: str
    state: str
    due: int | None
    audited: int


class Witness:
    """Of one run, whose store is one, however many machines there are."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.attempts: list[Attempt] = []
        self.of: dict[int, list[Attempt]] = defaultdict(list)
        #: deliveries by when they were first seen committed, and when they were last leased
        self.born: dict[int, float] = {}
        self.leased: dict[int, tuple[Any, float]] = {}
        #: deadlines by the commit since which they are closed, and those that ever were
        self.closed: dict[int, float] = {}
        self.ever_closed: set[int] = set()
        self.unaudited: list[str] = []
        self.unknown: list[str] = []
        self.lines: set[str] = set()
        self.logged: list[str] = []
        self.log_left_out = 0
        #: seconds by which clocks were set wrong in all: so much later may anything be
        self.stepped = 0.0
        #: since when a server, the store or a file is as it is now
        self.changed: dict[str, float] = defaultdict(float)
        #: nodes by the heartbeat seen last, and when it was seen
        self.beats: dict[str, tuple[int, float]] = {}
        self._states: dict[int, Standing] = {}
        self._top = 0

    # ------------------------------------------------------------ attempts and servers

    def begins(self, parcel: Any) -> Attempt:
        message, row = parcel.message, parcel.row
        whole = f"{message.subject.strip()}\n\n{message.text.strip()}".strip()
        process = PROCESS.get()
        assert process is not None
        leased = self.leased.get(row.id, (None, self._run.loop.time()))[1]
        attempt = Attempt(
            row.id, row.attempts + 1, row.channel, row.address, whole, process, self._run.loop.time(), leased
        )
        self.attempts.append(attempt)
        self.of[row.id].append(attempt)
        if row.person != OFFICE:  # what the admin reads quotes what the log says
            lines = (line.strip() for line in whole.splitlines())
            self.lines.update(line for line in lines if len(line) >= SHORTEST_LINE)
        return attempt

    def ends(self, attempt: Attempt, outcome: Outcome) -> None:
        attempt.ended, attempt.outcome = self._run.loop.time(), outcome

    def mailed(self, mail: Arrived) -> None:
        """A server took a mail: its Message-ID names the delivery."""
        identity = int(mail.message_id.partition("@")[0] or "0", 16)
        self._taken(identity, self.of.get(identity, []), mail.address)

    def told(self, told: Told) -> None:
        """A chat has no Message-ID: it is an attempt at it with these words, under way if there is one.

        A message and its repeat may say the same at once; the second part of a long one begins no other.
        """
        same = [each for each in self.attempts if each.address == str(told.chat) and told.text in each.text]
        begun = [each for each in same if each.ended is None and not each.taken]
        if begun and begun[0].text.startswith(told.text):
            same = begun[:1]
        self._taken(same[-1].delivery if same else 0, same, str(told.chat))

    def _taken(self, delivery: int, attempts: list[Attempt], address: str) -> None:
        # Of a store that is away the admin hears past the outbox.
        if delivery not in self.born and (attempts or address != ADMIN):
            self.unknown.append(f"{delivery:x} to {address}")
        if attempts:
            attempts[-1].taken.append(self._run.loop.time())

    def arrived(self, delivery: int) -> bool:
        return any(attempt.taken for attempt in self.of.get(delivery, ()))

    # ------------------------------------------------------------ commits

    def forget(self) -> None:
        """A power cut takes back what was not on the disk: what was committed is to be read anew."""
        self._states.clear()

    def committed(self, path: Path | None) -> None:
        """What the newest commit changed; `path` is the store's file, None for a server."""
        if path is None:
            assert self._run.database is not None
            self._read(self._run.database.rows)
            return
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            self._read(lambda query: connection.execute(query).fetchall())
        except sqlite3.OperationalError as fault:
            if "no such table" not in str(fault):
                raise
        finally:
            connection.close()

    def _read(self, rows: Callable[[str], list[Any]]) -> None:
        at = self._run.loop.time()
        self._deadlines(
            at,
            (
                (row[0], Standing(*row[1:]))
                for row in rows("SELECT number, id, state, due, audit_seq FROM deadlines")
            ),
        )
        for (identity,) in rows(f"SELECT id FROM deliveries WHERE id > {self._top - _OVERLAP} ORDER BY id"):
            self.born.setdefault(identity, at)
            self._top = max(self._top, identity)
        for node, seen in rows("SELECT id, seen_at FROM nodes"):
            if self.beats.get(node, (0, 0.0))[0] != seen:
                self.beats[node] = (seen, at)
        for identity, *lease in rows(
            "SELECT id, lease_owner, not_before, attempts FROM deliveries WHERE state = 'leased'"
        ):
            if self.leased.get(identity, (None, 0.0))[0] != lease:
                self.leased[identity] = (lease, at)

    def _deadlines(self, at: float, rows: Iterable[tuple[int, Standing]]) -> None:
        for number, now in rows:
            before = self._states.get(number)
            if before is not None and before != now:
                moved = (before.state, before.due) != (now.state, now.due)
                if moved and now.audited <= before.audited:
                    self.unaudited.append(
                        f"{now.name} {before.state}, {before.due} -> {now.state}, {now.due}"
                    )
            self._states[number] = now
            if now.state in RUNNING:
                self.closed.pop(number, None)
            else:
                self.closed.setdefault(number, at)
                self.ever_closed.add(number)

    # ------------------------------------------------------------ the log

    def heard(self, words: str) -> None:
        if len(self.logged) < _MOST_LOGGED:
            self.logged.append(words)
        else:
            self.log_left_out += 1

    # ------------------------------------------------------------ whether it could have

    def hindrances(self) -> int:
        """How often a process died, or may have been taken for dead by others."""
        processes = {attempt.process for attempt in self.attempts}
        deaths = sum(len(machine.deaths) for machine in self._run.machines)
        return deaths + sum(len(process.hindered) for process in processes)

    def working_since(self) -> datetime | None:
        """Since when a machine has worked without hindrance; None while none does."""
        found = [machine.steady_since for machine in self._run.machines if self._works(machine)]
        return self._run.at(max(min(found), self.changed["store"])) if found else None

    def all_working_since(self) -> datetime | None:
        """Since when all machines have; None while one does not. Whoever was hindered may go by old files."""
        machines = self._run.machines
        if not all(self._works(machine) for machine in machines):
            return None
        return self._run.at(max(self.changed["store"], *(machine.steady_since for machine in machines)))

    def _works(self, machine: Machine) -> bool:
        started = machine.runs and machine.service is not None and machine.service.dispatcher is not None
        steady = machine.steady_since <= self._run.loop.time()
        return started and steady and machine.has_store

    def overdue(self, at: datetime, bound: timedelta) -> bool:
        """Whether what was to be done at `at` is later than `bound`, and nothing kept the program from it."""
        since = self.working_since()
        if since is None:
            return False
        return max(at, since) + bound + timedelta(seconds=self.stepped) < self._run.now
