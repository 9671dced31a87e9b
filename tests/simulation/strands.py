"""Work on another thread that the loop lets go on bit by bit: of all threads of a run one goes at a time.

On PostgreSQL two transactions may overlap, and what they do to each other is what several nodes are about.
So each call of `run_in_executor` is a thread of its own that stops between two statements, and goes on when
its time has come; a loop that waits for a strand does nothing else. Which of them goes is decided by the
seed, and never by the machine's own scheduler.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.loop import SimulatedLoop

CURRENT: contextvars.ContextVar[Strand | None] = contextvars.ContextVar("strand", default=None)


def _closed() -> threading.Lock:
    """A gate that whoever comes waits at; `release` lets one through."""
    gate = threading.Lock()
    gate.acquire()
    return gate


class Strand:
    """One call. `stop` and `block` are for its own thread, everything else for the loop's."""

    def __init__(self, loop: SimulatedLoop, work: Callable[[], Any], told: Callable[[Strand], None]) -> None:
        self._loop, self._work, self._told = loop, work, told
        self._go, self._back = _closed(), _closed()
        self._context = contextvars.copy_context()
        self.outcome: Any = None
        self.fault: BaseException | None = None
        self.over = False
        #: what happens if it stands still for too long
        self.too_long: asyncio.TimerHandle | None = None

    def at_once(self) -> None:
        """Do it all on the loop's own thread."""
        self._run()
        self._told(self)

    def start(self) -> None:
        """Go until it stops for the first time, or ends."""
        inside = contextvars.copy_context()
        inside.run(CURRENT.set, self)
        threading.Thread(target=inside.run, args=(self._run,), daemon=True, name="strand").start()
        self._await()

    def go_on(self) -> None:
        if self.too_long is not None:
            self.too_long.cancel()
            self.too_long = None
        self._go.release()
        self._await()

    def _await(self) -> None:
        self._back.acquire()
        if self.over:
            self._told(self)

    def _run(self) -> None:
        try:
            self.outcome = self._work()
        except BaseException as raised:
            self.fault = raised
        self.over = True
        self._back.release()

    # ------------------------------------------------------------ from its own thread

    def stop(self, seconds: float) -> None:
        """Stand still for so many seconds of virtual time."""
        self.wake_in(seconds)
        self.block()

    def block(self) -> None:
        """Stand still until somebody calls `wake_in`."""
        self._back.release()
        self._go.acquire()

    def wake_in(self, seconds: float) -> None:
        """Go on after so many seconds, if its process lives then. From any thread."""
        self._loop.call_later(seconds, self.go_on, context=self._context)
