"""Pages read by many while deadlines fall due: how long a page takes, and how late the deadlines are by it.

Pages are served by a process of their own, as the daemon has them served; browsers are another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from alertd.clock import SystemClock
from alertd.config.web_shapes import Address, WebSettings
from alertd.core.model import OrgUnit, Person
from alertd.engine.operations import signing_in
from alertd.engine.operations.linking import link_token
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.messages.render import Renderer
from alertd.store.database import Store
from alertd.store.tables import audit, deadlines, deliveries
from alertd.transports.email import EmailOptions
from alertd.web.backing import Backing
from alertd.web.place import listening_at
from alertd.web.serving import server_of
from bench import scene
from bench.promptness import SENDER, Timed
from bench.report import Figure, median, quantile
from bench.sink import Sink, running
from tests.support.pages import free_port

SIZE, QUICK = 100_000, 300
#: deadlines timed without readers and as many with; seconds between two
SAMPLES, QUICK_SAMPLES, APART = 200, 5, 0.2
PEOPLE, BOARDS = 100, 20
PRESSES, QUICK_PRESSES = 2000, 20
#: seconds that a board may take at the median, and how much later deadlines may be at the 99th percentile
BOARD_TARGET, LATE_TARGET = 0.3, 1.5


@contextmanager
def _served(store: Store, crowd: int = 0) -> Iterator[int]:
    """Pages of the same store, as the daemon has them served; with a `crowd` of so many people of its own."""
    port = free_port()
    path = str(store.url.database)
    served = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(path, port, crowd), daemon=True
    )
    served.start()
    try:
        _await(port)
        yield port
    finally:
        served.terminate()
        served.join()


def _serve(path: str, port: int, crowd: int) -> None:
    picture, store = scene.world(Mode.LIVE, mail=True), Store(f"sqlite:///{path}")
    picture, listen = _crowd(picture, crowd) if crowd else picture, Address("127.0.0.1", port)
    backing = Backing(store, lambda: picture, scene.now, WebSettings(listen))
    server_of(backing).run(sockets=[listening_at(listen)])


def _await(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise SystemExit("no pages were served")


async def _browsers(asked: dict[str, Any]) -> Any:
    """What the process of browsers found."""
    command = (sys.executable, "-m", "bench.readers")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    said, _ = await process.communicate(json.dumps(asked).encode())
    return json.loads(said)


def _session(store: Store, picture: World, who: str) -> str:
    def work(tx: Any) -> str:
        scope = Scope(tx, picture, scene.now())
        return signing_in.enter(scope, signing_in.invite(scope, who).key).secret

    return store.transact(work)


def _readers(store: Store, picture: World, port: int, seconds: float) -> dict[str, Any]:
    """100 people who open what their unit owes and single deadlines, 20 boards of the office."""
    contacts = [p.id for p in picture.register.people.values() if "contact" in p.positions]
    people = []
    for at in range(PEOPLE):
        name = contacts[at % len(contacts)]
        unit = picture.register.people[name].unit
        with store.read() as tx:
            numbers = tx.execute(
                select(deadlines.c.number).where(deadlines.c.unit == unit).limit(5)
            ).scalars()
            paths = ["/mine", *(f"/deadlines/{number}" for number in numbers)]
        people.append((_session(store, picture, name), paths))
    boards = [_session(store, picture, "") for _ in range(BOARDS)]
    about = {"host": "127.0.0.1", "port": port, "seconds": seconds}
    return {"read": {**about, "people": people, "boards": boards}}


# ---------------------------------------------------------------- reading


async def _deliver(
    store: Store, picture: World, sink: Sink, wanted: int, load: Any, after: float
) -> tuple[dict[int, float], Any]:
    """When each delivery was accepted, and what the readers found who came `after` so many seconds."""
    transport = Timed(
        EmailOptions(host="127.0.0.1", port=sink.port, security="none", sender=SENDER, connections=4)
    )
    transport.accepted = {}
    door = Door()
    dispatcher = Dispatcher(store, door, picture, Renderer(), {"email": transport}, SystemClock())
    dispatcher.alarm.start()
    task = asyncio.create_task(dispatcher.run())
    await asyncio.sleep(after)
    found = await _browsers(load)
    for _ in range(600):
        if len(transport.accepted) >= wanted:
            break
        await asyncio.sleep(0.1)
    await dispatcher.stop()
    await task
    await transport.stop()
    dispatcher.alarm.stop()
    door.close()
    return transport.accepted, found


def _read(path: Path, picture: World, sink: Sink, size: int, samples: int) -> tuple[list[float], Any]:
    """Seconds from due to accepted, in order, and what the readers found during the second half."""
    store = scene.new_store(path)
    now = scene.now()
    pending = scene.rows_due(picture, scene.random_dues(size, now + timedelta(days=1)), now)
    scene.fill(store, [{**row, "state": "open"} for row in pending])
    half = samples * APART
    with _served(store) as port:
        load = _readers(store, picture, port, half)
        first, begun = scene.now() + timedelta(seconds=2), time.monotonic()
        pause = timedelta(seconds=3)
        dues = [
            first + timedelta(seconds=at * APART) + (at > samples) * pause for at in range(2 * samples + 1)
        ]
        rows = scene.rows_due(picture, dues, now - timedelta(days=1))
        for at, row in enumerate(rows):
            row["id"], row["case_id"], row["state"] = f"timed-{at}", f"timed-{at}", "open"
        scene.fill(store, rows)
        after = 2 + half + 1 - (time.monotonic() - begun)
        accepted, found = asyncio.run(_deliver(store, picture, sink, len(rows), load, max(after, 0)))
    with store.read() as tx:
        timed = tx.exec_driver_sql(
            "SELECT l.delivery, d.due FROM delivery_notices l JOIN notices n ON n.id = l.notice"
            " JOIN deadlines d ON d.number = n.deadline WHERE d.id LIKE 'timed-%' ORDER BY d.due"
        ).all()
    store.close()
    return [accepted[delivery] - due / 1_000_000 for delivery, due in timed if delivery in accepted][
        1:
    ], found


# ---------------------------------------------------------------- pressing


def _crowd(picture: World, count: int) -> World:
    """As many units as people, so that each is asked about one deadline of their own."""
    names = [f"unit-{at:05}" for at in range(count)]
    units = {name: OrgUnit(name, {"en": name}) for name in names}
    people = {n: Person(f"p.{n}", n, n, ("contact",), f"{n}@example.org") for n in names}
    register = replace(
        picture.register, units=units, people={each.id: each for each in people.values()}, groups={}
    )
    return replace(picture, register=register)


def _press(home: Path, picture: World, sink: Sink, count: int) -> list[Figure]:
    picture = _crowd(picture, count)
    store = scene.new_store(home / "press.db")
    now = scene.now()
    rows = scene.rows_due(picture, [now + timedelta(seconds=1)] * count, now - timedelta(days=1))
    scene.fill(store, [{**row, "state": "open"} for row in rows])
    with _served(store, count) as port:
        links = _Burst(store, picture, sink, count)
        found = asyncio.run(links.pressed(port))
    with store.read() as tx:
        rested = tx.execute(
            select(func.count()).where(deadlines.c.acknowledged_until.is_not(None))
        ).scalar_one()
        acts = tx.execute(select(func.count()).where(audit.c.action == "acknowledged")).scalar_one()
    store.close()
    taken = found["taken"]
    return [
        Figure(
            f"{count:,} people press the link of their message at once, p50",
            f"{median(taken):.1f} s" if taken else "",
            f"last {max(taken, default=0):.1f} s; told to come again {found['again']:,} times",
        ),
        Figure("presses lost", str(count - rested), "", "", "0", count == rested),
        Figure("presses counted twice", str(acts - rested), "", "", "0", acts == rested),
    ]


class _Burst:
    """Sends what is due at one instant, and presses what was sent."""

    def __init__(self, store: Store, picture: World, sink: Sink, count: int) -> None:
        self._store, self._picture, self._sink, self._count = store, picture, sink, count

    async def pressed(self, port: int) -> Any:
        transport = Timed(
            EmailOptions(
                host="127.0.0.1", port=self._sink.port, security="none", sender=SENDER, connections=4
            )
        )
        transport.accepted = {}
        door = Door()
        dispatcher = Dispatcher(
            self._store, door, self._picture, Renderer(), {"email": transport}, SystemClock()
        )
        dispatcher.alarm.start()
        task = asyncio.create_task(dispatcher.run())
        for _ in range(3000):
            await asyncio.sleep(0.1)
            if len(transport.accepted) >= self._count:
                break
        found = await _browsers({"press": {"host": "127.0.0.1", "port": port, "links": self._links()}})
        await dispatcher.stop()
        await task
        await transport.stop()
        dispatcher.alarm.stop()
        door.close()
        return found

    def _links(self) -> list[str]:
        key, people = self._store.transact(signing_key), self._picture.register.people
        with self._store.read() as tx:
            sent: Sequence[Any] = tx.execute(select(deliveries.c.id, deliveries.c.person)).all()
        tokens = [
            link_token(self._picture, key, number, people[person], "email", scene.now())
            for number, person in sent
            if person in people
        ]
        return [f"/m/{token}/received" for token in tokens]


def run(size: int, quick: bool) -> list[Figure]:
    picture = scene.world(Mode.LIVE, mail=True)
    samples = QUICK_SAMPLES if quick else SAMPLES
    figures = []
    with scene.folder() as home, running(home) as sink:
        late, found = _read(home / "read.db", picture, sink, size, samples)
        figures += [Figure(f"{size:,} open deadlines", ""), *_looks(found)]
        figures += _lateness(late[:samples], late[samples:])
        figures += _press(home, picture, sink, QUICK_PRESSES if quick else PRESSES)
    return figures


def _looks(found: dict[str, Any]) -> list[Figure]:
    """How long pages took."""
    figures = []
    for name, claim in (("board", f"  board, {BOARDS} at once"), ("page", f"  pages of {PEOPLE} people")):
        times = found[name]
        if times:
            p99 = f"p99 {quantile(times, 0.99) * 1000:.0f} ms, {len(times)} looks"
            target = (
                (f"< {BOARD_TARGET:g} s", median(times) < BOARD_TARGET) if name == "board" else ("", None)
            )
            figures.append(Figure(f"{claim}, p50", f"{median(times) * 1000:.0f} ms", p99, "", *target))
    failed = found["failed"]
    return [*figures, Figure("  pages not answered", str(failed), "", "", "0", failed == 0)]


def _lateness(alone: list[float], beside: list[float]) -> list[Figure]:
    """How late deadlines are without and with readers."""
    before, after = quantile(alone, 0.99), quantile(beside, 0.99)
    ratio = after / before
    target = f"<= {LATE_TARGET:g}", ratio <= LATE_TARGET
    claim = "  due to accepted by SMTP beside all these readers, p99"
    without = f"without them {before * 1000:.1f} ms"
    return [
        Figure(
            claim,
            f"{after * 1000:.1f} ms",
            without,
            f"{ratio:.2f}",
            *target,
        ),
        Figure("  p50", f"{median(beside) * 1000:.1f} ms", f"without {median(alone) * 1000:.1f} ms"),
    ]
