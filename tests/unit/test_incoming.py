"""The mailbox for answers: what lies in it is taken in once, whatever server, store or message do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertd import incoming as module
from alertd.config.mail_in_shapes import MailboxSettings
from alertd.config.secret import Secret
from alertd.core.model import State
from alertd.engine.notify import mailbox_state
from alertd.engine.preview.checkup import BAD, OK, mailbox_finding
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.incoming import Incoming
from alertd.mailin.reading import read
from alertd.store import tables
from alertd.transports.base import NotNow
from alertd.transports.mailbox import Mailbox
from tests.support.imap import ImapServer
from tests.support.play import Play, plays
from tests.support.replies import MAIL_IN, bounce, reply

INCIDENT = "incident-information@fire/town-a"
ANN = "ann@example.org"
MAIL = {"channels": ("email",), "transports": {"email": "email", "inbox": "inbox"}, **MAIL_IN}


@pytest.fixture
def play():
    with plays() as begin:
        begun = begin("2026-12-05T02:00", **MAIL)
        begun.store.transact(signing_key)
        begun.report("incident", "fire", published="2026-12-05T02:00")
        begun.go("2026-12-05T02:00")
        yield begun


@pytest.fixture
def server():
    with ImapServer() as begun:
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
        self.pauses: list[float] = []
        self.incoming = Incoming(lambda: self.settings, self._carry_out, lambda: play.now, self._pause)

    async def _carry_out(self, work: Callable[[Scope], Any]) -> Any:
        if self.store_away:
            self.store_away -= 1
            raise NotNow("the store is away")
        return self.play.do(work)

    async def _pause(self, seconds: float) -> None:
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


async def test_what_lies_there_and_what_comes_is_taken_in_and_marked(play: Play, server: ImapServer) -> None:
    first = server.deliver(answer(play, "收到"))
    async with reading(play, server):
        await until(lambda: server.seen(first))
        assert play.row(INCIDENT).acknowledged_until is not None
        second = server.deliver(answer(play, "done"))  # heard by IDLE
        await until(lambda: server.seen(second))
    assert play.row(INCIDENT).state == State.DONE
    assert not server.flagged(first)
    assert server.logins == 1


async def test_a_server_without_idle_is_asked_again(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.idle = False
    monkeypatch.setattr(Mailbox.wait, "__defaults__", (0.05,))
    async with reading(play, server):
        await until(lambda: server.logins == 1)
        uid = server.deliver(answer(play))
        await until(lambda: server.seen(uid))


async def test_what_answers_nothing_of_ours_is_flagged_for_people(play: Play, server: ImapServer) -> None:
    uid = server.deliver(reply("alertd@gov.example", "hello", "x@y.example"))
    async with reading(play, server):
        await until(lambda: server.seen(uid))
    assert server.flagged(uid)


async def test_a_bounce_goes_another_way(play: Play, server: ImapServer) -> None:
    uid = server.deliver(bounce(to_ann(play).sender))
    async with reading(play, server):
        await until(lambda: server.seen(uid))
    assert any(row.state == "refused" for row in play.deliveries_to("ann"))


async def test_a_mail_on_which_the_program_slips_is_flagged_and_the_next_follows(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = b"From: poison@example.org\n\nreceived\n"

    def slip(raw: bytes):
        if raw == poison:
            raise ZeroDivisionError
        return read(raw)

    monkeypatch.setattr(module, "read", slip)
    bad, good = server.deliver(poison), server.deliver(answer(play))
    async with reading(play, server):
        await until(lambda: server.seen(good))
    assert server.flagged(bad)
    assert play.row(INCIDENT).state == State.DONE
    assert "mail-put-aside" in play.admin_topics()


async def test_a_mail_that_the_server_will_not_give_does_not_keep_the_next(
    play: Play, server: ImapServer
) -> None:
    bad, good = server.deliver(b"x"), server.deliver(answer(play))
    server.refused.add(bad)
    async with reading(play, server):
        await until(lambda: server.seen(good))
    assert "mail-put-aside" in play.admin_topics()
    assert not server.seen(bad)


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE", "IDLE"])
async def test_a_connection_that_breaks_anywhere_loses_nothing(
    play: Play, server: ImapServer, command: str
) -> None:
    server.hangs_up_at = command
    uid = server.deliver(answer(play))
    async with reading(play, server) as made:
        await until(lambda: len(made.pauses) > 1)
        server.hangs_up_at = ""
        await until(lambda: server.seen(uid))
    assert len([row for row in play.all(tables.audit) if row.action == "done"]) == 1


async def test_while_the_store_is_away_a_mail_stays_unseen(play: Play, server: ImapServer) -> None:
    uid = server.deliver(answer(play))
    async with reading(play, server) as made:
        made.store_away = 4
        await until(lambda: server.seen(uid))
        assert made.pauses
    assert play.row(INCIDENT).state == State.DONE


async def test_a_mailbox_that_is_away_for_long_is_told_and_doctor_says_so_until_it_is_back(
    play: Play, server: ImapServer
) -> None:
    async with reading(play, server) as made:
        await until(lambda: server.logins == 1)
        server.hangs_up_at = "LOGIN"
        server.drop()
        await until(lambda: play.do(mailbox_finding).level == BAD)
        assert "mailbox-away" not in play.admin_topics()
        play.now += timedelta(minutes=16)
        await until(lambda: "mailbox-away" in play.admin_topics())
        assert max(made.pauses) <= module.LONGEST_PAUSE
        server.hangs_up_at = ""
        await until(lambda: play.do(mailbox_finding).level == OK)


async def test_a_wrong_password_is_said_without_it(play: Play, server: ImapServer) -> None:
    def said() -> str:
        away = play.do(lambda scope: mailbox_state.found(scope.tx))
        return away.said if away else ""

    async with reading(play, server) as made:
        assert made.settings is not None
        made.settings = replace(made.settings, password=Secret.plain("hunter2"))
        server.drop()
        await until(lambda: "AUTH" in said())
        assert "hunter2" not in said()


async def test_reading_ends_at_once_when_the_daemon_does(play: Play, server: ImapServer) -> None:
    async with asyncio.timeout(20):
        async with reading(play, server):
            await until(lambda: server.logins == 1)
