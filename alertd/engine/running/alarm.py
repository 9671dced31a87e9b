"""APScheduler as the alarm clock of one process: in-memory jobs only, nothing that must survive.

What to wake for stands in the store. Timers are monotonic, so a suspended machine or a moved wall clock would
oversleep: a floor rings every 30 seconds whatever was set. The scheduler compares its jobs with the wall
clock: set back by an hour all of them would rest for an hour, so they move with it.
`misfire_grace_time=None`, because the default drops a job that is one second late. A job of the scheduler
needs four turns of the loop to begin, half a millisecond, so for the instant that was set a timer of the loop
rings first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from alertd.clock import Clock

FLOOR_SECONDS = 30
#: seconds by which the wall clock has been set, rather than run fast or slow
_SET = 1.0
Job = Callable[[], Awaitable[None]]


class _Steady(AsyncIOScheduler):  # type: ignore[misc]  # it comes without types
    """A scheduler whose jobs keep their pace when the wall clock, which it goes by, is set.

    Its timer is one of the loop's and wakes it in time; then it would find that nothing is due yet.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        super().__init__(timezone="UTC", job_defaults=defaults)
        self._monotonic = monotonic
        self._offset = self._wall_offset()

    def _wall_offset(self) -> float:
        return datetime.now(UTC).timestamp() - self._monotonic()

    def _process_jobs(self) -> Any:
        moved = self._wall_offset() - self._offset
        if abs(moved) >= _SET:
            self._offset += moved
            for job in self.get_jobs():
                job.modify(next_run_time=job.next_run_time + timedelta(seconds=moved))
        return super()._process_jobs()


class Alarm:
    """Rings at the instant set, and at the floor. Lives in the running loop from `start` to `stop`."""

    def __init__(self, ring: Callable[[], None], clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._rang = False
        self._scheduler = _Steady(clock.monotonic)
        self._set_for: datetime | None = None

    def every(self, seconds: float, name: str, job: Job) -> None:
        """Run `job` at this pace; a run that is still going is not started twice."""
        self._scheduler.add_job(job, IntervalTrigger(seconds=seconds, timezone="UTC"), id=name, name=name)

    def start(self) -> None:
        # A job that slips is told by its supervisor; one the end of the daemon cuts off has not slipped.
        logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
        self.every(FLOOR_SECONDS, "floor", self._at_the_floor)
        self._scheduler.start()

    def set(self, at: datetime | None) -> None:
        """Ring at `at`, or only at the floor. Setting the same instant again costs nothing."""
        self._rang = False  # rung a little early, it must ring again
        if at == self._set_for and (at is None or self._scheduler.get_job("wake") is not None):
            return
        self._set_for = at
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if at is None:
            if self._scheduler.get_job("wake") is not None:
                self._scheduler.remove_job("wake")
            return
        left = max(at - self._clock.now(), timedelta(0))
        self._timer = asyncio.get_running_loop().call_later(left.total_seconds(), self._first)
        trigger = DateTrigger(run_date=datetime.now(UTC) + left, timezone="UTC")
        self._scheduler.add_job(self._at_the_instant, trigger, id="wake", name="wake", replace_existing=True)

    def _first(self) -> None:
        self._rang = True
        self._ring()

    async def _at_the_instant(self) -> None:
        if not self._rang:
            self._ring()

    async def _at_the_floor(self) -> None:
        self._ring()

    def rung(self, now: datetime) -> bool:
        """Whether the instant that was set has come."""
        return self._set_for is not None and self._set_for <= now

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
