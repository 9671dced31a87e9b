"""Log-in and encryption gone wrong: the configuration's fault, and never a password in the open."""

from __future__ import annotations

import pytest

from alertd.transports.base import Result
from alertd.transports.email import EmailOptions
from tests.support.mail import PASSWORD, attempt, outgoing, server_answering, transport_to
from tests.support.scripted_smtp import Peer, Script, ScriptedServer

pytestmark = pytest.mark.usefixtures("pipelining")


def server_with_log_in(*answers: str, methods: str = "PLAIN LOGIN") -> Script:
    async def script(peer: Peer) -> None:
        await peer.say("220 scripted")
        await peer.answer("250-scripted\r\n250 AUTH " + methods, *answers)
        await peer.silence()

    return script


async def test_a_refused_log_in_is_a_fault_of_the_configuration_and_tried_only_once():
    outcome, server = await attempt(
        server_with_log_in("535 5.7.8 wrong password"), username="alertd", password=PASSWORD
    )
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.RETRY, "auth", False)
    assert outcome.retry_after == 60
    assert len([line for line in server.lines if line.startswith("AUTH")]) == 1


async def test_a_server_that_echoes_the_log_in_gives_no_password_away():
    async def echoes(peer: Peer) -> None:
        await peer.say("220 scripted")
        await peer.answer("250-scripted\r\n250 AUTH PLAIN")
        line = await peer.hear()
        await peer.say(f"535 bad line: {line} for {PASSWORD}")

    outcome, server = await attempt(echoes, username="alertd", password=PASSWORD)
    assert server.lines[-1].startswith("AUTH PLAIN ")
    assert server.lines[-1].split()[-1] not in outcome.detail
    assert PASSWORD not in outcome.detail
    assert outcome.detail.count("***") == 2


async def test_a_log_in_that_fails_for_now_keeps_the_code_of_the_server():
    outcome, _ = await attempt(server_with_log_in("454 4.7.0 later"), username="alertd", password=PASSWORD)
    assert (outcome.result, outcome.code) == (Result.RETRY, "454")


async def test_a_server_without_log_in_is_a_fault_of_the_configuration():
    outcome, server = await attempt(server_answering("250 ok"), username="alertd", password=PASSWORD)
    assert (outcome.result, outcome.code) == (Result.RETRY, "auth")
    assert len(server.lines) == 1


@pytest.mark.parametrize("replies", [("530 5.7.0 log in first",), ("250 ok", "530 5.7.0 log in first")])
async def test_a_server_that_asks_for_a_log_in_is_a_fault_of_the_configuration(replies: tuple[str, ...]):
    outcome, _ = await attempt(server_answering(*replies))
    assert (outcome.result, outcome.code) == (Result.RETRY, "auth")


async def test_a_challenge_that_makes_no_sense_is_a_fault_of_the_protocol():
    outcome, _ = await attempt(
        server_with_log_in("250 hm", methods="CRAM-MD5"), username="alertd", password=PASSWORD
    )
    assert (outcome.result, outcome.code) == (Result.RETRY, "protocol")


async def test_an_open_line_gets_no_password_where_a_challenge_will_do():
    outcome, server = await attempt(
        server_with_log_in("334 PDEyMz4=", "535 no", methods="LOGIN PLAIN CRAM-MD5"), username="alertd"
    )
    assert outcome.code == "auth"
    assert server.lines[1] == "AUTH CRAM-MD5"


def test_the_password_is_not_shown_with_the_options():
    assert "secret" not in repr(
        EmailOptions(host="h", sender="a@example.org", username="u", password="secret")
    )


# STARTTLS ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offer", ["250 scripted", "250-scripted\r\n250 STARTTLS"])
async def test_without_the_demanded_starttls_nothing_goes_out_in_the_clear(offer: str):
    async def refuses_tls(peer: Peer) -> None:
        await peer.say("220 scripted")
        await peer.answer(offer, "454 4.7.0 no TLS today")
        await peer.silence()

    async with ScriptedServer(refuses_tls) as server:
        transport = transport_to(server.port, security="starttls", username="u", password=PASSWORD)
        outcome = await transport.send(outgoing())
        await transport.stop()
    assert (outcome.result, outcome.code) == (Result.RETRY, "no-starttls")
    assert {line.split()[0] for line in server.lines} <= {"EHLO", "STARTTLS"}


async def test_a_server_that_speaks_no_tls_on_a_tls_port_is_named_as_such():
    async def plain(peer: Peer) -> None:
        await peer.say("220 plain")
        await peer.silence()

    async with ScriptedServer(plain) as server:
        transport = transport_to(server.port, security="tls")
        outcome = await transport.send(outgoing())
        await transport.stop()
    assert (outcome.result, outcome.code) == (Result.RETRY, "tls")
