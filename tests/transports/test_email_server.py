"""The mail transport against a real SMTP server: TLS, log-in, kept connections."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alertd.transports.base import Outgoing, Result, Transport
from alertd.transports.email import EmailOptions, EmailTransport, pool
from alertd.transports.email.connection import Connection
from alertd.transports.email.outcome import Progress
from tests.support.certificates import Authority, make_authority
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.usefixtures("pipelining")

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LOGIN = ("alertd", "correct horse 電池")


def outgoing(number: int = 1, address: str = "li@example.org", text: str = "請於今日報送。") -> Outgoing:
    return Outgoing(
        delivery=number, address=address, name="李明", message_id=f"d{number}@example.org", thread=(),
        subject=f"[提醒] 第{number}件", text=text, html=f"<p>{text}</p>",
    )  # fmt: skip


Connect = Callable[..., EmailTransport]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Makes transports to a sink and stops them at the end."""
    made: list[EmailTransport] = []

    def make(sink: SmtpSink, **options: Any) -> EmailTransport:
        defaults: dict[str, Any] = {
            "host": "localhost",
            "security": "none",
            "sender": "督查室 <alertd@example.org>",
        }
        made.append(EmailTransport(EmailOptions(port=sink.port, **defaults | options), now=lambda: NOW))
        return made[-1]

    yield make
    for transport in made:
        await transport.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


async def test_a_message_arrives_whole(connect: Connect):
    async with SmtpSink() as sink:
        transport: Transport = connect(sink)
        await transport.start()
        outcome = await transport.send(outgoing(text="第一行\n.\n..兩點\n"))
        await transport.stop()
    assert (outcome.result, outcome.code) == (Result.ACCEPTED, "250")
    [received] = sink.messages
    assert (received.sender, received.recipients) == ("alertd@example.org", ("li@example.org",))
    assert received.mail["Subject"] == "[提醒] 第1件"
    assert received.mail["Date"].datetime == NOW
    body = received.mail.get_body(("plain",))
    assert body is not None
    assert body.get_content() == "第一行\r\n.\r\n..兩點\r\n"


async def test_a_message_may_come_back_to_an_address_of_its_own(connect: Connect):
    async with SmtpSink() as sink:
        transport: Transport = connect(sink)
        for sender in ("bounce+x-y@example.org", ""):
            outcome = await transport.send(replace(outgoing(), sender=sender))
            assert outcome.result is Result.ACCEPTED
    assert [each.sender for each in sink.messages] == ["bounce+x-y@example.org", "alertd@example.org"]
    assert all(each.mail["From"].addresses[0].addr_spec == "alertd@example.org" for each in sink.messages)


async def test_a_line_that_begins_with_a_dot_keeps_it(connect: Connect):
    async with SmtpSink() as sink:
        transport = connect(sink)
        transport._composer.compose = lambda *_: b"Subject: x\r\n\r\n.\r\n.a\r\n"  # type: ignore[method-assign]
        await transport.send(outgoing())
    assert sink.messages[0].data == b"Subject: x\r\n\r\n.\r\n.a\r\n"


async def test_starttls_with_a_private_authority_and_a_log_in(connect: Connect, authority: Authority):
    async with SmtpSink(security="starttls", context=authority.server_context, login=LOGIN) as sink:
        transport = connect(
            sink, security="starttls", ca_file=authority.ca_file, username=LOGIN[0], password=LOGIN[1]
        )
        outcome = await transport.send(outgoing())
        await transport.stop()
    assert outcome.result is Result.ACCEPTED
    assert (len(sink.messages), sink.logins) == (1, 1)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_tls_from_the_first_byte_with_a_private_authority(
    connect: Connect, authority: Authority, host: str
):
    async with SmtpSink(security="tls", context=authority.server_context) as sink:
        transport = connect(sink, host=host, security="tls", ca_file=authority.ca_file)
        outcome = await transport.send(outgoing())
        await transport.stop()
    assert outcome.result is Result.ACCEPTED
    assert len(sink.messages) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    connect: Connect, authority: Authority, security: Any
):
    async with SmtpSink(security=security, context=authority.server_context) as sink:
        outcome = await connect(sink, security=security).send(outgoing())
    assert (outcome.result, outcome.code) == (Result.RETRY, "tls-certificate")
    assert "check host and ca_file" in outcome.detail
    assert not sink.commands


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_for_another_host_is_not_trusted(connect: Connect, tmp_path: Path, security: Any):
    other = make_authority(tmp_path, host="mail.example.org")
    async with SmtpSink(security=security, context=other.server_context) as sink:
        outcome = await connect(sink, security=security, ca_file=other.ca_file).send(outgoing())
    assert (outcome.result, outcome.code) == (Result.RETRY, "tls-certificate")
    assert "localhost" in outcome.detail


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_an_authority_file_that_cannot_be_read_is_named_and_read_again_later(
    connect: Connect, authority: Authority, tmp_path: Path, content: str | None
):
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    async with SmtpSink(security="tls", context=authority.server_context) as sink:
        transport = connect(sink, security="tls", ca_file=str(ca_file))
        outcome = await transport.send(outgoing())
        assert (outcome.result, outcome.code) == (Result.RETRY, "ca-file")
        assert outcome.detail.startswith(f"{ca_file}: ")
        shutil.copy(authority.ca_file, ca_file)
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()


async def test_an_authority_that_is_renewed_in_its_file_is_trusted_at_the_next_try(
    connect: Connect, authority: Authority, tmp_path: Path
):
    (tmp_path / "old").mkdir()
    ca_file = Path(make_authority(tmp_path / "old").ca_file)
    async with SmtpSink(security="tls", context=authority.server_context) as sink:
        transport = connect(sink, security="tls", ca_file=str(ca_file))
        assert (await transport.send(outgoing())).result is Result.RETRY
        shutil.copy(authority.ca_file, ca_file)
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()


async def test_a_wrong_password_is_a_fault_of_the_configuration(connect: Connect, authority: Authority):
    async with SmtpSink(security="starttls", context=authority.server_context, login=LOGIN) as sink:
        transport = connect(
            sink, security="starttls", ca_file=authority.ca_file, username=LOGIN[0], password="wrong-password"
        )
        outcome = await transport.send(outgoing())
        await transport.stop()
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.RETRY, "auth", False)
    assert "wrong-password" not in str(outcome)
    assert sink.logins == 1


async def test_many_messages_share_a_few_connections(connect: Connect):
    async with SmtpSink() as sink:
        transport = connect(sink, connections=4)
        outcomes = await asyncio.gather(*(transport.send(outgoing(number)) for number in range(40)))
        await transport.stop()
    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert sorted(r.mail["Message-ID"] for r in sink.messages) == sorted(
        f"<d{n}@example.org>" for n in range(40)
    )
    assert 1 <= sink.connections <= 4


async def test_a_kept_connection_needs_no_reset_after_a_message_that_went_through(connect: Connect):
    async with SmtpSink() as sink:
        transport = connect(sink)
        await transport.send(outgoing(1))
        await transport.send(outgoing(2))
    assert sink.connections == 1
    assert sink.commands == ["MAIL", "RCPT", "DATA"] * 2


@pytest.mark.parametrize(("verb", "asked"), [("RCPT", ["MAIL", "RCPT"]), ("DATA", ["MAIL", "RCPT", "DATA"])])
async def test_after_a_refusal_the_kept_connection_starts_afresh(
    connect: Connect, verb: str, asked: list[str]
):
    async with SmtpSink(replies={verb: ["550 5.7.1 no"]}) as sink:
        transport = connect(sink)
        assert (await transport.send(outgoing(1))).result is Result.REFUSED
        assert (await transport.send(outgoing(2))).result is Result.ACCEPTED
    assert sink.connections == 1
    assert sink.commands == [*asked, "RSET", "MAIL", "RCPT", "DATA"]
    assert [received.mail["Message-ID"] for received in sink.messages] == ["<d2@example.org>"]


async def test_connections_the_server_has_closed_are_opened_again(connect: Connect):
    async with SmtpSink() as sink:
        transport = connect(sink)
        await transport.send(outgoing(1))
        await _dropped(sink, transport._pool._idle[0])
        assert (await transport.send(outgoing(2))).result is Result.ACCEPTED
    assert sink.connections == 2


async def test_a_kept_connection_the_server_is_just_closing_costs_no_attempt(connect: Connect):
    async with SmtpSink() as sink:
        transport = connect(sink)
        await transport.send(outgoing(1))
        sink.drop_all()  # the transport has not heard of it yet
        assert (await transport.send(outgoing(2))).result is Result.ACCEPTED
    assert sink.connections == 2
    assert len(sink.messages) == 2


async def test_a_kept_connection_the_server_is_tired_of_costs_no_attempt(connect: Connect):
    async with SmtpSink(replies={"MAIL": ["", "421 4.4.2 idle too long"]}) as sink:
        transport = connect(sink)
        await transport.send(outgoing(1))
        assert (await transport.send(outgoing(2))).result is Result.ACCEPTED
    assert sink.connections == 2


async def test_a_kept_connection_that_is_gone_is_not_lent(connect: Connect):
    async with SmtpSink() as sink:
        kept = connect(sink)._pool
        gone = await kept.take(Progress())
        kept.give_back(gone)
        await _dropped(sink, gone)
        lent = await kept.take(Progress())
        assert lent.usable
        kept.give_back(lent)
    assert sink.connections == 2


async def test_a_connection_given_back_broken_is_not_kept(connect: Connect):
    async with SmtpSink() as sink:
        kept = connect(sink)._pool
        lent = await kept.take(Progress())
        await _dropped(sink, lent)
        kept.give_back(lent)
        assert kept._idle == []


async def test_a_connection_given_back_after_the_good_byes_is_closed(connect: Connect):
    async with SmtpSink() as sink:
        kept = connect(sink)._pool
        lent = await kept.take(Progress())
        await kept.close()
        assert lent.usable  # its attempt is still under way
        kept.give_back(lent)
        await _gone(lent)


async def _dropped(sink: SmtpSink, connection: Connection) -> None:
    """The server closes every connection, and we hear of it."""
    sink.drop_all()
    await _gone(connection)


async def _gone(connection: Connection) -> None:
    for _ in range(1000):  # turns of the loop; it takes a few
        if connection.usable:
            await asyncio.sleep(0)
    assert not connection.usable


async def test_connections_nobody_uses_are_closed(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0.02)
    async with SmtpSink() as sink:
        transport = connect(sink)
        await transport.send(outgoing(1))
        await asyncio.sleep(0.1)
        assert transport._pool._idle == []
        assert (await transport.send(outgoing(2))).result is Result.ACCEPTED
    assert sink.connections == 2


async def test_the_server_of_a_redirected_message_hears_every_address_once(connect: Connect):
    async with SmtpSink() as sink:
        await connect(sink).send(outgoing(address="a@example.org, b@example.org, a@example.org"))
    assert sink.messages[0].recipients == ("a@example.org", "b@example.org")


async def test_of_several_addresses_what_is_none_is_named_and_the_rest_are_served(connect: Connect):
    async with SmtpSink() as sink:
        outcome = await connect(sink).send(outgoing(address="a@example.org, nobody"))
    assert (outcome.result, outcome.code) == (Result.ACCEPTED, "partial")
    assert outcome.detail == "refused for: nobody (bad-address not a mail address)"


async def test_an_address_that_is_not_ascii_goes_to_a_server_with_smtputf8(connect: Connect):
    async with SmtpSink(smtputf8=True) as sink:
        outcome = await connect(sink).send(outgoing(address="李明@example.org"))
    assert outcome.result is Result.ACCEPTED
    assert sink.messages[0].recipients == ("李明@example.org",)
    assert "\r\n <李明@example.org>\r\n".encode() in sink.messages[0].data


async def test_a_domain_that_is_not_ascii_needs_no_smtputf8(connect: Connect):
    async with SmtpSink(smtputf8=False) as sink:
        outcome = await connect(sink).send(outgoing(address="li@東河.example"))
    assert outcome.result is Result.ACCEPTED
    assert sink.messages[0].recipients == ("li@xn--7rvy0j.example",)


async def test_of_two_addresses_a_server_without_smtputf8_serves_the_ascii_one(connect: Connect):
    async with SmtpSink(smtputf8=False) as sink:
        outcome = await connect(sink).send(outgoing(address="li@example.org, 李明@example.org"))
    assert (outcome.result, outcome.code) == (Result.ACCEPTED, "partial")
    assert sink.messages[0].data.isascii()


def test_the_sink_as_a_process_writes_each_message_to_a_file(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "tests.support.smtp",
        "--port",
        "0",
        "--maildir",
        str(tmp_path),
        "--delay",
        "1",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())

            async def send_two() -> None:
                options = EmailOptions(
                    host="127.0.0.1", port=port, security="none", sender="alertd@example.org"
                )
                transport = EmailTransport(options)
                await transport.send(outgoing(1))
                await transport.send(outgoing(2))
                await transport.stop()

            asyncio.run(send_two())
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["000001.eml", "000002.eml"]
    assert b"Message-ID: <d2@example.org>" in files[1].read_bytes()
