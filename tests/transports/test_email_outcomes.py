"""What the mail transport says of servers that refuse, hang, break off or lie: each test is one of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from alertd.transports.base import Outcome, Outgoing, Result
from alertd.transports.email import EmailOptions, EmailTransport
from tests.support.scripted_smtp import Peer, Script, ScriptedServer

PASSWORD = "correct horse 電池"
#: Seconds. Long enough for a busy machine to answer on loopback, short where a test waits for it to pass.
ENOUGH, SHORT = 10.0, 0.15


def outgoing(address: str = "li@example.org") -> Outgoing:
    return Outgoing(
        delivery=1, address=address, name="李明", message_id="d1@example.org", thread=None,
        subject="臨期", text="請報送", html="<p>請報送</p>",
    )  # fmt: skip


def transport_to(port: int, **options: Any) -> EmailTransport:
    defaults: dict[str, Any] = {
        "host": "127.0.0.1",
        "security": "none",
        "sender": "alertd@example.org",
        "timeout": ENOUGH,
    }
    return EmailTransport(EmailOptions(port=port, **defaults | options))


async def attempt(
    *scripts: Script, address: str = "li@example.org", **options: Any
) -> tuple[Outcome, ScriptedServer]:
    async with ScriptedServer(*scripts) as server:
        transport = transport_to(server.port, **options)
        outcome = await transport.send(outgoing(address))
        await transport.stop()
        return outcome, server


def server_answering(*replies: str, receipt: str | bytes = "250 queued") -> Script:
    """Greets, gives these replies to MAIL, RCPT ...; after a 354 takes the message and says `receipt`."""

    async def script(peer: Peer) -> None:
        await peer.greet()
        for reply in replies:
            await peer.answer(reply)
            if reply.startswith("354"):
                await peer.message()
                await peer.say(receipt)
        if await peer.hear() == "QUIT":
            await peer.say("221 bye")
        await peer.silence()

    return script


async def test_a_message_the_server_takes_is_accepted_with_its_receipt_as_detail():
    outcome, _ = await attempt(
        server_answering("250 ok", "250 ok", "354 go", receipt="250 2.0.0 queued as 77")
    )
    assert outcome == Outcome(Result.ACCEPTED, "250", "2.0.0 queued as 77")


@pytest.mark.parametrize("refusal", ["550 5.1.1 no such user", "551 5.1.6 moved", "553 5.1.3 bad syntax"])
async def test_a_mailbox_that_does_not_exist_is_refused_and_the_address_is_dead(refusal: str):
    outcome, _ = await attempt(server_answering("250 ok", refusal))
    assert outcome == Outcome(Result.REFUSED, refusal[:3], refusal[4:], address_dead=True)


@pytest.mark.parametrize(
    "refusal",
    ["550 User suspended or spam", "550 5.7.1 policy", "552 5.2.2 full", "554 5.1.1 x", "550 5.1.8 you"],
)
async def test_a_refusal_that_does_not_say_the_mailbox_is_missing_leaves_the_address_alive(refusal: str):
    outcome, _ = await attempt(server_answering("250 ok", refusal))
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.REFUSED, refusal[:3], False)


async def test_a_refusal_after_the_message_was_read_is_a_refusal():
    outcome, _ = await attempt(server_answering("250 ok", "250 ok", "354 go", receipt="554 5.7.1 spam"))
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.REFUSED, "554", False)


async def test_a_missing_mailbox_found_out_only_after_the_message_is_dead_too():
    outcome, _ = await attempt(server_answering("250 ok", "250 ok", "354 go", receipt="550 5.1.1 nobody"))
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)


async def test_a_refused_sender_is_not_the_address_fault():
    outcome, _ = await attempt(server_answering("550 5.1.0 sender unknown"))
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.REFUSED, "550", False)


async def test_greylisting_is_retried_and_the_next_attempt_succeeds():
    polite = server_answering("250 ok", "451 4.7.1 greylisted", "250 reset", "250 ok", "250 ok", "354 go")
    async with ScriptedServer(polite) as server:
        transport = transport_to(server.port)
        first, second = await transport.send(outgoing()), await transport.send(outgoing())
        await transport.stop()
    assert first == Outcome(Result.RETRY, "451", "4.7.1 greylisted")
    assert second.result is Result.ACCEPTED
    assert server.connections == 1
    assert server.lines.count("RSET") == 1


@pytest.mark.parametrize("where", [0, 1, 2, 3])
async def test_a_server_that_is_closing_down_is_retried_wherever_it_says_so(where: int):
    replies = ["250 ok", "250 ok", "354 go"][:where]
    script = (
        server_answering(*replies, receipt="421 closing")
        if where == 3
        else server_answering(*replies, "421 closing")
    )
    outcome, _ = await attempt(script)
    assert (outcome.result, outcome.code) == (Result.RETRY, "421")


async def test_a_temporary_failure_after_the_message_is_retried():
    outcome, _ = await attempt(server_answering("250 ok", "250 ok", "354 go", receipt="452 4.3.1 disk full"))
    assert (outcome.result, outcome.code) == (Result.RETRY, "452")


async def test_a_greeting_of_554_concerns_the_session_and_is_retried():
    async def unwilling(peer: Peer) -> None:
        await peer.say("554 no mail service here")

    outcome, _ = await attempt(unwilling)
    assert (outcome.result, outcome.code) == (Result.RETRY, "554")


async def test_a_server_that_knows_no_ehlo_is_greeted_the_old_way():
    async def old(peer: Peer) -> None:
        await peer.say("220 old")
        await peer.answer("502 what?", "250 old", "250 ok", "250 ok", "354 go")
        await peer.message()
        await peer.say("250 ok")

    outcome, server = await attempt(old)
    assert outcome.result is Result.ACCEPTED
    assert [line[:4] for line in server.lines[:2]] == ["EHLO", "HELO"]


# Silence ----------------------------------------------------------------------------------------------------


async def hangs_at_the_greeting(peer: Peer) -> None:
    await peer.silence()


async def hangs_at_ehlo(peer: Peer) -> None:
    await peer.say("220 scripted")
    await peer.silence()


@pytest.mark.parametrize(
    "script",
    [
        hangs_at_the_greeting,
        hangs_at_ehlo,
        server_answering(),
        server_answering("250 ok"),
        server_answering("250 ok", "250 ok"),
    ],
    ids=["greeting", "ehlo", "mail", "rcpt", "data"],
)
async def test_a_server_that_hangs_before_the_message_is_retried_when_the_time_is_up(script: Script):
    async with asyncio.timeout(ENOUGH):
        outcome, _ = await attempt(script, timeout=SHORT)
    assert (outcome.result, outcome.code) == (Result.RETRY, "timeout")


async def hangs_after_the_message(peer: Peer) -> None:
    await peer.greet()
    await peer.answer("250 ok", "250 ok", "354 go")
    await peer.message()
    await peer.silence()


async def test_a_server_that_hangs_after_the_message_leaves_it_unknown():
    outcome, _ = await attempt(hangs_after_the_message, timeout=SHORT)
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "timeout")


async def test_a_server_that_sends_without_end_is_cut_off_by_the_time_limit():
    async def drips(peer: Peer) -> None:
        while True:
            await peer.say(b"2")
            await asyncio.sleep(0.01)

    async with asyncio.timeout(ENOUGH):
        outcome, _ = await attempt(drips, timeout=SHORT)
    assert (outcome.result, outcome.code) == (Result.RETRY, "timeout")


async def test_waiting_for_a_free_connection_ends_in_time_too():
    transport = EmailTransport(
        EmailOptions(host="127.0.0.1", security="none", sender="a@example.org", timeout=SHORT, connections=1)
    )
    await transport._pool._free.acquire()  # another attempt has it and will not be done in time
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.code) == (Result.RETRY, "timeout")
    assert outcome.detail == "no answer in time while waiting for a free connection"


async def test_stopping_does_not_wait_for_a_server_that_says_no_good_bye(monkeypatch: pytest.MonkeyPatch):
    async def takes_one_and_falls_silent(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "250 ok", "354 go")
        await peer.message()
        await peer.say("250 ok")
        await peer.silence()

    monkeypatch.setattr("alertd.transports.email.pool.GOODBYE_SECONDS", 0.05)
    async with asyncio.timeout(ENOUGH):
        outcome, _ = await attempt(takes_one_and_falls_silent)
    assert outcome.result is Result.ACCEPTED


# Breaking off -----------------------------------------------------------------------------------------------


async def test_nobody_listening_is_retried():
    async with ScriptedServer(hangs_at_the_greeting) as server:
        pass
    transport = transport_to(server.port)
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.code) == (Result.RETRY, "connect")
    assert "check host and port" in outcome.detail


async def test_a_host_name_that_does_not_exist_is_retried():
    transport = EmailTransport(
        EmailOptions(host="mail.invalid", security="none", sender="a@example.org", timeout=ENOUGH)
    )
    assert (await transport.send(outgoing())).result is Result.RETRY


async def test_a_connection_closed_before_the_greeting_is_retried():
    async def slams_the_door(peer: Peer) -> None:
        pass

    outcome, _ = await attempt(slams_the_door)
    assert (outcome.result, outcome.code) == (Result.RETRY, "connect")


async def test_a_connection_lost_before_the_message_is_retried():
    async def leaves_at_data(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "250 ok")
        await peer.hear()

    outcome, _ = await attempt(leaves_at_data)
    assert (outcome.result, outcome.code) == (Result.RETRY, "connection-lost")


async def test_a_connection_lost_inside_the_message_leaves_it_unknown():
    async def leaves_inside_data(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "250 ok", "354 go")
        await peer.hear()

    outcome, _ = await attempt(leaves_inside_data)
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "connection-lost")


async def test_a_connection_lost_after_the_dot_leaves_it_unknown():
    async def leaves_after_the_dot(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "250 ok", "354 go")
        await peer.message()

    outcome, _ = await attempt(leaves_after_the_dot)
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "connection-lost")


# Lies -------------------------------------------------------------------------------------------------------

GARBAGE = [
    b"\x16\x03\x01 \xff\xfe\r\n",
    b"HTTP/1.1 400 Bad Request\r\n",
    b"999 hello\r\n",
    b"\r\n",
    b"-12 x\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_a_greeting_that_is_none_is_retried_as_a_fault_of_the_protocol(garbage: bytes):
    async def babbles(peer: Peer) -> None:
        await peer.say(garbage)
        await peer.silence()

    outcome, _ = await attempt(babbles)
    assert (outcome.result, outcome.code) == (Result.RETRY, "protocol")
    outcome.detail.encode()  # a receipt is stored as UTF-8


@pytest.mark.parametrize(
    "reply", [b"garbage\r\n", b"250-" + b"x" * 100_000, b"250-a\r\n" * 20_000, b"354 go\r\n"]
)
async def test_an_answer_that_is_none_is_retried_as_a_fault_of_the_protocol(reply: bytes):
    async def babbles(peer: Peer) -> None:
        await peer.greet()
        await peer.answer(reply)
        await peer.silence()

    outcome, _ = await attempt(babbles)
    assert (outcome.result, outcome.code) == (Result.RETRY, "protocol")
    assert len(outcome.detail) <= 300


async def test_a_receipt_that_is_none_leaves_the_message_unknown():
    outcome, _ = await attempt(server_answering("250 ok", "250 ok", "354 go", receipt=b"thanks!\r\n"))
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "protocol")


async def test_a_connection_that_is_out_of_step_is_not_used_again():
    async with ScriptedServer(server_answering("354 too early"), server_answering("250 ok")) as server:
        transport = transport_to(server.port, timeout=SHORT)
        await transport.send(outgoing())
        await transport.send(outgoing())
        await transport.stop()
    assert server.connections == 2


# Log-in -----------------------------------------------------------------------------------------------------


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


# Several addresses ------------------------------------------------------------------------------------------

TWO = "li@example.org, wang@example.org"


async def test_of_two_addresses_with_one_refused_the_message_is_accepted_and_the_refused_one_named():
    outcome, _ = await attempt(
        server_answering("250 ok", "250 ok", "550 5.1.1 nobody", "354 go"), address=TWO
    )
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.ACCEPTED, "partial", False)
    assert outcome.detail == "refused for: wang@example.org (550 5.1.1 nobody)"


async def test_of_two_addresses_with_one_refused_for_now_and_one_for_good_the_message_is_retried():
    outcome, _ = await attempt(server_answering("250 ok", "550 5.1.1 nobody", "451 later"), address=TWO)
    assert (outcome.result, outcome.code) == (Result.RETRY, "451")


async def test_two_addresses_without_a_mailbox_are_dead():
    outcome, _ = await attempt(server_answering("250 ok", "550 5.1.1 a", "550 5.1.1 b"), address=TWO)
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@example.org", "a@b@", "a@example.org>\r\nRCPT TO:<x@y"]
)
async def test_what_is_no_address_is_refused_without_asking_the_server(address: str):
    outcome, server = await attempt(server_answering(), address=address)
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.REFUSED, "bad-address", True)
    assert server.connections == 0


async def test_an_address_that_is_not_ascii_is_refused_by_a_server_without_smtputf8():
    outcome, server = await attempt(server_answering("250 ok"), address="李明@example.org")
    assert (outcome.result, outcome.code) == (Result.REFUSED, "no-smtputf8")
    assert not any(line.startswith("MAIL") for line in server.lines)


# Cancelling -------------------------------------------------------------------------------------------------


async def test_a_cancelled_attempt_frees_its_connection():
    heard = asyncio.Event()

    async def hears_and_says_nothing(peer: Peer) -> None:
        await peer.greet()
        await peer.hear()
        heard.set()
        await peer.silence()

    async with ScriptedServer(
        hears_and_says_nothing, server_answering("250 ok", "250 ok", "354 go")
    ) as server:
        transport = transport_to(server.port, connections=1)
        task = asyncio.create_task(transport.send(outgoing()))
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()
    assert server.connections == 2


async def test_a_connection_that_could_not_be_opened_frees_its_place():
    async def unwilling(peer: Peer) -> None:
        await peer.say("554 no mail service here")

    async with ScriptedServer(unwilling, server_answering("250 ok", "250 ok", "354 go")) as server:
        transport = transport_to(server.port, connections=1, timeout=2.0)
        assert (await transport.send(outgoing())).code == "554"
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()
