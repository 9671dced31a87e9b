"""Two nodes on one PostgreSQL in bursts: the server goes, sessions end, a node is killed, a node stalls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import scene
from bench.report import Figure
from bench.surviving import BOUND, Scene, Taking, common
from tests.support.burst import once_only, ready_to_send, two_sites, units_of
from tests.support.postgres import StoppableServer, find_binaries, stoppable_server

#: seconds a node stalls, and the server is away
SIZE, QUICK, AWAY = 120, 2, 5
#: incidents for each trouble, each of more than a hundred messages; and mails sent before it
INCIDENTS, QUICK_INCIDENTS, BEFORE = 3, 1, 20
#: what the server takes for one mail, in seconds
SLOW = 0.2
#: seconds in which a node that comes back sends what it thinks is its own
SETTLE = 5


async def _server_away(running: Scene, server: StoppableServer, stalled: float) -> None:
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(AWAY)
    await asyncio.to_thread(server.start)


async def _sessions_ended(running: Scene, server: StoppableServer, stalled: float) -> None:
    await asyncio.to_thread(server.end_sessions)


async def _killed(running: Scene, server: StoppableServer, stalled: float) -> None:
    victim = running.daemons[0]
    await asyncio.to_thread(victim.kill)
    await asyncio.to_thread(victim.start)


async def _stalled(running: Scene, server: StoppableServer, stalled: float) -> None:
    victim = running.daemons[1]
    victim.stall()
    try:
        await asyncio.sleep(stalled)
    finally:
        victim.resume()


Trouble = Callable[[Scene, StoppableServer, float], Awaitable[None]]
#: with how many nodes have attempts in flight that nobody may know the end of
TROUBLES: dict[str, tuple[Trouble, int]] = {
    "PostgreSQL stopped and started": (_server_away, 2),
    "all its sessions ended": (_sessions_ended, 2),
    "a node killed": (_killed, 1),
    "a node stalled": (_stalled, 1),
}


def repeats(after: tuple[int, ...], seconds: tuple[float, ...]) -> list[Figure]:
    """For each trouble what was said twice, against what was in flight; and how long all of it took."""
    return [
        Figure(
            f"  {name}: repeats",
            str(twice),
            f"all sent after {took:.0f} s",
            target=f"<= {nodes * BOUND}",
            met=twice <= nodes * BOUND,
        )
        for (name, (_, nodes)), twice, took in zip(TROUBLES.items(), after, seconds, strict=False)
    ]


async def _survive(running: Scene, server: StoppableServer, stalled: float, incidents: int) -> list[Figure]:
    for each in running.daemons:
        await asyncio.to_thread(each.start)
    units, seconds, dues = units_of(running.sites[0]), [], []
    try:
        for trouble, _ in TROUBLES.values():
            await running.incidents(units, incidents)
            enough = len(running.sink.messages) + BEFORE
            await running.until(lambda enough=enough: len(running.sink.messages) >= enough, "some mails")  # type: ignore[misc]
            dues.append(running.due())
            began = time.monotonic()
            await trouble(running, server, stalled)
            await running.drained()
            seconds.append(time.monotonic() - began)
            await asyncio.sleep(SETTLE)
            running.cut()
        found, twice = (
            await asyncio.to_thread(running.count),
            await asyncio.to_thread(once_only, running.sites[0]),
        )
        return [
            Figure("two nodes on PostgreSQL in bursts: messages", f"{found.messages:,}"),
            Figure("  due at a trouble", f"at least {min(dues):,}"),
            *common(running, found),
            Figure("  decided twice", str(len(twice)), target="0", met=not twice),
            *repeats(found.after, tuple(seconds)),
        ]
    finally:
        for each in running.daemons:
            each.stop()


async def _run(home: Path, server: StoppableServer, stalled: float, incidents: int) -> list[Figure]:
    sites = two_sites(home, server.url)
    async with Taking(SLOW) as sink:
        ready_to_send(sites, sink)
        return await _survive(Scene(sites, sink), server, stalled, incidents)


def run(size: int, quick: bool) -> list[Figure]:
    """One trouble after the other; a node stalls for `size` seconds."""
    binaries = find_binaries()
    if binaries is None:
        return [Figure("two nodes on PostgreSQL in bursts", "no PostgreSQL here")]
    with scene.folder() as home, stoppable_server(binaries) as server:
        return asyncio.run(_run(Path(home), server, float(size), QUICK_INCIDENTS if quick else INCIDENTS))
