"""A mail server in memory, and the ways in which one misbehaves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Mood(StrEnum):
    """How a server answers just now."""

    WELL = "well"
    HANGS = "hangs"  # takes the connection and says nothing
    MUTE_AT_END = "mute-at-end"  # takes the mail and gives no receipt: it has arrived
    DROPS_AT_END = "drops-at-end"  # takes the mail and cuts the connection: it has arrived
    LOSES_AT_END = "loses-at-end"  # the same, but it has not
    BUSY = "busy"  # 421 at the greeting
    GREYLISTS = "greylists"  # 450 to everybody
    REFUSES_SENDER = "refuses-sender"  # 550 at MAIL FROM, whoever the mail is for
    REFUSES_ALL = "refuses-all"  # 550 5.7.1 to every recipient
    NONSENSE = "nonsense"  # answers that are no SMTP
    LATE = "late"  # the receipt comes after the sender's time-out


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail the server took: when, for whom, which one, and whether it said so."""

    at: float
    address: str
    message_id: str
    text: str
    confirmed: bool


@dataclass(slots=True)
class MailServer:
    """What the server did. `dead` mailboxes are unknown to it, `full` ones refuse for now."""

    loop: Any
    mood: Mood = Mood.WELL
    dead: set[str] = field(default_factory=set)
    full: set[str] = field(default_factory=set)
    arrived: list[Arrived] = field(default_factory=list)
    on_arrival: Callable[[Arrived], None] = lambda mail: None

    def __call__(self) -> asyncio.BaseProtocol:
        return _Session(self)

    def take(self, addresses: list[str], data: bytes, confirmed: bool) -> None:
        found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", data)
        name = found.group(1).decode() if found else ""
        for address in addresses:
            mail = Arrived(self.loop.time(), address, name, data.decode("utf-8", "replace"), confirmed)
            self.arrived.append(mail)
            self.on_arrival(mail)


class _Session(asyncio.Protocol):
    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._buffer = b""
        self._addresses: list[str] = []
        self._mail = False
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        mood = self._server.mood
        if mood is Mood.BUSY:
            self._say("421 4.3.2 too busy")
            transport.close()
        elif mood is Mood.NONSENSE:
            self._say("<html>502</html>")
        elif mood is not Mood.HANGS:
            self._say("220 mail.test ESMTP")

    def _say(self, line: str) -> None:
        self._transport.write(f"{line}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        if self._server.mood is Mood.HANGS:
            return
        self._buffer += data
        while True:
            if self._mail:
                end = self._buffer.find(b"\r\n.\r\n")
                if end < 0 and not self._buffer.startswith(b".\r\n"):
                    return
                mail, self._buffer = self._buffer[: max(end, 0)], self._buffer[end + 5 if end >= 0 else 3 :]
                self._mail = False
                self._end(mail)
                continue
            line, found, rest = self._buffer.partition(b"\r\n")
            if not found:
                return
            self._buffer = rest
            self._command(line.decode("utf-8", "replace"))

    def _command(self, line: str) -> None:
        verb, mood = line[:4].upper(), self._server.mood
        if mood is Mood.NONSENSE:
            self._say("0xDEAD")
        elif verb == "EHLO":
            self._transport.write(b"250-mail.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
        elif verb == "MAIL":
            self._addresses = []
            self._say(
                "550 5.7.1 connection frequency limited" if mood is Mood.REFUSES_SENDER else "250 2.1.0 ok"
            )
        elif verb == "RCPT":
            self._recipient(line, mood)
        elif verb == "DATA":
            self._mail = bool(self._addresses)
            self._say("354 go on" if self._mail else "503 5.5.1 no recipients")
        elif verb == "QUIT":
            self._say("221 bye")
            self._transport.close()
        else:
            self._say("250 ok")

    def _recipient(self, line: str, mood: Mood) -> None:
        address = line.partition("<")[2].partition(">")[0]
        if address in self._server.dead:
            self._say("550 5.1.1 no such user here")
        elif address in self._server.full:
            self._say("452 4.2.2 mailbox full")
        elif mood is Mood.GREYLISTS:
            self._say("450 4.7.1 greylisted, come again")
        elif mood is Mood.REFUSES_ALL:
            self._say("550 5.7.1 relaying denied")
        else:
            self._addresses.append(address)
            self._say("250 2.1.5 ok")

    def _end(self, mail: bytes) -> None:
        mood, server = self._server.mood, self._server
        if not mail:
            self._say("554 5.6.0 empty")
        elif mood is Mood.MUTE_AT_END:
            server.take(self._addresses, mail, False)
        elif mood is Mood.DROPS_AT_END:
            server.take(self._addresses, mail, False)
            self._transport.close()
        elif mood is Mood.LOSES_AT_END:
            self._transport.close()
        elif mood is Mood.LATE:
            server.take(self._addresses, mail, False)
            server.loop.call_later(300, self._say, "250 2.0.0 late but kept")
        else:
            server.take(self._addresses, mail, True)
            self._say("250 2.0.0 kept")
