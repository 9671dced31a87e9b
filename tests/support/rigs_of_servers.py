"""Mail and the Bot API together with their servers, for the contract that all transports keep."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from alertd.testing import Way, outgoing
from alertd.transports.base import Outgoing, Reported, Transport
from tests.support.botapi import DROP, HANG, TOKEN, FakeBotAPI
from tests.support.mail import transport_to
from tests.support.scripted_smtp import Peer, Script, ScriptedServer
from tests.support.smtp import SmtpSink
from tests.support.telegram import CHAT, Desk, build

#: a port on which nobody listens
_NOBODY = 1
_SHORT, _ENOUGH = 0.5, 5.0


class ServerRig:
    """What both have in common; see alertd.testing.Rig."""

    secrets: Sequence[str] = ()
    wait: float | None = None
    longest: int | None = None
    lacks: Mapping[Way, str] = {}

    message: Outgoing

    async def facing(self, way: Way) -> Transport:
        raise NotImplementedError

    def heard(self) -> Sequence[str]:
        raise NotImplementedError

    def measure(self, shown: str) -> int:
        return len(shown)

    def later(self, delivered: bool) -> Sequence[Reported] | None:
        return None

    def keys(self) -> Sequence[str] | None:
        return None


class TelegramRig(ServerRig):
    """A bot. Its server counts UTF-16 units and takes 4096 of them."""

    message: Outgoing = outgoing(str(CHAT))
    secrets: Sequence[str] = (TOKEN.partition(":")[2],)
    wait: float | None = 3.0
    longest: int | None = 4096
    lacks: Mapping[Way, str] = {Way.DRIPS: "its library reads an answer whole: as one that says nothing"}
    _FAULTS: Mapping[Way, tuple[int, dict[str, object]]] = {
        Way.ERROR_INSIDE: (200, {"body": '{"ok":false,"error_code":400,"description":"Bad Request: x"}'}),
        Way.PARTLY: (403, {"skip": 1}),
        Way.LATER: (429, {"retry_after": 3}),
        Way.REFUSES: (400, {"description": "Bad Request: message is too long"}),
        Way.DEAD: (403, {}),
        Way.DENIED: (401, {}),
        Way.BUSY: (500, {}),
        Way.REDIRECTS: (302, {"body": "{}", "location": "/elsewhere"}),
        Way.SILENT: (HANG, {}),
        Way.DROPPED: (DROP, {}),
        Way.GARBAGE: (200, {"body": "<html>please log in</html>"}),
        Way.EMPTY: (200, {"body": " "}),
        Way.HUGE: (200, {"body": "x" * 200_000}),
        Way.ECHO: (400, {"description": f"Bad Request: {TOKEN}"}),
    }

    def __init__(self, api: FakeBotAPI) -> None:
        self._api = api

    async def facing(self, way: Way) -> Transport:
        self._api.heal()
        if way in self._FAULTS:
            code, how = self._FAULTS[way]
            self._api.fail("sendMessage", code, **how)
        if way is Way.PARTLY:
            self.message = outgoing(str(CHAT), text="督" * 5000)
        url = f"http://127.0.0.1:{_NOBODY}" if way is Way.ABSENT else self._api.url
        return build(url, Desk(), timeout=_SHORT if way is Way.SILENT else _ENOUGH)

    def heard(self) -> Sequence[str]:
        return [call.params["text"] for call in self._api.of("sendMessage")]

    def measure(self, shown: str) -> int:
        return len(shown.encode("utf-16-le")) // 2


class MailRig(ServerRig):
    """A mail server: one that keeps to the protocol, or one that does as a script says."""

    message: Outgoing = outgoing("li@example.org")
    lacks: Mapping[Way, str] = {
        Way.ERROR_INSIDE: "a mail server answers by its code alone",
        Way.PARTLY: "mail to an official has one recipient",
        Way.REDIRECTS: "a mail server sends nobody elsewhere",
        Way.DRIPS: "a reply of SMTP ends with its line: as one that says nothing",
        Way.EMPTY: "a yes needs no words",
        Way.HUGE: "a reply is cut by its reader: as one in another language",
    }
    _REPLIES: Mapping[Way, tuple[str, str]] = {
        Way.LATER: ("RCPT", "452 4.2.2 mailbox full"),
        Way.REFUSES: ("DATA", "554 5.7.1 no"),
        Way.DEAD: ("RCPT", "550 5.1.1 no such user"),
        Way.DENIED: ("MAIL", "550 5.7.1 not allowed"),
        Way.BUSY: ("MAIL", "421 4.3.2 closing"),
        Way.ECHO: ("DATA", "554 5.7.1 no"),
    }

    def __init__(self, sink: SmtpSink, odd: ScriptedServer, scripts: list[Script]) -> None:
        self._sink, self._odd, self._scripts = sink, odd, scripts

    async def facing(self, way: Way) -> Transport:
        script = {Way.SILENT: _silent, Way.DROPPED: _drops, Way.GARBAGE: _garbage}.get(way)
        if script is not None:
            self._scripts[:] = [script]
            return transport_to(self._odd.port, timeout=_SHORT if way is Way.SILENT else _ENOUGH)
        if way in self._REPLIES:
            verb, reply = self._REPLIES[way]
            self._sink._replies[verb] = [reply]
        return transport_to(_NOBODY if way is Way.ABSENT else self._sink.port, timeout=_ENOUGH)

    def heard(self) -> Sequence[str]:
        return [
            f"{each.mail['subject']}\n{body.get_content()}"
            for each in self._sink.messages
            if (body := each.mail.get_body(("plain",))) is not None
        ]

    def keys(self) -> Sequence[str]:
        return [str(each.mail["message-id"]) for each in self._sink.messages]


async def _silent(peer: Peer) -> None:
    await peer.silence()


async def _drops(peer: Peer) -> None:
    """Takes the message and leaves; the next time it keeps to the protocol."""
    await peer.greet()
    await peer.answer("250 ok", "250 ok", "354 go")
    await peer.message()


async def _garbage(peer: Peer) -> None:
    await peer.say(b"\x00\xff not SMTP\r\n")
    await peer.silence()


async def _well(peer: Peer) -> None:
    await peer.greet()
    await peer.answer("250 ok", "250 ok", "354 go")
    await peer.message()
    await peer.say("250 queued")
    await peer.silence()


@asynccontextmanager
async def telegram() -> AsyncIterator[TelegramRig]:
    async with FakeBotAPI() as api:
        yield TelegramRig(api)


@asynccontextmanager
async def email() -> AsyncIterator[MailRig]:
    scripts: list[Script] = []

    async def odd(peer: Peer) -> None:
        await (scripts.pop(0) if scripts else _well)(peer)

    async with SmtpSink() as sink, ScriptedServer(odd) as server:
        yield MailRig(sink, server, scripts)
