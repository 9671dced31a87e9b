"""From due to accepted by SMTP for one deadline among many, against the least such a thing can cost."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from aiosmtplib import SMTP

from alertd.clock import SystemClock
from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.messages.render import Renderer
from alertd.store.database import Store
from alertd.transports.base import Outcome, Outgoing
from alertd.transports.email import EmailOptions, EmailTransport
from bench import scene
from bench.report import Figure, median, quantile
from bench.sink import Sink, running

SIZE, QUICK = 100_000, 500
#: deadlines timed, and seconds between them
SAMPLES, QUICK_SAMPLES, APART = 200, 5, 0.12
#: lines of a mail about as long as ours
MAIL_LINES = 80
SENDER = "alertd@example.org"


class Timed(EmailTransport):
    """The mail transport, with a note of when each message was accepted."""

    accepted: dict[int, float]

    async def send(self, message: Outgoing) -> Outcome:
        outcome = await super().send(message)
        self.accepted[message.delivery] = time.time()
        return outcome


async def _deliver(store: Store, picture: World, sink: Sink, samples: int) -> dict[int, float]:
    """When each delivery was accepted, with the dispatcher asleep before each."""
    transport = Timed(
        EmailOptions(host="127.0.0.1", port=sink.port, security="none", sender=SENDER, connections=4)
    )
    transport.accepted = {}
    door = Door()
    dispatcher = Dispatcher(store, door, picture, Renderer(), {"email": transport}, SystemClock())
    dispatcher.alarm.start()
    task = asyncio.create_task(dispatcher.run())
    for _ in range(600):
        await asyncio.sleep(0.1)
        if len(transport.accepted) >= samples:
            break
    await dispatcher.stop()
    await task
    await transport.stop()
    dispatcher.alarm.stop()
    door.close()
    return transport.accepted


def _ours(home: Path, picture: World, sink: Sink, pending: int, samples: int) -> list[float]:
    """Seconds from due to accepted. The first message, which opens the connection, does not count."""
    store = scene.new_store(home / "prompt.db")
    now = scene.now()
    scene.fill(store, scene.rows_due(picture, scene.random_dues(pending, now + timedelta(days=30)), now))
    first = scene.now() + timedelta(seconds=1)
    dues = [first + timedelta(seconds=at * APART) for at in range(samples + 1)]
    rows = scene.rows_due(picture, dues, now - timedelta(days=1))
    for at, row in enumerate(rows):
        row["id"], row["case_id"], row["state"] = f"timed-{at}", f"timed-{at}", "open"
    scene.fill(store, rows)
    accepted = asyncio.run(_deliver(store, picture, sink, samples + 1))
    with store.read() as tx:
        found = tx.exec_driver_sql(
            "SELECT l.delivery, d.due FROM delivery_notices l JOIN notices n ON n.id = l.notice"
            " JOIN deadlines d ON d.number = n.deadline ORDER BY d.due"
        ).all()
    store.close()
    return [accepted[delivery] - due / 1_000_000 for delivery, due in found][1:]


async def _timer(samples: int) -> list[float]:
    """How late asyncio itself is."""
    late = []
    for _ in range(samples):
        due = time.time() + 0.05
        await asyncio.sleep(0.05)
        late.append(time.time() - due)
    return late


def _claim(home: Path, samples: int) -> list[float]:
    """One committed claim of the next due row, by sqlite3 alone, in the store just used."""
    taken = []
    with closing(scene.bare(home / "prompt.db")) as connection:
        for _ in range(samples):
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(
                "SELECT * FROM deadlines WHERE next_action_at IS NOT NULL ORDER BY next_action_at LIMIT 1"
            ).fetchone()
            connection.execute("UPDATE deadlines SET next_action_at = NULL WHERE number = ?", row[:1])
            connection.execute("COMMIT")
            taken.append(time.perf_counter() - began)
            time.sleep(APART / 4)
    return taken


async def _send(sink: Sink, samples: int) -> list[float]:
    """One mail of prepared bytes over a kept connection."""
    client = SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False)
    await client.connect()
    taken = []
    mail = b"From: a@example.org\r\nTo: b@example.org\r\n\r\n" + (b"x" * 76 + b"\r\n") * MAIL_LINES
    for _ in range(samples + 1):
        began = time.perf_counter()
        await client.sendmail(SENDER, ["b@example.org"], mail)
        taken.append(time.perf_counter() - began)
        await asyncio.sleep(APART / 4)
    await client.quit()
    return taken[1:]


def run(size: int, quick: bool) -> list[Figure]:
    picture = scene.world(Mode.LIVE, mail=True)
    samples = QUICK_SAMPLES if quick else SAMPLES
    with scene.folder() as home, running(home) as sink:
        ours = _ours(home, picture, sink, size, samples)
        timer = asyncio.run(_timer(samples))
        claim = _claim(home, samples)
        send = asyncio.run(_send(sink, samples))
    parts = [median(part) * 1000 for part in (timer, claim, send)]
    p50, p99 = median(ours) * 1000, quantile(ours, 0.99) * 1000
    names = "timer {:.2f} + claim {:.2f} + send {:.2f} ms".format(*parts)
    return [
        Figure(
            f"due to accepted by SMTP, {size:,} pending, p50",
            f"{p50:.2f} ms",
            names,
            f"{p50 / sum(parts):.2f}",
            "<= 3",
            p50 / sum(parts) <= 3,
        ),
        Figure("  p99", f"{p99:.2f} ms"),
    ]
