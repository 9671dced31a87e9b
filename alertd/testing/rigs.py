"""A transport together with its provider, which does as a test wants it to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from alertd.testing.server import Asked, HttpServer
from alertd.transports.base import Outgoing, Reported, Transport

#: nobody listens there
NOBODY = "http://127.0.0.1:1"


class Way(StrEnum):
    """What a provider may do with the next message."""

    TAKES = "takes it"
    ERROR_INSIDE = "says no inside a yes"  # an error in a 200
    PARTLY = "takes it for nobody, or only a part of it"
    LATER = "wants to be asked later"
    REFUSES = "refuses the message"
    DEAD = "knows of no such address"
    DENIED = "refuses us, whoever is written to"
    BUSY = "cannot serve"
    REDIRECTS = "sends us elsewhere"
    SILENT = "says nothing"
    DRIPS = "says it for ever"
    DROPPED = "closes without a word"
    GARBAGE = "speaks another language"
    EMPTY = "says yes and nothing else"
    HUGE = "says far too much"
    ABSENT = "is not there"
    ECHO = "repeats what it was asked"


class Rig(Protocol):
    """What TransportContract needs of one transport.

    `lacks` names the ways that its provider has not, each with why. `wait` is how many seconds the provider
    wants in Way.LATER; None where it names none. `longest` is how much of one message it takes, as `measure`
    counts what is shown of a request.
    """

    message: Outgoing
    secrets: Sequence[str]
    lacks: Mapping[Way, str]
    wait: float | None
    longest: int | None

    async def facing(self, way: Way) -> Transport:
        """The transport, not started, whose provider does this with the next message, and then takes all."""

    def heard(self) -> Sequence[str]:
        """What people would read of each request about a message so far, in order."""

    def keys(self) -> Sequence[str] | None:
        """By what the provider knows a repeated request again; None where it does not."""

    def measure(self, shown: str) -> int:
        """How long the provider finds a text."""

    def later(self, delivered: bool) -> Sequence[Reported] | None:
        """What the transport makes of a verdict that comes later; None where the provider tells none."""


def outgoing(address: str, **changes: Any) -> Outgoing:
    """A message to try a transport with."""
    fields: dict[str, Any] = {
        "delivery": 42,
        "address": address,
        "name": "李娜",
        "message_id": "2a@example.org",
        "thread": (),
        "subject": "【催辦】年度報告",
        "text": "12月30日(星期三)下班前,請按時報送。",
        "html": "<p>12月30日(星期三)下班前,請按時報送。</p>",
    }
    return Outgoing(**(fields | changes))


#: how a server of HTTP does each of these, whatever it speaks
_PLAIN: Mapping[Way, Any] = {
    Way.BUSY: (503, b""),
    Way.REDIRECTS: (302, {"location": "/elsewhere"}, b""),
    Way.SILENT: "hang",
    Way.DRIPS: "drip",
    Way.DROPPED: "cut",
    Way.GARBAGE: "garbage",
    Way.EMPTY: (200, b""),
    Way.HUGE: (200, b"x" * 200_000),
}


@dataclass
class HttpRig:
    """A transport that speaks HTTP. `make` makes it of the address of its provider.

    `answers` are those of HttpServer by the way they stand for; ways that any server of HTTP has need none.
    `shown` is what people would read of a request, `key` by what the provider knows a repeated one again.
    """

    server: HttpServer
    make: Callable[[str], Transport]
    message: Outgoing
    answers: Mapping[Way, Any]
    lacks: Mapping[Way, str] = field(default_factory=dict)
    shown: Callable[[Asked], str] = lambda asked: asked.body.decode("utf-8", "replace")
    key: Callable[[Asked], str] | None = None
    verdict: Callable[[Transport, bool], Sequence[Reported]] | None = None
    secrets: Sequence[str] = ()
    wait: float | None = None
    longest: int | None = None
    measure: Callable[[str], int] = lambda shown: len(shown.encode())
    path: str = ""

    async def facing(self, way: Way) -> Transport:
        """See Rig."""
        self.server.usual = self.answers[Way.TAKES]
        answer = {**_PLAIN, **self.answers}.get(way)
        if way is Way.ECHO and answer is None:
            said = " ".join((*self.secrets, self.message.address))
            answer = (418, said.encode())
        self.server.answers.clear()
        if way not in (Way.TAKES, Way.ABSENT):
            self.server.answers.append(answer)
        made = self.make(NOBODY if way is Way.ABSENT else self.server.url)
        made.timeout = 0.5 if way in (Way.SILENT, Way.DRIPS) else 5.0
        return made

    def _about(self) -> list[Asked]:
        return self.server.sent_to(self.path) if self.path else self.server.asked

    def heard(self) -> Sequence[str]:
        """See Rig."""
        return [self.shown(asked) for asked in self._about()]

    def keys(self) -> Sequence[str] | None:
        """See Rig."""
        return None if self.key is None else [self.key(asked) for asked in self._about()]

    def later(self, delivered: bool) -> Sequence[Reported] | None:
        """See Rig."""
        return None if self.verdict is None else self.verdict(self.make(self.server.url), delivered)
