"""What the admin is told of mail that comes in."""

from __future__ import annotations

from dataclasses import dataclass

from alertd.engine.notify.topics import Listed, Single


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenElsewhere(Listed):
    """Somebody answered a message from another address than it was sent to. `number` is the delivery's."""

    name = "written-elsewhere"
    keyed_by = ("number", "address")
    number: str
    person: str
    address: str
    deadlines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPutAside(Listed):
    """The program slipped on a mail that came in. `mail` says where it lies."""

    name = "mail-put-aside"
    keyed_by = ("mail",)
    mail: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxAway(Single):
    """The mailbox that answers come to cannot be read since `since`, in words. `detail` is why."""

    name = "mailbox-away"
    keyed_by = ("since",)
    since: str
    detail: str
