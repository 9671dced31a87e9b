"""What a message is about, for whoever comes by its link. Opening one changes nothing: scanners do it too."""

from __future__ import annotations

import secrets
from typing import Literal

from alertd.core.rights import Act
from alertd.engine.operations import acts
from alertd.engine.operations.acts import find, may
from alertd.engine.operations.linking import Linked
from alertd.engine.reporting.queries import Filter, listed
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Call, Fields, Gone, Shown
from alertd.web.pages.lines import Line, lines_of


class About(Fields):
    """A link; `done` says what was just pressed."""

    link: str
    done: Literal["", "received"] = ""


class Pressed(About):
    """A button; `once` is drawn anew with each page, so that pressing twice does no harm."""

    once: str = ""


class Message(Shown):
    """All that a message is about; `receivable` says that something of it can still be received.

    `lost` are those that cannot be read.
    """

    lines: tuple[Line, ...]
    receivable: bool
    lost: tuple[str, ...]
    once: str
    done: str


def show(call: Call) -> Message | Gone:
    """What the message is about; where that is one deadline, its page."""
    linked = _linked(call)
    if len(linked.numbers) == 1:
        return Gone(f"/deadlines/{linked.numbers[0]}")
    found, lost = listed(call.scope, Filter(numbers=linked.numbers))
    return Message(
        lines=lines_of(found),
        receivable=bool(_receivable(call.scope, linked)),
        lost=tuple(each.name for each in lost),
        once=secrets.token_urlsafe(12),
        done=call.asked.done,
    )


def receive(call: Call) -> Gone:
    """Received, for all that the message is about and that still runs. Raises Refused where nothing does."""
    linked = _linked(call)

    def each(scope: Scope) -> str:
        numbers = _receivable(scope, linked)
        if not numbers:
            raise Refused("all-closed")
        for number in numbers:
            acts.acknowledge(scope, number)
        return "done"

    call.once.once(each)
    return Gone("?done=received")


def _linked(call: Call) -> Linked:
    assert call.visitor.linked is not None  # or the page would have been shut
    return call.visitor.linked


def _receivable(scope: Scope, linked: Linked) -> list[int]:
    rows = [find(scope.tx, str(number)) for number in linked.numbers]
    return [row.number for row in rows if Act.ACKNOWLEDGE in may(scope, row)]
