"""The PostgreSQL of one run, as its machine sees it: who waits for whom, and who is cut off.

No proxy stands between: bytes that a real one holds back are timed by the machine's kernel, and the same seed
would not be the same run. Statements are held back, connections are refused and sessions ended at the places
where the driver is called; what the program gets is the driver's own answer to that. A server that answers
takes no virtual time; one whose answer hangs on another transaction's locks stands still until those end.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterable
from typing import Any

import psycopg

from tests.simulation.loop import WORLD, SimulatedLoop
from tests.simulation.strands import CURRENT, Strand

#: virtual seconds after which the server ends a session that does nothing within a transaction
IDLE_IN_TRANSACTION = 60.0
#: milliseconds of real time: an answer that takes longer may wait for a lock; by then the server has looked
#: for a deadlock (`deadlock_timeout`, also below)
_SLOW, _LOOKED = 3, 40
_DEADLOCK = "10ms"
#: the longest real time, in seconds, that anything may take
_LONGEST = 60.0


class _Onlooker(psycopg.Connection[Any]):
    """Waits as the driver does, whoever asks."""

    wait = psycopg.Connection.wait


class Database:
    """One database of a server, and the strands that wait for its locks."""

    def __init__(self, url: str, loop: SimulatedLoop) -> None:
        self._loop = loop
        self._seen = _Onlooker.connect(url.replace("+psycopg", ""), autocommit=True)
        name = self._seen.info.dbname
        self._seen.execute(f'ALTER DATABASE "{name}" SET deadlock_timeout = "{_DEADLOCK}"')
        self._blocked: list[tuple[Strand, int]] = []
        self.waits = 0

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What is committed now."""
        return self._seen.execute(query).fetchall()

    def close(self) -> None:
        self._seen.close()

    # ------------------------------------------------------------ waiting for an answer

    def wait(self, connection: psycopg.Connection[Any], generator: Any, interval: float = 0.1) -> Any:
        """As `psycopg.Connection.wait`; a strand whose answer hangs on a lock lets the others go on."""
        strand = CURRENT.get()
        try:
            wanted = next(generator)
            while True:
                wanted = generator.send(self._ready(connection, int(wanted), strand))
        except StopIteration as end:
            return end.value

    def _ready(self, connection: psycopg.Connection[Any], wanted: int, strand: Strand | None) -> int:
        mask = (select.POLLIN if wanted & 1 else 0) | (select.POLLOUT if wanted & 2 else 0)
        poll = select.poll()
        poll.register(connection.pgconn.socket, mask)
        began = time.monotonic()
        while True:
            found = poll.poll(_SLOW)
            if found:
                event = found[0][1]
                ready = (1 if event & (select.POLLIN | select.POLLHUP | select.POLLERR) else 0) & wanted
                return ready | (2 if event & select.POLLOUT else 0)
            pid = connection.pgconn.backend_pid
            if strand is not None and self._hangs(pid) and time.monotonic() - began > _LOOKED / 1000:
                self._blocked.append((strand, pid))
                self.waits += 1
                strand.block()
                began = time.monotonic()
            if time.monotonic() - began > _LONGEST:
                raise RuntimeError(f"session {pid} answers nothing: {self._picture()}")

    def _hangs(self, pid: int) -> bool:
        """Whether a session waits for a lock, and not in a circle, which the server will break."""
        seen, ahead = {pid}, self._before(pid)
        if not ahead:
            return False
        while ahead:
            following = {other for each in ahead for other in self._before(each)}
            if pid in following | ahead:
                return False
            seen |= ahead
            ahead = following - seen
        return True

    def _before(self, pid: int) -> set[int]:
        return set(self.rows(f"SELECT pg_blocking_pids({pid})")[0][0])

    def _picture(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT pid, state, wait_event_type, wait_event, query FROM pg_stat_activity")

    def settle(self) -> None:
        """A transaction ended: who waited for its locks goes on."""
        for entry in list(self._blocked):
            strand, pid = entry
            if not self._before(pid):
                self._blocked.remove(entry)
                strand.wake_in(self._loop.chance.random() * 0.001)

    # ------------------------------------------------------------ sessions that end

    def cut(self, connections: Iterable[psycopg.Connection[Any]]) -> None:
        """End these sessions as the server does; returns when their locks are free."""
        pids = [each.pgconn.backend_pid for each in connections if not each.closed]
        if not pids:
            return
        listed = ", ".join(map(str, pids))
        self.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid IN ({listed})")
        until = time.monotonic() + _LONGEST
        while self.rows(f"SELECT 1 FROM pg_stat_activity WHERE pid IN ({listed})"):
            if time.monotonic() > until:
                raise RuntimeError(f"sessions {listed} do not end: {self._picture()}")
            time.sleep(0.001)
        self.settle()

    def watch_idle(self, strand: Strand, connection: psycopg.Connection[Any]) -> None:
        """Let the server end the session of a strand that is about to stand still for too long within a
        transaction.
        """
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            strand.too_long = self._loop.call_later(
                IDLE_IN_TRANSACTION, self.cut, [connection], context=WORLD
            )
