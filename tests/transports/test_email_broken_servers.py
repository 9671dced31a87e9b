"""What the mail transport makes of servers that hang, break off or lie: each test is one of them."""

from __future__ import annotations

import asyncio
import socket
from typing import NoReturn

import pytest

from alertd.transports.base import Result
from alertd.transports.email import EmailOptions, EmailTransport
from tests.support.mail import ENOUGH, SHORT, attempt, outgoing, server_answering, transport_to
from tests.support.scripted_smtp import Peer, Script, ScriptedServer

pytestmark = pytest.mark.usefixtures("pipelining")

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


async def test_a_host_name_that_does_not_exist_is_retried(monkeypatch: pytest.MonkeyPatch):
    async def unknown(*args: object, **options: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    transport = EmailTransport(
        EmailOptions(host="mail.invalid", security="none", sender="a@example.org", timeout=ENOUGH)
    )
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.code) == (Result.RETRY, "connect")
    assert "Name or service not known" in outcome.detail


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


async def test_after_one_kept_connection_has_failed_the_others_are_not_tried():
    both_are_open = asyncio.Barrier(2)

    async def tires_after_one_message(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "250 ok", "354 go")
        await peer.message()
        await both_are_open.wait()
        await peer.say("250 queued")
        await peer.answer("421 4.4.2 idle too long")
        await peer.silence()

    tired, awake = tires_after_one_message, server_answering("250 ok", "250 ok", "354 go")
    async with ScriptedServer(tired, tired, awake) as server:
        transport = transport_to(server.port, connections=2)
        await asyncio.gather(transport.send(outgoing()), transport.send(outgoing()))
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()
    assert server.connections == 3


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


# Several commands at once (RFC 2920) ------------------------------------------------------------------------


async def test_a_refused_recipient_leaves_a_connection_that_can_be_used_again(pipelining: bool):
    """A server that waits for the mail all the same, as RFC 2920 allows, gets an empty one to nobody."""

    async def refuses_one_and_takes_one(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "550 5.1.1 no such user")
        if pipelining:
            await peer.answer("354 go on")
            assert await peer.hear() == "."
            await peer.say("554 no valid recipients")
        await peer.answer("250 forgotten", "250 ok", "250 ok", "354 go on")
        await peer.message()
        await peer.say("250 queued")
        await peer.silence()

    async with ScriptedServer(refuses_one_and_takes_one) as server:
        transport = transport_to(server.port, connections=1)
        assert (await transport.send(outgoing())).result is Result.REFUSED
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()
    assert server.connections == 1


async def test_a_refusal_stands_even_if_the_server_then_falls_silent(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("alertd.transports.email.connection.TAKE_BACK_SECONDS", 0.05)

    async def refuses_and_hangs(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("552 5.2.2 sender over quota")
        await peer.silence()

    outcome, _ = await attempt(refuses_and_hangs)
    assert (outcome.result, outcome.code) == (Result.RETRY, "552")


async def test_all_replies_may_come_in_one_packet():
    async def answers_together(peer: Peer) -> None:
        await peer.say("220 scripted")
        await peer.hear()
        await peer.say("250-scripted", "250 PIPELINING")
        for _ in range(3):
            await peer.hear()
        await peer.say(b"250 ok\r\n250-ok\r\n250 ok\r\n354 go\r\n")
        await peer.message()
        await peer.say("250 queued")

    outcome, _ = await attempt(answers_together)
    assert outcome.result is Result.ACCEPTED


async def test_a_server_that_says_something_unasked_is_not_used_again():
    async def talks(peer: Peer) -> None:
        await peer.greet()
        await peer.answer("250 ok", "250 ok", "354 go")
        await peer.message()
        await peer.say(b"250 queued\r\n250 and another thing\r\n")
        await peer.silence()

    async with ScriptedServer(talks) as server:
        transport = transport_to(server.port, connections=1)
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        assert (await transport.send(outgoing())).result is Result.ACCEPTED
        await transport.stop()
    assert server.connections == 2
