"""The contract between the dispatcher and a transport.

A transport makes exactly one attempt per `send` and answers with an `Outcome`; expected failures are values,
never exceptions. Retrying, falling back and reporting are the dispatcher's: a transport keeps no queue and
nothing in memory that must survive it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from typing import Protocol, runtime_checkable

from alertd.core.cards import Card
from alertd.core.text import one_line
from alertd.core.text_messages import Short

#: characters of a provider's answer that are kept
LONGEST_CODE, LONGEST_DETAIL = 60, 300
#: characters of what a press comes with: an address, at most 64 bytes of data, an id
LONGEST_OF_PRESS = 100
#: seconds: a provider that asks for more is asked again after an hour all the same
LONGEST_WAIT = 3600.0


class Result(StrEnum):
    ACCEPTED = "accepted"  # the provider took responsibility
    RETRY = "retry"  # not now; try this address again later
    REFUSED = "refused"  # not ever, for this message and this address
    UNKNOWN = "unknown"  # the connection was lost after the message went out: it may have arrived
    HANDED_OVER = "handed-over"  # given to a relay that confirms nothing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the provider answered to one attempt. Becomes a receipt, so no secrets in `detail`.

    `retry_after` is in seconds and only a lower bound for the next attempt at *this address*.
    `address_dead` says the address itself is unusable (blocked, unknown chat, no such mailbox): it is not
    used any more and the admin is told. `server` says that the provider could not serve, whoever was
    addressed: that is held against the channel (core.breaker), never against the address. A provider may
    answer anything: whatever a transport was told is bounded here, at the one door, so that no answer to one
    message can spoil what becomes of the others.
    """

    result: Result
    code: str = ""
    detail: str = ""
    retry_after: float | None = None
    address_dead: bool = False
    server: bool = False
    #: of a failed message in parts: marks of those that the address has by now, for `Outgoing.parts`
    parts: tuple[str, ...] = ()
    #: what the provider calls the message, where it reports later what became of it
    provider_id: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "provider_id", one_line(self.provider_id, LONGEST_CODE))
        object.__setattr__(self, "code", one_line(self.code, LONGEST_CODE))
        object.__setattr__(self, "detail", one_line(self.detail, LONGEST_DETAIL))
        if self.retry_after is not None:
            wait = 0.0 if isnan(self.retry_after) else min(max(self.retry_after, 0.0), LONGEST_WAIT)
            object.__setattr__(self, "retry_after", wait)


@dataclass(frozen=True, slots=True)
class Button:
    """One thing a person may press. `data` is at most 64 bytes (Telegram Bot API, InlineKeyboardButton)."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address, already in words.

    `message_id` and `thread` are Message-IDs without angle brackets. `message_id` stays the same over all
    attempts; `thread` are earlier messages about the same deadline that the address was really sent: the
    first one, and the last one where that is another. It is empty where there was none.
    """

    delivery: int
    address: str
    name: str
    message_id: str
    thread: tuple[str, ...]
    subject: str
    text: str
    html: str
    buttons: tuple[Button, ...] = ()
    drill: bool = False
    #: the last step before a limit, or after it, for who must act
    urgent: bool = False
    #: what became of a deadline, for another system: a CloudEvent as JSON
    event: str = ""
    #: an attempt at it was made before, and may have arrived
    again: bool = False
    #: marks of the parts that the address has from earlier attempts, as `Outcome.parts` gave them
    parts: tuple[str, ...] = ()
    #: of a mail: where its answers go, and where it comes back to; "" for what the channel says of all mails
    reply_to: str = ""
    sender: str = ""
    #: of a channel whose messages are cards: all that is shown
    card: Card | None = None
    #: of a channel whose messages are single texts: all that is said
    short: Short | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button: which channel, from which address, with which data.

    `id` is the same when the provider gives one press again, and differs between any two presses. Whatever a
    provider says of it is bounded here: its parts together name the request in a column of 300.
    """

    channel: str
    address: str
    data: str
    id: str

    def __post_init__(self) -> None:
        for name in ("address", "data", "id"):
            object.__setattr__(self, name, one_line(getattr(self, name), LONGEST_OF_PRESS))


@dataclass(frozen=True, slots=True)
class Texted:
    """Somebody wrote back from a number. `id` is the same when the provider gives one text again."""

    channel: str
    address: str
    text: str
    id: str

    def __post_init__(self) -> None:
        for name in ("address", "id"):
            object.__setattr__(self, name, one_line(getattr(self, name), LONGEST_OF_PRESS))


@dataclass(frozen=True, slots=True)
class Reported:
    """What a provider says became of a message it took, by our number or by what it calls the message."""

    channel: str
    address: str
    delivered: bool
    provider_id: str = ""
    delivery: int | None = None
    code: str = ""
    detail: str = ""
    #: its person has read it: a fact, and no acknowledgement
    read: bool = False
    #: of what was not delivered: the address itself is of no use
    dead: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "provider_id", one_line(self.provider_id, LONGEST_CODE))
        object.__setattr__(self, "code", one_line(self.code, LONGEST_CODE))
        object.__setattr__(self, "detail", one_line(self.detail, LONGEST_DETAIL))


class NotNow(Exception):
    """A press could not be carried out for want of the store, and is to be given again."""


#: Answers a press with the sentence to show the person. Called by transports, implemented by the engine.
#: Raises NotNow while presses cannot be recorded.
OnPress = Callable[[Press], Awaitable[str]]


#: Hears that somebody opened the line from an address of a channel. Raises NotNow as OnPress does.
OnStart = Callable[[str, str], Awaitable[None]]


Told = Texted | Reported
#: Hears what somebody wrote back, or what became of a message. Raises NotNow as OnPress does.
OnTold = Callable[[Told], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Shelved:
    """What the nodes know: its value, None for nothing that holds, and for how many seconds, None for ever.

    Where there is none, `yours` says that the others wait for this node to find it out.
    """

    value: str | None = None
    seconds: float | None = None
    yours: bool = False


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A message that a provider took lately, and of which is not known that it was read.

    `provider_id` is what the provider calls it, `attempts` how often it was tried; `arrived` says that it is
    known to have been delivered.
    """

    delivery: int
    provider_id: str
    attempts: int
    arrived: bool = False


class Shelf(Protocol):
    """What the nodes that share a store know in common of one channel, so that one finds it out for all.

    Everything raises NotNow while the store is away.
    """

    async def look(self, name: str, lease: float) -> Shelved:
        """What is known; where nothing is, one node finds it out, and has `lease` seconds for it."""

    async def keep(self, name: str, value: str, seconds: float | None) -> None:
        """Let all know it for so many seconds, or for ever."""

    async def forget(self, name: str, value: str) -> None:
        """Let nobody use this any more, unless something else is known by now."""

    async def unsettled(self, most: int) -> list[Unsettled]:
        """What was sent over the channel within a day and is to be asked about, the newest first."""


class Transport(Protocol):
    """Lives from `start` to `stop` in the daemon's loop; `send` may be called concurrently in between.

    `send` returns within `timeout` seconds whatever the provider does, and raises nothing but CancelledError.
    """

    timeout: float
    concurrency: int

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, message: Outgoing) -> Outcome: ...


@runtime_checkable
class Listening(Protocol):
    """A transport that also hears from people, over something only one process may listen to at a time."""

    async def listen(self, wanted: bool) -> None: ...


@runtime_checkable
class Pushed(Protocol):
    """A transport whose provider tells at an address of ours, with a secret in it."""

    def pushed(self, secret: str, body: bytes) -> list[Told] | None: ...
