"""An event loop on virtual time: time jumps to the next timer, and of the ready tasks any may go first.

First in, first out, as asyncio does it, hides races: two tasks that are woken together always run in the
order in which they were woken. Here the seed decides. Callbacks that are no task keep their order among
themselves, which transports and futures rely on.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import random
import socket
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulation.network import Network
from tests.simulation.strands import Strand

#: the process whose callback runs; the world around the daemons has none
PROCESS: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)
_STEP, _WAKE_UP = "TaskStepMethWrapper", "task_wakeup"
#: seconds a call on another thread takes: until it begins, and until its end is heard of
_BEGINS, _ENDS = 0.002, 0.001


#: callbacks at one instant of virtual time; more of them go round in a circle
MOST_TURNS = 200_000
#: in which nothing of a process runs, but the world around them
WORLD = contextvars.Context()


class Crashed(BaseException):
    """The process ended at this very place: nothing after it runs."""


class Process:
    """What runs together and dies together. Of a dead one no callback runs any more."""

    def __init__(self, name: str, clock: Any = None) -> None:
        self.name = name
        self.clock = clock
        self.disk: Any = None
        self.alive = True
        self.died_at: float | None = None
        #: nothing of it runs before this time of the loop
        self.stalled_until = 0.0
        self.kept: list[Any] = []
        #: from when to when it stalled or did not reach its store, and counted as dead to others
        self.hindered: list[tuple[float, float]] = []
        #: called before each step of a task; gives the place at which it crashes, or ""
        self.crashes_at: Callable[[Any], str] = lambda handle: ""
        self.on_crash: Callable[[str], None] = lambda where: None

    def stall(self, now: float, until: float) -> None:
        """Let nothing of it run before `until`."""
        self.stalled_until = max(self.stalled_until, until)
        self.hindered.append((now, until))

    def lived(self, begin: float, end: float) -> bool:
        """Whether nothing hindered it between these times."""
        return not any(since < end and begin < until for since, until in self.hindered)


class SimulatedLoop(asyncio.BaseEventLoop):
    """Drives everything of a run. `utc` is what a clock that nobody set would show."""

    _ready: deque[Any]  # what the loop of the standard library keeps
    _scheduled: list[Any]
    _timer_cancelled_count: int

    def __init__(self, seed: int, start: datetime) -> None:
        super().__init__()
        self.chance = random.Random(f"{seed} order")
        self.network = Network(self, random.Random(f"{seed} network"))
        self._start = start.astimezone(UTC)
        self._now = 0.0
        #: when time last went on at once
        self.leapt = 0.0
        self._threads: dict[Any, asyncio.Future[None] | None] = defaultdict(lambda: None)
        self._clock_resolution = 1e-9
        self._turns = 0
        #: whether calls on other threads stop between their statements, so that others come between
        self.overlapping = False
        self.set_exception_handler(self._unhandled)
        self.unhandled: list[str] = []

    def time(self) -> float:
        return self._now

    @property
    def utc(self) -> datetime:
        return self._start + timedelta(microseconds=round(self._now * 1e6))

    def _unhandled(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "was destroyed but it is pending" not in context["message"]:
            self.unhandled.append(f"{context['message']} {context.get('exception')!r}")

    def leap(self, seconds: float) -> None:
        """Time goes on at once; what was to happen meanwhile happens late."""
        self._now += seconds
        self.leapt = self._now

    # ------------------------------------------------------------ one turn

    def _run_once(self) -> None:
        self._due()
        if not self._ready:
            if not self._scheduled:
                raise RuntimeError("nothing is ready and nothing is awaited: the run hangs for ever")
            if self._scheduled[0]._when > self._now:
                self._now, self._turns = self._scheduled[0]._when, 0
            self._due()
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise RuntimeError(f"time stands still at {self._now}: {self._ready!r:.500}")
        handle = self._pick()
        if handle is None or handle._cancelled:
            return
        process = handle._context.get(PROCESS)
        if process is not None:
            if not process.alive:
                return
            if process.stalled_until > self._now:
                self._put_off(handle, process)
                return
            if _is_task(handle) and (place := process.crashes_at(handle)):
                process.on_crash(f"at {place}")
                return
        handle._run()

    def _put_off(self, handle: Any, process: Process) -> None:
        """Keep a callback of a process that stalls, behind those that were kept before."""
        process.kept.append(handle)
        if len(process.kept) == 1:
            self.call_at(process.stalled_until, self.resume, process, context=WORLD)

    def resume(self, process: Process) -> None:
        """Let what a stall kept go on, if it is over."""
        if process.stalled_until > self._now:
            self.call_at(process.stalled_until, self.resume, process, context=WORLD)
            return
        kept, process.kept = process.kept, []
        self._ready.extend(kept)

    def _due(self) -> None:
        while self._scheduled:
            head = self._scheduled[0]
            if head._cancelled:
                heapq.heappop(self._scheduled)._scheduled = False
                self._timer_cancelled_count = max(0, self._timer_cancelled_count - 1)
            elif head._when <= self._now:
                heapq.heappop(self._scheduled)._scheduled = False
                self._ready.append(head)
            else:
                return

    def _pick(self) -> Any:
        """A task at random, or the first of what is no task."""
        ready = self._ready
        if len(ready) < 2:
            return ready.popleft() if ready else None
        choice, plain = [], False
        for place, handle in enumerate(ready):
            if _is_task(handle):
                choice.append(place)
            elif not plain:
                plain = True
                choice.append(place)
            if len(choice) == 64:
                break
        place = self.chance.choice(choice)
        handle = ready[place]
        del ready[place]
        return handle

    # ------------------------------------------------------------ what the machine would give

    def _write_to_self(self) -> None:
        """Nothing sleeps in the operating system."""

    def _process_events(self, event_list: Any) -> None:
        """There are none."""

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:  # type: ignore[override]
        return self.call_soon(callback, *args, context=context)

    def add_signal_handler(self, sig: int, callback: Any, *args: Any) -> None:  # type: ignore[override]
        """Nobody sends any: a machine stops its daemon by `Service.stop`."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """Runs in the order it was asked for on each executor: at one instant, or as a strand."""
        result: asyncio.Future[Any] = self.create_future()
        ended: asyncio.Future[None] = self.create_future()
        before = self._threads[executor] if executor is not None else None
        if executor is not None:
            self._threads[executor] = ended

        def begin(_: Any = None) -> None:
            self.call_later(self.chance.random() * _BEGINS, work)

        def work() -> None:
            strand = Strand(self, lambda: func(*args), over)
            if self.overlapping:
                strand.start()
            else:
                strand.at_once()

        def over(strand: Strand) -> None:
            if not isinstance(strand.fault, Crashed):
                self.call_later(self.chance.random() * _ENDS, tell, strand)

        def tell(strand: Strand) -> None:
            ended.set_result(None)
            if result.cancelled():
                return
            if strand.fault is None:
                result.set_result(strand.outcome)
            else:
                result.set_exception(strand.fault)

        if before is None or before.done():
            begin()
        else:
            before.add_done_callback(begin)
        return result

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, int(port)))]

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        return await self.network.connect(protocol_factory, str(host), int(port))


def _is_task(handle: Any) -> bool:
    callback = handle._callback
    return type(callback).__name__ == _STEP or getattr(callback, "__name__", "") == _WAKE_UP


class SimulatedClock:
    """The clocks of one machine: the wall's may be off, and be set; the other runs on, unless it sleeps."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop
        self.offset = timedelta(0)
        self._slept = 0.0
        self._asleep = (0.0, 0.0)  # the newest sleep: from when, until when

    def now(self) -> datetime:
        return self._loop.utc + self.offset

    def sleep(self, seconds: float) -> None:
        """Its monotonic clock stands still for so long, or until `wake`."""
        now = self._loop.time()
        began, until = self._asleep
        if now < until:
            self._asleep = began, max(until, now + seconds)
            return
        self._slept += until - began
        self._asleep = now, now + seconds

    def wake(self) -> None:
        began, until = self._asleep
        self._asleep = began, min(until, self._loop.time())

    def monotonic(self) -> float:
        began, until = self._asleep
        return self._loop.time() - self._slept - (min(until, self._loop.time()) - began)

    def elapsed(self) -> float:
        return self._loop.time()
