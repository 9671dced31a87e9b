"""What is wrong with the mailbox for answers is told, and keeps no mail that lies beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alertd import incoming as module
from alertd.config.secret import Secret
from alertd.core.model import State
from alertd.store import tables
from tests.support.certificates import make_authority
from tests.support.imap import ImapServer
from tests.support.incoming import (
    INCIDENT,
    answer,
    aside,
    asked_by_mail,
    looks_often,
    reading,
    said_of,
    until,
)
from tests.support.play import Play


@pytest.fixture
def play():
    with asked_by_mail() as begun:
        yield begun


@pytest.fixture
def server():
    with ImapServer() as begun:
        yield begun


async def test_a_mail_that_the_server_will_not_give_is_flagged_told_and_does_not_keep_the_next(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_often(monkeypatch)
    bad, good = server.deliver(b"x"), server.deliver(answer(play))
    server.refused.add(bad)
    async with reading(play, server) as made:
        await until(lambda: server.seen(good))
        await until(lambda: server.flagged(bad))
    assert made.pauses == []
    assert server.logins == 1
    assert aside(play) == ["INBOX;UIDVALIDITY=1;UID=1"]


async def test_a_mail_at_which_the_server_breaks_off_comes_last_and_is_put_aside(
    play: Play, server: ImapServer
) -> None:
    bad, good = server.deliver(b"x"), server.deliver(answer(play))
    server.breaks_at.add(bad)
    async with reading(play, server):
        await until(lambda: server.seen(good))
        await until(lambda: server.flagged(bad))
    fetched = [said.split()[2] for _, said in server.heard if said.startswith("UID FETCH")]
    assert fetched == [str(bad), str(good), *[str(bad)] * 3]
    assert len(aside(play)) == 1
    assert said_of(play) == ""


async def test_one_that_cannot_even_be_flagged_is_told_once_and_left(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_often(monkeypatch)
    server.refused.add(server.deliver(b"x"))
    server.says["STORE"] = "NO not this one"
    async with reading(play, server):
        await until(lambda: aside(play) != [])
        asked = len(server.heard)
        await until(lambda: len(server.heard) > asked + 20)
    assert len(aside(play)) == 1
    assert said_of(play) == ""


async def test_what_was_put_aside_says_nothing_of_another_mail_with_its_number(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_often(monkeypatch)
    bad = server.deliver(b"x")
    server.refused.add(bad)
    server.says["STORE"] = "NO not this one"
    async with reading(play, server):
        await until(lambda: aside(play) != [])
        server.messages.clear()
        server.refused.clear()
        server.says.clear()
        server.renumber()
        assert server.deliver(answer(play)) == bad
        await until(lambda: server.seen(bad))
    assert play.row(INCIDENT).state == State.DONE


async def test_a_mail_that_somebody_moves_meanwhile_is_nobodys_trouble(
    play: Play, server: ImapServer
) -> None:
    gone, good = server.deliver(answer(play)), server.deliver(answer(play))
    server.moved.add(gone)
    async with reading(play, server) as made:
        await until(lambda: server.seen(good))
    assert made.pauses == []
    assert aside(play) == []


async def test_a_mailbox_that_takes_no_marks_is_told_and_what_lies_in_it_is_done_once(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_often(monkeypatch)
    server.says["STORE"] = "NO [OVERQUOTA] the mailbox is full"
    first, second = server.deliver(answer(play, "收到")), server.deliver(answer(play))
    async with reading(play, server):
        await until(lambda: play.row(INCIDENT).state == State.DONE)
        await until(lambda: "OVERQUOTA" in said_of(play))
        play.now += timedelta(minutes=16)
        await until(lambda: "mailbox-away" in play.admin_topics())
        del server.says["STORE"]
        await until(lambda: said_of(play) == "")
    assert server.seen(first)
    assert server.seen(second)
    assert len([said for _, said in server.heard if "FETCH" in said.upper()]) == 2


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


async def test_a_mailbox_that_is_away_for_long_is_told_and_doctor_says_so_until_it_is_back(
    play: Play, server: ImapServer
) -> None:
    async with reading(play, server) as made:
        await until(lambda: server.logins == 1)
        server.hangs_up_at = "LOGIN"
        server.drop()
        await until(lambda: said_of(play) != "")
        assert "mailbox-away" not in play.admin_topics()
        play.now += timedelta(minutes=16)
        await until(lambda: "mailbox-away" in play.admin_topics())
        assert max(made.pauses) <= module.LONGEST_PAUSE
        server.hangs_up_at = ""
        await until(lambda: said_of(play) == "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"security": "tls"}, "certificate is not trusted"),
        ({"says": {"LOGIN": "NO [AUTHENTICATIONFAILED] wrong"}}, "refuses the login of alertd"),
        ({"says": {"SELECT": "OK [READ-ONLY] look"}}, "can only be read"),
        ({"says": {"SEARCH": "NO not now"}}, "the server says NO: not now"),
        ({"hangs_up_at": "SEARCH"}, "closed the connection"),
        ({"greeting": b"* OK" + b" ready" * 100, "drips": 0.05}, "came to no end"),
    ],
    ids=["certificate", "login", "read-only", "search", "hangs-up", "drips"],
)
async def test_whatever_keeps_it_from_being_read_is_told_and_holds_up_nothing(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], said: str
) -> None:
    context = make_authority(tmp_path).server_context if "security" in fields else None
    if "drips" in fields:
        monkeypatch.setattr(module, "LONGEST_CALL", 0.3)
    with ImapServer(context=context, **fields) as server:
        async with reading(play, server) as made:
            assert made.settings is not None
            made.settings = replace(made.settings, security=server.security)
            await until(lambda: said in said_of(play))
            tried = len(made.pauses)
            play.now += timedelta(minutes=16)
            await until(lambda: "mailbox-away" in play.admin_topics())
            await until(lambda: len(made.pauses) > tried)
            assert max(made.pauses) <= module.LONGEST_PAUSE


async def test_a_server_that_hangs_up_on_whoever_waits_is_asked_again_and_read(
    play: Play, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_often(monkeypatch)
    server.hangs_up_at = "IDLE"
    async with reading(play, server) as made:
        await until(lambda: len(made.pauses) == 3)
        uid = server.deliver(answer(play))
        await until(lambda: server.seen(uid))
        asked = len([said for _, said in server.heard if said == "NOOP"])
        await until(lambda: len([said for _, said in server.heard if said == "NOOP"]) > asked + 2)
        assert len(made.pauses) == 3
    assert said_of(play) == ""


async def test_a_mailbox_that_is_named_no_more_is_no_trouble_any_more(play: Play, server: ImapServer) -> None:
    server.says["LOGIN"] = "NO wrong"
    async with reading(play, server) as made:
        await until(lambda: said_of(play) != "")
        made.settings = None
        made.incoming.changed()
        await until(lambda: said_of(play) == "")


async def test_a_wrong_password_is_said_without_it(play: Play, server: ImapServer) -> None:
    async with reading(play, server) as made:
        assert made.settings is not None
        made.settings = replace(made.settings, password=Secret.plain("hunter2"))
        server.drop()
        await until(lambda: "AUTH" in said_of(play))
        assert "hunter2" not in said_of(play)
