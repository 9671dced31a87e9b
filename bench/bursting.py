"""Many deadlines due at one instant, decided and durable, against a bare loop of the same writes."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alertd.clock import SystemClock
from alertd.engine.ruling.world import World
from alertd.engine.running.dispatcher import FIRST_BATCH, LARGEST_BATCH, Dispatcher
from alertd.engine.running.door import Door
from alertd.messages.render import Renderer
from alertd.store import chains
from alertd.store.database import Store
from alertd.store.tables import alerts, audit, deliveries, delivery_notices, notices
from alertd.transports.base import Transport
from bench import scene
from bench.report import Figure, median

SIZE, QUICK, RUNS = 100_000, 300, 3
#: the job store is slow enough that a part of the size says it
JOBS, QUICK_JOBS = 3000, 30
#: the burst comes this long after the dispatcher began to wait, in seconds
LEAD = 0.6
WRITTEN = (alerts, notices, deliveries, delivery_notices, audit)
CURSOR = ("state", "fired", "next_action_at", "waits", "audit_seq", "audit_head")


class Watched(Dispatcher):
    """The daemon's dispatcher, with a note of when each batch was durable."""

    def watch(self, count: int) -> None:
        """Set `finished` when so many have fired."""
        self.committed: list[tuple[float, int]] = []
        self.finished = asyncio.Event()
        self._wanted, self._loop = count, asyncio.get_running_loop()

    def _fire(
        self, size: int, resting: Mapping[str, Transport] | None = None
    ) -> tuple[int, dict[str, list[Any]]]:
        fired, leased = super()._fire(size, resting)
        if fired:
            self.committed.append((time.time(), fired))
            self._wanted -= fired
            if self._wanted <= 0:
                self._loop.call_soon_threadsafe(self.finished.set)
        return fired, leased


async def _burst(store: Store, picture: World, count: int, due: datetime) -> list[tuple[float, int]]:
    """Wait for `due` as the daemon does; returns when each batch was committed and how large it was."""
    door = Door()
    dispatcher = Watched(store, door, picture, Renderer(), {}, SystemClock())
    dispatcher.watch(count)
    dispatcher.alarm.start()
    running = asyncio.create_task(dispatcher.run())
    await dispatcher.finished.wait()
    await dispatcher.stop()
    await running
    dispatcher.alarm.stop()
    door.close()
    return dispatcher.committed


def _batches(count: int) -> Iterator[tuple[int, int]]:
    """The dispatcher's batches, as first and last index."""
    at, size = 0, FIRST_BATCH
    while at < count:
        yield at, min(at + size, count)
        at, size = at + size, min(size * 2, LARGEST_BATCH)


def _bare(fired: Path, fresh: Path) -> float:
    """Write what the burst wrote into a store as it was before: seconds."""
    with closing(sqlite3.connect(fired)) as done:
        order = [n for (n,) in done.execute("SELECT deadline FROM alerts ORDER BY id")]
        place = {number: at for at, number in enumerate(order)}
        tables = []
        for table in WRITTEN:
            names = [column.name for column in table.columns]
            query = f"SELECT {', '.join(names)} FROM {table.name} ORDER BY rowid"
            tables.append((scene.insert_text(table, names), list(done.execute(query))))
        updates = list(done.execute(f"SELECT {', '.join(CURSOR)}, number FROM deadlines"))
        updates.sort(key=lambda row: place[row[-1]])
    update = f"UPDATE deadlines SET {', '.join(f'{name} = ?' for name in CURSOR)} WHERE number = ?"
    with closing(scene.bare(fresh)) as connection:
        began = time.perf_counter()
        for first, last in _batches(len(updates)):
            connection.execute("BEGIN IMMEDIATE")
            for statement, rows in tables:
                connection.executemany(statement, rows[first:last])
            connection.executemany(update, updates[first:last])
            connection.execute("COMMIT")
        return time.perf_counter() - began


def _lost(store: Store, count: int) -> int:
    """Deadlines without a message in the outbox, and broken audit chains."""
    with store.read() as tx:
        reached = tx.exec_driver_sql(
            "SELECT count(DISTINCT n.deadline) FROM notices n JOIN delivery_notices l ON l.notice = n.id"
            " JOIN deliveries d ON d.id = l.delivery WHERE d.not_before IS NOT NULL"
        ).scalar_one()
        return count - int(reached) + len(chains.verify(tx))


def _once(home: Path, picture: World, count: int) -> tuple[float, float, float, int]:
    """Seconds for all, seconds to the first, seconds for the bare loop, deadlines lost."""
    path, fresh = home / "burst.db", home / "fresh.db"
    far = scene.now() + timedelta(days=3650)
    store = scene.new_store(path)
    scene.fill(store, scene.rows_due(picture, [far] * count, scene.now()))
    due = scene.now() + timedelta(seconds=LEAD)
    with store.write() as tx:
        nearer = scene.micros(far) - scene.micros(due)
        tx.exec_driver_sql(
            "UPDATE deadlines SET due = due - ?1, office_due = due - ?1, next_action_at = due - ?1,"
            " start = start - ?1, opens_at = opens_at - ?1, state = 'open'",
            (nearer,),
        )
    store.close()
    scene.copy_store(path, fresh)
    store = Store(f"sqlite:///{path}")
    committed = asyncio.run(_burst(store, picture, count, due))
    at = due.timestamp()
    lost = _lost(store, count)
    store.close()
    bare = _bare(path, fresh)
    for left in home.iterdir():
        left.unlink()
    return committed[-1][0] - at, committed[0][0] - at, bare, lost


_rung = asyncio.Semaphore(0)


async def _ring() -> None:
    _rung.release()


async def _jobs(path: Path, count: int) -> tuple[float, float]:
    """APScheduler's own job store: seconds to register and to fire `count` jobs due at one instant."""
    scheduler = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(f"sqlite:///{path}")},
        executors={"default": AsyncIOExecutor()},
        job_defaults={"misfire_grace_time": None},
        timezone="UTC",
    )
    scheduler.start(paused=True)
    began = time.perf_counter()
    due = scene.now()
    for _ in range(count):
        scheduler.add_job(_ring, "date", run_date=due)
    registered = time.perf_counter() - began
    began = time.perf_counter()
    scheduler.resume()
    for _ in range(count):
        await _rung.acquire()
    fired = time.perf_counter() - began
    scheduler.shutdown()
    return registered, fired


def run(size: int, quick: bool) -> list[Figure]:
    picture = scene.world()
    with scene.folder() as home:
        runs: list[Any] = [_once(home, picture, size) for _ in range(1 if quick else RUNS)]
        jobs = QUICK_JOBS if quick else JOBS
        registered, fired = asyncio.run(_jobs(home / "jobs.db", jobs))
    ours, first, bare = (median(column) for column in list(zip(*runs, strict=True))[:3])
    lost = sum(row[3] for row in runs)
    scale = size / jobs
    return [
        Figure(
            f"{size:,} due at one instant, in the outbox",
            f"{ours:.2f} s",
            f"bare sqlite3 loop {bare:.2f} s",
            f"{ours / bare:.2f}",
            "<= 3",
            ours / bare <= 3,
        ),
        Figure("  the first of them", f"{first * 1000:.0f} ms", "", "", "<= 50 ms", first <= 0.05),
        Figure("  lost, or broken in the audit", str(lost), "", "", "0", lost == 0),
        Figure(
            "  beside it: APScheduler's job store",
            f"register {registered * scale:.0f} s, fire {fired * scale:.0f} s",
            f"{jobs:,} jobs, scaled to {size:,}",
        ),
    ]
