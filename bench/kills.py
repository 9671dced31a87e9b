"""The installed daemon killed with SIGKILL again and again in bursts: on SQLite, and one of two nodes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

from bench import scene
from bench.report import Figure, median
from bench.surviving import BOUND, Count, Scene, Taking, common
from tests.support.burst import once_only, ready_to_send, two_sites, units_of
from tests.support.daemon import Site
from tests.support.postgres import find_binaries, temporary_server

SIZE, QUICK = 60, 1
#: incidents that are reported before the first kill, each of more than a hundred messages; and then one a
#: node for each kill
AHEAD = 6
#: what the server takes for one mail, in seconds: two nodes send as fast as incidents come
SLOW_FOR_ONE, SLOW_FOR_TWO = 0.05, 0.2
#: a node is killed when so many mails have come since it was ready
FEWEST, MOST = 5, 100
#: seconds in which the server takes what was on its way
SETTLE = 0.3


async def _survive(sites: Sequence[Site], kills: int, slow: float) -> tuple[Scene, Count, list[int]]:
    """Kill one of the daemons so many times; what arrived, and how much was due at each kill."""
    chance, dues = random.Random(20261130), []
    async with Taking(slow) as sink:
        ready_to_send(sites, sink)
        running = Scene(sites, sink)
        for each in running.daemons:
            await asyncio.to_thread(each.start)
        units = units_of(sites[0])
        await running.incidents(units, min(AHEAD, kills))
        for _ in range(kills):
            victim = chance.choice(running.daemons)
            more = asyncio.create_task(running.incidents(units, len(sites)))
            enough = len(sink.messages) + chance.randrange(FEWEST, MOST)
            await running.until(lambda enough=enough: len(sink.messages) >= enough, "some mails")  # type: ignore[misc]
            await asyncio.to_thread(victim.kill)
            dues.append(await asyncio.to_thread(running.due))
            await asyncio.sleep(SETTLE)
            running.cut()
            await asyncio.to_thread(victim.start)
            await more
        sink.slow = 0.0  # nothing is to be cut off any more
        await running.drained()
        found = await asyncio.to_thread(running.count)
        return running, found, dues


async def _figures(name: str, sites: Sequence[Site], kills: int, slow: float) -> list[Figure]:
    running, found, dues = await _survive(sites, kills, slow)
    try:
        most, bound = max(found.after), kills * BOUND
        twice = once_only(sites[0]) if len(sites) > 1 else []
        return [
            Figure(f"{kills} kills in bursts, {name}: messages", f"{found.messages:,}"),
            Figure("  due at a kill, median", f"{median(dues):,.0f}", f"at least {min(dues):,}"),
            *common(running, found),
            Figure("  repeats", str(found.repeats), target=f"<= {bound}", met=found.repeats <= bound),
            Figure("  most after one kill", str(most), target=f"<= {BOUND}", met=most <= BOUND),
            *(
                [Figure("  decided twice", str(len(twice)), target="0", met=not twice)]
                if len(sites) > 1
                else []
            ),
        ]
    finally:
        for each in running.daemons:
            each.stop()


def run(size: int, quick: bool) -> list[Figure]:
    """One daemon on SQLite, then two nodes on PostgreSQL of which one at a time is killed."""
    with scene.folder() as home:
        figures = asyncio.run(_figures("SQLite", [Site(home)], size, SLOW_FOR_ONE))
    return figures + _on_postgresql(size)


def _on_postgresql(size: int) -> list[Figure]:
    name, binaries = "two nodes on PostgreSQL", find_binaries()
    if binaries is None:
        return [Figure(f"{size} kills in bursts, {name}", "no PostgreSQL here")]
    with scene.folder() as home, temporary_server(binaries) as url:
        sites = two_sites(Path(home), url)
        return asyncio.run(_figures(name, sites, size, SLOW_FOR_TWO))
