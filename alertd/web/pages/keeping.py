"""What keepers see of the store: messages and their receipts, whom nothing reaches, the nodes."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict

from alertd.engine.operations import resending, unblocking
from alertd.engine.operations.resending import Resend
from alertd.engine.preview.wording import subjects, worded
from alertd.engine.reporting import nodes as nodes_of
from alertd.engine.reporting import queries, reached
from alertd.engine.ruling.naming import person_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.saying.messages import masked
from alertd.web.page import Call, Fields, Gone, Shown

#: messages on one page
_MOST = 100
STATES = ("waiting", "leased", "accepted", "handed-over", "refused", "dropped")


class Overview(Shown):
    """How much there is to be seen to."""

    unreached: int
    blocked: int
    refused: int
    silent: tuple[str, ...]  # nodes that give no sign of life


class Wanted(Fields):
    """Which messages; empty means all."""

    state: Literal["", "waiting", "leased", "accepted", "handed-over", "refused", "dropped"] = ""
    channel: str = ""
    person: str = ""


class Row(Shown):
    """What `alertd.saying.messages` puts into words; instants are aware."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: int
    person: str
    address: str
    channel: str
    state: str
    drill: bool
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    not_before: datetime | None


class Message(Shown):
    """One message of a list."""

    number: str
    row: Row
    subject: str
    deadlines: tuple[str, ...]


class Messages(Shown):
    """The newest first; `lost` are those that cannot be read, `more` says that there are older ones."""

    wanted: dict[str, str]
    states: tuple[str, ...]
    channels: tuple[str, ...]
    messages: tuple[Message, ...]
    lost: tuple[str, ...]
    more: bool


class Named(Fields):
    """One message by its number, as it is shown; `done` says what was just pressed."""

    message: str
    done: Literal["", "again"] = ""


class Again(Named):
    """A button; `once` is drawn anew with each page."""

    once: str = ""


class One(Shown):
    """A message with its text, "" where it is not kept, and what came of each attempt."""

    message: Message
    text: str
    receipts: tuple[Any, ...]
    again: bool
    once: str
    done: str


class Blocked(Fields):
    """An address that is to be written to again."""

    channel: str = ""
    address: str = ""


class Person(Shown):
    """Somebody whom no channel reaches; `unit` and `positions` by their ids."""

    id: str
    positions: tuple[str, ...]


class Reached(Shown):
    """Whom messages do not reach, and where they are not sent."""

    people: tuple[Person, ...]
    blocked: tuple[Any, ...]
    channels: tuple[str, ...]


class Nodes(Shown):
    """The daemons that run on this store, or ended within a day."""

    nodes: tuple[Any, ...]


def overview(call: Call) -> Overview:
    """What asks for somebody."""
    scope = call.scope
    refused, _ = queries.outbox(scope.tx, ("refused",), limit=_MOST)
    return Overview(
        unreached=len(reached.unreached(scope)),
        blocked=len(reached.blocked(scope)),
        refused=len(refused),
        silent=tuple(node.id for node in _nodes(call) if node.state == "silent"),
    )


def messages(call: Call) -> Messages:
    """What `alertd outbox` lists."""
    asked, scope = call.asked, call.scope
    known = person_named(scope.world.register, asked.person) if asked.person.strip() else None
    who = known.id if known else asked.person.strip()
    states = (asked.state,) if asked.state else ()
    found, lost = queries.outbox(scope.tx, states, who, asked.channel.strip(), _MOST + 1)
    shown = found[:_MOST]
    return Messages(
        wanted=asked.model_dump(),
        states=STATES,
        channels=tuple(scope.world.transports),
        messages=tuple(_messages(call, shown)),
        lost=tuple(each.name for each in lost),
        more=len(found) > _MOST,
    )


def message(call: Call) -> One:
    """One message. Raises Refused where there is none."""
    posted = queries.posted_one(call.scope.tx, _number(call.asked.message))
    if posted is None:
        raise Refused("no-such-message", found=call.asked.message)
    (shown,) = _messages(call, [posted])
    _, text = worded(call.scope, call.renderer, posted.row)
    return One(
        message=shown,
        text=masked(text),
        receipts=queries.receipts_of(call.scope.tx, posted.row.id),
        again=posted.row.state != "leased",
        once=secrets.token_urlsafe(12),
        done=call.asked.done,
    )


def again(call: Call) -> Gone:
    """Let a message leave once more."""
    number = _number(call.asked.message)

    def act(scope: Scope) -> str:
        resending.resend(scope, Resend((number,)))
        return "done"

    call.once.once(act)
    return Gone(f"/keeping/messages/{number:x}?done=again")


def people(call: Call) -> Reached:
    """Whom messages do not reach, and where they are not sent."""
    scope = call.scope
    return Reached(
        people=tuple(Person(id=each.id, positions=each.positions) for each in reached.unreached(scope)),
        blocked=tuple(reached.blocked(scope)),
        channels=scope.world.channels,
    )


def unblock(call: Call) -> Gone:
    """Write to an address again. It is no fault that somebody did so already."""
    unblocking.unblock(call.scope, call.asked.channel, call.asked.address)
    return Gone("/keeping/people")


def nodes(call: Call) -> Nodes:
    """The daemons that share the store."""
    return Nodes(nodes=tuple(_nodes(call)))


def _nodes(call: Call) -> tuple[nodes_of.Node, ...]:
    shared = call.keeping is not None and not call.keeping.store.embedded
    return nodes_of.every(call.scope.tx, call.scope.now, shared)


def _messages(call: Call, found: list[queries.Posted]) -> list[Message]:
    about = subjects(call.scope, call.renderer, [each.row for each in found])
    return [
        Message(
            number=f"{each.row.id:x}",
            row=Row.model_validate(each.row),
            subject=about[each.row.id],
            deadlines=each.deadlines,
        )
        for each in found
    ]


def _number(name: str) -> int:
    """A message's id from its number as it is shown. Raises Refused."""
    try:
        number = int(name, 16) if name.isascii() and name.isalnum() else -1
    except ValueError:
        number = -1
    if not 0 <= number < 2**63:
        raise Refused("no-such-message", found=name)
    return number
