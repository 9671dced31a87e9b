"""A mailbox that is being read, over a city on virtual time, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from alertd.config.mail_in_shapes import MailboxSettings
from alertd.config.secret import Secret
from alertd.engine.preview.checkup import BAD, mailbox_finding
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.incoming import Incoming
from alertd.store import tables
from alertd.transports.base import NotNow
from alertd.transports.mailbox import Mailbox
from tests.support.imap import ImapServer
from tests.support.play import Play, plays
from tests.support.replies import MAIL_IN, reply

INCIDENT = "incident-information@fire/town-a"
ANN = "ann@example.org"
MAIL = {"channels": ("email",), "transports": {"email": "email", "inbox": "inbox"}, **MAIL_IN}


@contextmanager
def asked_by_mail() -> Iterator[Play]:
    """An incident of which Ann was told by mail."""
    with plays() as begin:
        begun = begin("2026-12-05T02:00", **MAIL)
        begun.store.transact(signing_key)
        begun.report("incident", "fire", published="2026-12-05T02:00")
        begun.go("2026-12-05T02:00")
        yield begun


def to_ann(play: Play):
    return next(p.message for p in play.sent if p.row.person == "ann")


def answer(play: Play, text: str = "done", **more: Any) -> bytes:
    return reply(to_ann(play).reply_to, text, ANN, **more)


class Reading:
    """The mailbox being read, and what became of it."""

    def __init__(self, play: Play, server: ImapServer) -> None:
        self.play = play
        self.settings: MailboxSettings | None = MailboxSettings(
            "127.0.0.1", server.port, "none", "alertd", Secret.plain(server.password), None, "INBOX"
        )
        self.store_away = 0
        self.holds = True
        self.pauses: list[float] = []
        self.incoming = Incoming(
            lambda: self.settings, self._carry_out, lambda: play.now, self._rest, lambda _: self.holds
        )

    async def _carry_out(self, work: Callable[[Scope], Any]) -> Any:
        if self.store_away:
            self.store_away -= 1
            raise NotNow("the store is away")
        return self.play.do(work)

    async def _rest(self, changed: asyncio.Event, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def reading(play: Play, server: ImapServer) -> AsyncIterator[Reading]:
    made = Reading(play, server)
    task = asyncio.create_task(made.incoming.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not so():  # noqa: ASYNC110 - the server is a thread, and tells nobody
            await asyncio.sleep(0.02)


def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mailbox.wait, "__defaults__", (0.05, True))


def said_of(play: Play) -> str:
    """What `alertd doctor` says of the mailbox; "" where it can be read."""
    finding = play.do(mailbox_finding)
    return str(finding.items[0]) if finding.level == BAD else ""


def aside(play: Play) -> list[str]:
    """The mails that were put aside, each time it was said."""
    return [row.detail["mail"] for row in play.all(tables.audit) if row.action == "mail-put-aside"]
