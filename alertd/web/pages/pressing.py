"""What all buttons about one deadline have in common: whose it is to see, and that it is done once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from alertd.engine.operations import signing_in
from alertd.engine.operations.acts import find
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Call, Fields, Gone
from alertd.web.pages.moments import moment_of


class Which(Fields):
    """A deadline by its number; `done` says what was just pressed."""

    number: int
    done: str = ""


class Pressed(Which):
    """A button; `once` is drawn anew with each page, so that pressing twice does no harm.

    `seen` is how the deadline stood when the page was drawn: nobody decides what they have not seen.
    """

    once: str = ""
    seen: str = ""


class Reasoned(Pressed):
    """The same with a reason."""

    reason: str = ""


def visible(call: Call, number: int) -> Any:
    """The deadline, where it is theirs to see. Raises Refused."""
    row = find(call.scope.tx, str(number))
    if not signing_in.may_look(call.scope, call.visitor, row):
        raise Refused("no-deadline", deadline=str(number))
    return row


def seen(row: Any) -> str:
    """How a deadline stands, as far as somebody decides by it: its state, and which hand-in that is."""
    return f"{row.state} {row.closed_at.isoformat() if row.closed_at else ''}".strip()


def pressed(call: Call, done: str, act: Callable[[Scope, Any], object]) -> Gone:
    """Do what a button says to the deadline of its page, once, and go back to it.

    Raises Refused: "changed-meanwhile" where somebody else has acted since the page was drawn.
    """
    row = visible(call, call.asked.number)

    def answered(scope: Scope) -> str:
        if call.asked.seen and call.asked.seen != seen(row):
            raise Refused("changed-meanwhile", deadline=row.id, state=row.state)
        act(scope, row)
        return done

    call.once.once(answered)
    return Gone(f"/deadlines/{row.number}?done={done}")


def end_given(scope: Scope, text: str) -> date | datetime:
    """A new limit. Raises Refused where there is none."""
    end = moment_of(scope, text)
    if end is None:
        raise Refused("end-missing")
    return end
