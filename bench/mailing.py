"""Mail from the outbox to its receipt, against aiosmtplib as usually used and against smtp-source."""

from __future__ import annotations

import asyncio
import subprocess
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from aiosmtplib import SMTP

from alertd.clock import SystemClock
from alertd.engine.firing.fire import fire
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.engine.sending.composing import Composer
from alertd.engine.sending.delivering import Attempt
from alertd.messages.render import Renderer
from alertd.store import leasing
from alertd.store.database import Store
from alertd.transports.base import Outgoing
from alertd.transports.email import EmailOptions, EmailTransport
from alertd.transports.email.addresses import Mailbox
from alertd.transports.email.mime import MailWriter as MailComposer
from bench import scene
from bench.report import Figure, median
from bench.sink import Sink, program, running

SIZE, QUICK, RUNS = 10_000, 40, 3
CONNECTIONS = 4
SENDER = "alertd@example.org"


class Counting(Dispatcher):
    """The daemon's dispatcher; `settled` is set when so many receipts are durable."""

    def expect(self, count: int) -> None:
        self.settled = asyncio.Event()
        self._left, self._loop = count, asyncio.get_running_loop()

    def _write_receipts(self, attempts: list[Attempt]) -> None:
        super()._write_receipts(attempts)
        self._left -= len(attempts)
        if self._left <= 0:
            self._loop.call_soon_threadsafe(self.settled.set)


def _fill(store: Store, picture: World, count: int) -> None:
    """An outbox of `count` messages, each about one deadline that has just come due."""
    due = scene.now() - timedelta(seconds=1)
    scene.fill(store, scene.rows_due(picture, [due] * count, due - timedelta(days=1)))
    while store.transact(lambda tx: fire(Scope(tx, picture, scene.now()), 1024)):
        pass


async def _deliver(store: Store, picture: World, sink: Sink, count: int) -> float:
    transport = EmailTransport(
        EmailOptions(
            host="127.0.0.1", port=sink.port, security="none", sender=SENDER, connections=CONNECTIONS
        )
    )
    door = Door()
    dispatcher = Counting(store, door, picture, Renderer(), {"email": transport}, SystemClock())
    dispatcher.expect(count)
    await transport.start()
    dispatcher.alarm.start()
    began = time.perf_counter()
    running_ = asyncio.create_task(dispatcher.run())
    await dispatcher.settled.wait()
    seconds = time.perf_counter() - began
    await dispatcher.stop()
    await running_
    await transport.stop()
    dispatcher.alarm.stop()
    door.close()
    return seconds


def _sample(store: Store, picture: World) -> Outgoing:
    """One of the messages in words, for the references to send."""
    with store.read() as tx:
        rows = tx.exec_driver_sql("SELECT id FROM deliveries LIMIT 1").scalars().all()
        from sqlalchemy import select

        from alertd.store.tables import deliveries

        found = tx.execute(select(deliveries).where(deliveries.c.id == rows[0])).all()
        message = Composer(tx, picture, Renderer(), scene.now()).parcels(found)[0].message
    assert message is not None
    return message


async def _usual(sample: Outgoing, sink: Sink, count: int) -> float:
    """aiosmtplib with an EmailMessage built for each mail, over as many connections as we keep."""

    async def send(first: int) -> None:
        client = SMTP(hostname="127.0.0.1", port=sink.port, start_tls=False)
        await client.connect()
        for at in range(first, count, CONNECTIONS):
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = SENDER, sample.address, sample.subject
            mail["Message-ID"] = f"<usual-{at}@example.org>"
            mail.set_content(sample.text)
            mail.add_alternative(sample.html, subtype="html")
            await client.send_message(mail)
        await client.quit()

    began = time.perf_counter()
    await asyncio.gather(*(send(first) for first in range(CONNECTIONS)))
    return time.perf_counter() - began


def _source(sink: Sink, length: int, count: int) -> float:
    """Seconds smtp-source takes for mails of that length."""
    binary = program("smtp-source")
    if binary is None:
        return 0.0
    command = [binary, "-d", "-s", str(CONNECTIONS), "-m", str(count), "-l", str(length)]
    began = time.perf_counter()
    subprocess.run([*command, "-f", SENDER, "-t", SENDER, f"127.0.0.1:{sink.port}"], check=True)
    return time.perf_counter() - began


def _once(home: Path, picture: World, count: int) -> tuple[float, float, float, int, str]:
    """Mails a second: ours, the usual way, smtp-source; mails missing at the sink; the sink's name."""
    home.mkdir()
    store = scene.new_store(home / "mail.db")
    _fill(store, picture, count)
    sample = _sample(store, picture)
    mail = MailComposer(Mailbox("", SENDER)).compose(sample, [sample.address], scene.now())
    with running(home) as sink:
        ours = asyncio.run(_deliver(store, picture, sink, count))
        missing = count - len(sink.message_ids())
        few = max(count // 5, 8)
        usual = asyncio.run(_usual(sample, sink, few))
        source = _source(sink, len(mail), count)
        name = sink.name
    with store.read() as tx:
        assert leasing.next_on(tx, "email", "one") is None
    store.close()
    return count / ours, few / usual, count / source if source else 0.0, missing, name


def run(size: int, quick: bool) -> list[Figure]:
    picture = scene.world(Mode.LIVE, mail=True)
    with scene.folder() as home:
        runs = [_once(home / str(at), picture, size) for at in range(1 if quick else RUNS)]
    ours, usual, source = (median(column) for column in list(zip(*runs, strict=True))[:3])
    missing, name = sum(row[3] for row in runs), runs[0][4]
    figures = [
        Figure(
            f"{size:,} mails, outbox to receipt, into {name}",
            f"{ours:,.0f} a second",
            f"aiosmtplib + EmailMessage {usual:,.0f} a second",
            f"{ours / usual:.2f}",
            ">= 4",
            ours / usual >= 4,
        )
    ]
    if source:
        figures.append(
            Figure(
                "  the same",
                f"{ours:,.0f} a second",
                f"smtp-source -d {source:,.0f} a second",
                f"{ours / source:.1%}",
                ">= 8 %",
                ours / source >= 0.08,
            )
        )
    return [*figures, Figure("  Message-IDs missing at the sink", str(missing), "", "", "0", missing == 0)]
