"""Two daemons on one PostgreSQL against one, sending to a server that takes 50 ms for each mail."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

from alertd.clock import SystemClock
from alertd.engine.ruling.world import Mode
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.messages.render import Renderer
from alertd.store import migrating
from alertd.store.database import Store
from alertd.store.tables import deliveries
from alertd.transports.email import EmailOptions, EmailTransport
from bench import mailing, scene
from bench.report import Figure, median
from tests.support.postgres import PostgresServer, find_binaries, temporary_server

SIZE, QUICK, RUNS = 800, 60, 3
#: what the server takes for one mail, in milliseconds
ANSWER_MS = 50
TARGET = 1.7


@contextmanager
def _slow_sink(home: Path) -> Iterator[int]:
    """The port of a server that answers late, until the block ends."""
    command = ["-m", "tests.support.smtp", "--maildir", str(home / "slow"), "--delay", str(ANSWER_MS)]
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, cwd=scene.ROOT, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _node(url: str, port: int, name: str, ready: Any, done: Any) -> None:
    """One daemon's dispatcher in a process of its own, from `ready` until `done`."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(_send(url, port, name, ready, done))


async def _send(url: str, port: int, name: str, ready: Any, done: Any) -> None:
    store, door = Store(url), Door()
    picture = replace(scene.world(Mode.LIVE, mail=True), node=name, live=True)
    options = EmailOptions(
        host="127.0.0.1", port=port, security="none", sender=mailing.SENDER, connections=mailing.CONNECTIONS
    )
    transport = EmailTransport(options)
    dispatcher = Dispatcher(store, door, picture, Renderer(), {"email": transport}, SystemClock())
    await transport.start()
    dispatcher.alarm.start()
    await asyncio.to_thread(ready.wait)
    running = asyncio.create_task(dispatcher.run())
    await asyncio.to_thread(done.wait)
    await dispatcher.stop()
    await running
    await transport.stop()
    dispatcher.alarm.stop()
    door.close()
    store.close()


def _once(server: PostgresServer, port: int, count: int, nodes: int) -> float:
    """Seconds until `nodes` processes have sent `count` messages and every receipt is stored."""
    name = server.create_database()
    store = Store(server.url(name))
    migrating.upgrade(store)
    mailing._fill(store, replace(scene.world(Mode.LIVE, mail=True), live=True), count)
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Barrier(nodes + 1), spawn.Event()
    work = [(server.url(name), port, f"node-{at}", ready, done) for at in range(nodes)]
    processes = [spawn.Process(target=_node, args=each) for each in work]
    for process in processes:
        process.start()
    ready.wait(60)
    began = time.perf_counter()
    while _waiting(store):
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    done.set()
    for process in processes:
        process.join(30)
    store.close()
    server.drop_database(name)
    return seconds


def _waiting(store: Store) -> int:
    with store.read() as tx:
        waiting = select(func.count()).where(deliveries.c.not_before.is_not(None))
        return tx.execute(waiting).scalar_one()


def run(size: int, quick: bool) -> list[Figure]:
    """One node and two in turn, so that a slower machine slows both."""
    binaries = find_binaries()
    claim = f"{size:,} mails to a server that takes {ANSWER_MS} ms, two daemons"
    if binaries is None:
        return [Figure(claim, "no PostgreSQL here")]
    alone, together = [], []
    with scene.folder() as home, _slow_sink(home) as port, temporary_server(binaries) as url:
        server = PostgresServer(url)
        for _ in range(1 if quick else RUNS):
            alone.append(_once(server, port, size, 1))
            together.append(_once(server, port, size, 2))
    one, two = median(alone), median(together)
    return [
        Figure(
            claim,
            f"{size / two:,.0f} /s",
            f"one daemon {size / one:,.0f} /s",
            f"{one / two:.2f}",
            f">= {TARGET}",
            one / two >= TARGET,
        )
    ]
