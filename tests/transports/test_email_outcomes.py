"""What the mail transport makes of a server's answers: taken, not now, not ever."""

from __future__ import annotations

import pytest

from alertd.transports.base import Outcome, Result
from tests.support.mail import attempt, outgoing, server_answering, transport_to
from tests.support.scripted_smtp import Peer, ScriptedServer

pytestmark = pytest.mark.usefixtures("pipelining")


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


@pytest.mark.parametrize("answer", ["550 5.1.0 sender unknown", "550 Connection frequency limited"])
async def test_a_refused_sender_is_neither_the_address_fault_nor_the_end_of_the_message(answer: str):
    outcome, _ = await attempt(server_answering(answer))
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.RETRY, "550", False)


async def test_greylisting_is_retried_and_the_next_attempt_succeeds(pipelining: bool):
    data = ["503 no recipients"] if pipelining else []
    polite = server_answering(
        "250 ok", "451 4.7.1 greylisted", *data, "250 reset", "250 ok", "250 ok", "354 go"
    )
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
