"""The real daemon as a process, a mail server that takes what it sends, and a real IMAP server: Dovecot.

People answer from their mailboxes, and mail servers say what they could not deliver: each is a file that is
put into the Maildir as a mail server does it, and is read over TLS.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.support.botapi import FakeBotAPI
from tests.support.burst import incident, ready_to_send, two_sites
from tests.support.daemon import Daemon, Site, until
from tests.support.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.support.replies import bounce, reply
from tests.support.smtp import Received, SmtpSink

pytestmark = pytest.mark.needs("dovecot")

DUTY, CHAT = "fang-yunzhou.government-office", 4242
ADDRESS = "fang-yunzhou.government-office@city.test"
UNIT = "justice-bureau"


@pytest.fixture
def box() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as server:
        yield server


@pytest.fixture
def site(tmp_path: Path, sink: SmtpSink, box: Dovecot) -> Site:
    site = Site(tmp_path)
    site.mail_to(sink.port)
    answers_at(site, box)
    return site


def answers_at(site: Site, box: Dovecot, security: str = "tls") -> None:
    port = box.port if security == "tls" else box.plain
    table = (
        '\n[mail-in]\nreplies = "alertd+{token}@city.test"\nbounces = "bounce+{token}@city.test"\n'
        f'host = "localhost"\nport = {port}\nsecurity = "{security}"\nca_file = "{box.ca_file}"\n'
        f'username = "{USER}"\npassword = {{ env = "IMAP_PASSWORD" }}\n'
    )
    shipped = re.compile(r"^\[mail-in\].*?(?=^\[)", re.MULTILINE | re.DOTALL)
    site.edit("config.toml", lambda old: shipped.sub("", old) + table)
    site.environ["IMAP_PASSWORD"] = PASSWORD


async def wait(happened: Any, what: str, box: Dovecot, *daemons: Daemon) -> Any:
    def said() -> str:
        return "\n\n".join([box.log(), *(daemon.output() for daemon in daemons)])

    return await asyncio.to_thread(until, happened, what, said)


def sent_to_duty(sink: SmtpSink) -> list[Received]:
    return [each for each in sink.messages if ADDRESS in each.recipients]


def acknowledged(site: Site) -> list[str]:
    return [row[0] for row in site.rows("select person from notices where acknowledged_at is not null")]


def states(site: Site) -> set[str]:
    query = "select state from deadlines where obligation = 'incident-information'"
    return {row[0] for row in site.rows(query)}


async def mailed(site: Site, sink: SmtpSink, box: Dovecot, *daemons: Daemon) -> EmailMessage:
    """The mail about an incident that the desk on duty gets."""
    await asyncio.to_thread(incident, site, "fire", [UNIT])
    await wait(lambda: sent_to_duty(sink), "a mail to the desk on duty", box, *daemons)
    return sent_to_duty(sink)[-1].mail


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_who_answers_a_mail_has_acknowledged_and_then_handed_in(
    tmp_path: Path, sink: SmtpSink, box: Dovecot, security: str
) -> None:
    site = Site(tmp_path)
    site.mail_to(sink.port)
    answers_at(site, box, security)
    site.go_live()
    with site.daemon() as daemon:
        mail = await mailed(site, sink, box, daemon)
        got = box.deliver(reply(mail["Reply-To"], "收到", ADDRESS))
        await wait(lambda: DUTY in acknowledged(site), "the acknowledgement", box, daemon)
        assert set(acknowledged(site)) == {DUTY}
        done = box.deliver(
            reply(mail["Reply-To"], "已報 全部，死亡0人", ADDRESS, files={"現場.pdf": b"%PDF-1.4 x"})
        )
        await wait(lambda: states(site) == {"done"}, "the report", box, daemon)
        await wait(lambda: box.flags(done) == {"S"} == box.flags(got), "the marks", box, daemon)
        assert site.rows("select name from evidence") != []
        stranger = box.deliver(reply("alertd@city.test", "hello", "x@elsewhere.test"))
        await wait(lambda: box.flags(stranger) == {"F", "S"}, "what is for people", box, daemon)
    assert daemon.events("mailbox-away") == []


async def test_a_mail_that_comes_back_goes_the_next_way(site: Site, sink: SmtpSink, box: Dovecot) -> None:
    async with FakeBotAPI() as bot:
        site.telegram_to(bot.url)
        site.chat(DUTY, CHAT, "email;telegram")
        site.go_live()
        with site.daemon() as daemon:
            await mailed(site, sink, box, daemon)
            assert not [call for call in bot.calls if call.method == "sendMessage"]
            name = box.deliver(bounce(sent_to_duty(sink)[-1].sender))
            sent = lambda: [call for call in bot.calls if call.method == "sendMessage"]  # noqa: E731
            (call,) = await wait(sent, "a chat message", box, daemon)
            assert call.params["chat_id"] == str(CHAT)
            await wait(lambda: box.flags(name) == {"S"}, "the mark", box, daemon)
        assert "5.1.1" in await asyncio.to_thread(site.run, "doctor", code=1)


async def test_a_mailbox_that_takes_no_login_holds_up_no_message_and_doctor_names_it(
    site: Site, sink: SmtpSink, box: Dovecot
) -> None:
    site.environ["IMAP_PASSWORD"] = "another"
    site.go_live()
    with site.daemon() as daemon:
        await wait(lambda: daemon.events("mailbox-away"), "the fault", box, daemon)
        mail = await mailed(site, sink, box, daemon)
        said = json.loads(await asyncio.to_thread(site.run, "doctor", "--json", code=1))
        (found,) = [check for check in said["checks"] if check["check"] == "mailbox"]
        assert found["level"] == "bad"
        assert "refuses the login of alertd" in found["items"][0]
        assert "another" not in daemon.output() + str(said)
    site.environ["IMAP_PASSWORD"] = PASSWORD
    box.deliver(reply(mail["Reply-To"], "收到", ADDRESS))
    with site.daemon() as daemon:
        await wait(lambda: DUTY in acknowledged(site), "what waited there", box, daemon)


@pytest.mark.needs("postgres")
async def test_of_two_nodes_one_reads_the_mailbox_and_the_other_when_that_one_dies(
    tmp_path: Path, postgres_url: str, sink: SmtpSink, box: Dovecot
) -> None:
    sites = two_sites(tmp_path, postgres_url)
    for each in sites:
        answers_at(each, box)
    ready_to_send(sites, sink)
    one, two = sites[0].daemon(), sites[1].daemon()
    try:
        one.start()
        two.start()
        mail = await mailed(sites[0], sink, box, one, two)
        box.deliver(reply(mail["Reply-To"], "收到", ADDRESS))
        await wait(lambda: DUTY in acknowledged(sites[0]), "the acknowledgement", box, one, two)
        reader, other = (one, two) if one.events("mail-taken-in") else (two, one)
        assert (len(reader.events("mail-taken-in")), other.events("mail-taken-in")) == (1, [])
        assert "mail-in alertd@localhost/INBOX" in await asyncio.to_thread(sites[0].run, "nodes")
        await asyncio.to_thread(reader.kill)
        box.deliver(reply(mail["Reply-To"], "已報 全部", ADDRESS))
        await wait(lambda: states(sites[0]) == {"done"}, "what the other one reads", box, one, two)
        assert len(other.events("mail-taken-in")) == 1
    finally:
        for daemon in (one, two):
            if not daemon.ended():
                daemon.stop()
