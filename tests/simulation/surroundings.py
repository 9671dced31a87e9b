"""What the program asks of its machine, while a run lasts: time, chance, store and log."""

from __future__ import annotations

import contextlib
import functools
import logging
import random
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.date
import apscheduler.triggers.interval
import psycopg
import structlog

from alertd import installation, sdnotify, service
from alertd.engine.running import alarm
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.sending.composing import Parcel
from alertd.log import quiet_libraries
from alertd.store import ids
from alertd.transports import telegram
from tests.simulation.disk import SimulatedStore
from tests.simulation.loop import PROCESS
from tests.simulation.machine import WATCHDOG

if TYPE_CHECKING:
    from tests.simulation.run import Run

#: seconds a Bot API server holds a request for updates: ten times as long as usual, for the sake of speed
POLL = 300.0
#: seconds between two heartbeats of a node: four times as long as usual, for the same reason
BEAT = 20.0
_MOST_KEPT = 50


#: what of the scheduler looks at the wall clock, and what looks for it
SCHEDULER = (
    apscheduler.schedulers.base, apscheduler.executors.base,
    apscheduler.triggers.date, apscheduler.triggers.interval, alarm,
)  # fmt: skip


def wall(now: Callable[[], datetime]) -> type[datetime]:
    """`datetime` for a module of somebody else, whose `now` is another one."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return now().astimezone(tz)

    return Now


def _machines_now(run: Run) -> datetime:
    clock = getattr(PROCESS.get(), "clock", None)
    found: datetime = clock.now() if clock is not None else run.now
    return found


@contextmanager
def surrounded(run: Run) -> Iterator[None]:
    """The clocks, the chance and the store of the program are the run's own while it lasts."""

    before: list[tuple[Any, str, Any]] = []

    def put(where: Any, name: str, value: Any) -> None:
        before.append((where, name, getattr(where, name)))
        setattr(where, name, value)

    for module in SCHEDULER:
        put(module, "datetime", wall(lambda: _machines_now(run)))
    put(ids, "time", types.SimpleNamespace(time=lambda: run.now.timestamp()))
    put(ids, "_random", random.Random(f"{run.plan.seed} ids"))
    put(ids, "_last", 0)
    put(installation, "Store", SimulatedStore)
    put(installation, "stamp_of", _unstamped)
    put(Dispatcher, "_attempt", _witnessed(run, Dispatcher._attempt))
    put(sdnotify, "watchdog_interval", lambda: WATCHDOG / 2)
    put(sdnotify, "alive", lambda: alive(run))
    if run.database is not None:
        database = run.database
        put(psycopg.Connection, "wait", lambda self, *given, **_: database.wait(self, *given))
        put(service, "BEAT_SECONDS", BEAT)
    put(telegram, "TelegramOptions", functools.partial(telegram.TelegramOptions, poll_timeout=POLL))
    configured = structlog.get_config()
    structlog.configure(
        processors=[lambda logger, method, entry: heard(run, method, entry)],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        cache_logger_on_first_use=False,
    )
    quiet_libraries()
    library = _Library(run)
    logging.getLogger().addHandler(library)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(library)
        for where, name, value in reversed(before):
            setattr(where, name, value)
        structlog.configure(**configured)


def _unstamped(path: Path) -> tuple[int, ...]:
    """The files are written on the machine's own time, which tells nothing; a rereading does."""
    return ()


def alive(run: Run) -> bool:
    """The daemon that runs just now says that it lives."""
    process = PROCESS.get()
    for machine in run.machines:
        if machine.process is process:
            machine.alive()
    return True


def _witnessed(run: Run, attempt: Any) -> Any:
    """An attempt of the dispatcher, which the run's witness sees begin and end."""

    async def attempted(self: Dispatcher, transport: Any, parcel: Parcel) -> Any:
        if parcel.message is None:
            return await attempt(self, transport, parcel)
        seen = run.witness.begins(parcel)
        made = await attempt(self, transport, parcel)
        run.witness.ends(seen, made.outcome)
        return made

    return attempted


class _Library(logging.Handler):
    """What libraries log goes to the same stream in the end."""

    def __init__(self, run: Run) -> None:
        super().__init__(logging.WARNING)
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        entry = {
            "event": f"{record.name}: {record.getMessage()}",
            "exc_info": (record.exc_info or (None,) * 3)[1],
        }
        with contextlib.suppress(structlog.DropEvent):
            heard(self._run, "library", entry)


def heard(run: Run, method: str, entry: Any) -> Any:
    """The log of all daemons. A traceback in it is a slip of the program, unless the trouble was ours."""
    if method != "info":
        run.ran.counted[f"log {entry['event'][:40]}"] += 1
    if run.verbose:
        print(f"{run.loop.time():.3f} {method} {dict(entry)}"[:400])
    text = ""
    if fault := entry.get("exc_info"):
        known = isinstance(fault, BaseException)
        text = "".join(traceback.format_exception(fault)) if known else traceback.format_exc()
        if len(run.logged) < _MOST_KEPT:
            run.logged.append((run.loop.time(), entry["event"], text))
    run.witness.heard(" ".join(map(str, (*entry.values(), text))))
    raise structlog.DropEvent
