"""The mailbox for answers: what lies in it is taken in once, whatever server, store or message do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd import incoming as module
from alertd.config.mail_in_shapes import MailboxSettings
from alertd.core.model import State
from alertd.incoming import post_of
from alertd.mailin.reading import read
from tests.support.imap import ImapServer
from tests.support.incoming import (
    INCIDENT,
    answer,
    asked_by_mail,
    looks_often,
    reading,
    said_of,
    to_ann,
    until,
)
from tests.support.play import Play
from tests.support.replies import bounce, reply


@pytest.fixture
def play():
    with asked_by_mail() as begun:
        yield begun


@pytest.fixture
def server():
    with ImapServer() as begun:
        yield begun


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
    looks_often(monkeypatch)
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


async def test_while_the_store_is_away_a_mail_stays_unseen(play: Play, server: ImapServer) -> None:
    uid = server.deliver(answer(play))
    async with reading(play, server) as made:
        made.store_away = 4
        await until(lambda: server.seen(uid))
        assert made.pauses
    assert play.row(INCIDENT).state == State.DONE


async def test_it_is_read_while_that_is_this_nodes_and_at_once(play: Play, server: ImapServer) -> None:
    uid = server.deliver(answer(play))
    async with reading(play, server) as made:
        made.holds = False
        made.incoming.changed()
        await until(lambda: len(made.pauses) > 1 and not server.connected())
        assert server.logins <= 1
        before = server.logins
        made.holds = True
        made.incoming.changed()
        await until(lambda: server.logins > before and server.seen(uid))
        made.holds = False
        made.incoming.changed()
        await until(lambda: not server.connected())
    assert said_of(play) == ""


async def test_a_node_that_does_not_come_to_it_lets_another_try_for_a_while(
    play: Play, server: ImapServer
) -> None:
    server.says["LOGIN"] = "NO wrong"
    async with reading(play, server) as made:
        await until(lambda: said_of(play) != "")
        assert made.incoming.tired() == ()
        play.now += timedelta(minutes=2)
        await until(lambda: made.incoming.tired() == made.incoming.posts())
        play.now += timedelta(minutes=1)
        assert made.incoming.tired() == ()
        server.says.clear()
        await until(lambda: said_of(play) == "")


def test_the_name_of_a_post_is_as_long_as_the_store_takes_and_tells_mailboxes_apart() -> None:
    one = MailboxSettings("imap.a.test", 993, "tls", "alertd", None, None, "INBOX")
    assert post_of(one) == "mail-in alertd@imap.a.test/INBOX"
    long = [post_of(replace(one, folder="x" * 100 + end)) for end in "ab"]
    assert len(set(long)) == 2
    assert max(map(len, long)) <= 60


async def test_reading_ends_at_once_when_the_daemon_does(play: Play, server: ImapServer) -> None:
    async with asyncio.timeout(20):
        async with reading(play, server):
            await until(lambda: server.logins == 1)
