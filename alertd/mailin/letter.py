"""What a message turned out to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a message is, by its form; nothing of it is proved yet."""

    RECEIVED = "received"  # somebody says that they have received
    HANDED_IN = "handed-in"  # somebody says that it is handed in
    UNCLEAR = "unclear"  # a person wrote something else
    AUTOMATIC = "automatic"  # no person wrote it
    BOUNCE = "bounce"  # a mail server says that it could not deliver


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a message; its name is one that every file system takes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Bounce:
    """`lasting` says that the server tries no more; `dead`, that there is no such mailbox at all.

    `status` is an enhanced status code (RFC 3463) or a reply code, "" where none is given; `detail` is what
    the server said, one line.
    """

    lasting: bool
    dead: bool
    status: str
    detail: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message. `recipients` are all addresses that it may have been sent to, in their order.

    `name` tells it from any other message and is the same when it comes again. `sender` is "" where the
    message does not name exactly one. `arrived` is when the last mail server says that it took the message
    over (aware), None where that is unknown. `text` is what somebody wrote beyond the words that decide;
    `numbers` are the deadlines it names, and `all` says that it means every one. `left_out` counts files
    that were too many, too large or cut off.
    """

    kind: Kind
    name: str
    sender: str
    recipients: tuple[str, ...]
    subject: str = ""
    arrived: datetime | None = None
    text: str = ""
    numbers: tuple[int, ...] = ()
    all: bool = False
    attached: tuple[Attached, ...] = ()
    left_out: int = 0
    bounce: Bounce | None = None
