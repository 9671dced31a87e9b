"""One attempt of the mail transport against a scripted server."""

from __future__ import annotations

from typing import Any

from alertd.transports.base import Outcome, Outgoing
from alertd.transports.email import EmailOptions, EmailTransport
from tests.support.scripted_smtp import Peer, Script, ScriptedServer

PASSWORD = "correct horse 電池"
#: Seconds. Long enough for a busy machine to answer on loopback, short where a test waits for it to pass.
ENOUGH, SHORT = 10.0, 0.15


def outgoing(address: str = "li@example.org") -> Outgoing:
    return Outgoing(
        delivery=1, address=address, name="李明", message_id="d1@example.org", thread=(),
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
