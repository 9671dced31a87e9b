"""The tasks a daemon consists of: none dies unseen, and whoever asks hears whether all of them live.

A task that stops is logged with its traceback, told to the admin and started again, at first at once and then
ever more slowly. One that neither stops nor gets anywhere shows no sign of life; then the daemon does not
call itself alive, and systemd starts it anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from alertd import sdnotify
from alertd.engine.notify.guard import described

log = structlog.get_logger("alertd.tasks")

Work = Callable[[], Awaitable[None]]
#: hears of a task that stopped: its name, and why in one line
Told = Callable[[str, str], Awaitable[None]]

#: between the end of a task and its new start, in seconds: twice as long each time
PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: a task that ran so long before it stopped starts again as if it had never stopped
STEADY = 60.0
#: one that stopped so often in a row without becoming steady is ill
ILL_AFTER = 5
#: and so is one that shows no sign of life for so many seconds: longer than any transaction of the store
SILENT_FOR = 900.0


@dataclass(slots=True)
class _Task:
    """`silence` is how many seconds may pass between two signs of life; None where none are expected."""

    silence: float | None
    seen: float
    stops: int = 0
    running: asyncio.Task[None] | None = field(default=None, repr=False)


class Supervisor:
    """Keeps tasks running within one loop. `clock` gives seconds and only runs forward."""

    def __init__(self, told: Told, clock: Callable[[], float] = time.monotonic) -> None:
        self._told = told
        self._clock = clock
        self._tasks: dict[str, _Task] = {}
        self._stopping = False

    def keep(self, name: str, work: Work, silence: float | None = None) -> asyncio.Task[None]:
        """Run `work`, which is to run for ever, and start it again whenever it stops."""
        entry = self._tasks[name] = _Task(silence, self._clock())
        entry.running = asyncio.create_task(self._keep(name, work, entry), name=name)
        return entry.running

    def once(self, name: str, work: Work) -> asyncio.Task[None]:
        """Run `work` to its end; if it slips that is logged and told, and it is not made again."""

        async def run() -> None:
            try:
                await work()
            except Exception as fault:
                await self._stopped(name, fault)
            self._tasks.pop(name, None)

        entry = self._tasks[name] = _Task(None, self._clock())
        entry.running = asyncio.create_task(run(), name=name)
        return entry.running

    def job(self, name: str, every: float, work: Work) -> Work:
        """`work` as a job that somebody else calls every so many seconds; its end is a sign of life."""
        entry = self._tasks[name] = _Task(2 * every + SILENT_FOR, self._clock())

        async def run() -> None:
            try:
                await work()
                entry.stops = 0
            except Exception as fault:
                entry.stops += 1
                await self._stopped(name, fault)
            entry.seen = self._clock()

        return run

    def lives(self, name: str) -> None:
        """A sign of life of a task."""
        self._tasks[name].seen = self._clock()

    def ill(self) -> list[str]:
        """The tasks that stop again and again, or show no sign of life."""
        now = self._clock()
        return [
            name
            for name, task in self._tasks.items()
            if task.stops >= ILL_AFTER or (task.silence is not None and now - task.seen > task.silence)
        ]

    async def watchdog(self) -> None:
        """Tell systemd that all tasks live, at half the time it allows; else it starts the daemon anew."""
        interval = sdnotify.watchdog_interval()
        while True:
            if ill := self.ill():
                log.error("tasks-ill", tasks=ill)
            elif interval:
                sdnotify.alive()
            await asyncio.sleep(interval or 60)

    def wind_up(self) -> None:
        """From now on a task that ends has ended, and is not started again."""
        self._stopping = True

    async def stop(self) -> None:
        """End all tasks."""
        self.wind_up()
        running = [task.running for task in self._tasks.values() if task.running is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _keep(self, name: str, work: Work, entry: _Task) -> None:
        pause = PAUSE
        while True:
            began = self._clock()
            fault: Exception = RuntimeError("it ended by itself")
            try:
                await work()
            except Exception as raised:
                fault = raised
            if self._stopping:
                return
            if self._clock() - began >= STEADY:
                entry.stops, pause = 0, PAUSE
            entry.stops += 1
            await self._stopped(name, fault)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _stopped(self, name: str, fault: Exception) -> None:
        log.error("task-failed", task=name, reason=described(fault), exc_info=fault)
        with contextlib.suppress(Exception):  # the log has it; telling must not be one fault more
            await self._told(name, described(fault))
