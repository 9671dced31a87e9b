"""One deadline: its limit and how it was counted, who was told, what happened, and what may be done."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from alertd.core.gates import RESULTS
from alertd.core.rights import Act
from alertd.engine.operations import acts, paging, signing_in
from alertd.engine.operations.acts import HandIn, find, may
from alertd.engine.reporting.whole import explained, whole
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Call, Fields, Gone, Shown
from alertd.web.pages.counted import Hour, Month, hours, marks_in, months
from alertd.web.pages.lines import Line, line_of
from alertd.web.pages.moments import moment_of

#: acts that have a form on the page
_FORMS = (Act.ACKNOWLEDGE, Act.HAND_IN)


class Which(Fields):
    """A deadline by its number; `done` says what was just pressed."""

    number: int
    done: Literal["", "received", "handed-in", "paged"] = ""


class Pressed(Which):
    """A button; `once` is drawn anew with each page, so that pressing twice does no harm."""

    once: str = ""


class HandedIn(Pressed):
    """A hand-in: when in local time as a browser writes it, "" for now."""

    at: str = ""
    result: str = ""
    evidence: str = ""
    reason: str = ""


class Paged(Pressed):
    """Somebody is to look now, and why."""

    person: str = ""
    reason: str = ""


class Deadline(Shown):
    """`whole` and `explained` are what `alertd show` and `alertd explain` say; `may` are acts with a form."""

    line: Line
    whole: Any
    explained: Any
    may: tuple[str, ...]
    results: tuple[str, ...]
    once: str
    done: str
    latest: str
    whom: tuple[str, ...]
    months: tuple[Month, ...]
    marks: tuple[str, ...]
    hours: tuple[Hour, ...]


def show(call: Call) -> Deadline:
    """All that is known. Raises Refused, also for what is not to be seen by whoever looks."""
    scope = call.scope
    row = _visible(call, call.asked.number)
    found = whole(scope, row.id)
    allowed = may(scope, row)
    zone, why = scope.world.zone, explained(scope, row.id)
    drawn = months(scope, why)
    return Deadline(
        line=line_of(found.stood),
        whole=found,
        explained=why,
        months=drawn,
        marks=marks_in(drawn),
        hours=hours(scope, why),
        may=tuple(str(act) for act in _FORMS if act in allowed),
        results=RESULTS,
        once=secrets.token_urlsafe(12),
        done=call.asked.done,
        latest=scope.now.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        whom=tuple(each.id for each in paging.whom(scope, row)) if Act.PAGE in allowed else (),
    )


def page(call: Call) -> Gone:
    """Somebody is asked to look now."""
    asked, row = call.asked, _visible(call, call.asked.number)
    _once(call, lambda scope: paging.page(scope, row.number, asked.person, asked.reason))
    return Gone(f"/deadlines/{row.number}?done=paged")


def receive(call: Call) -> Gone:
    """Received: rests the reminders of whoever presses."""
    row = _visible(call, call.asked.number)
    _once(call, lambda scope: acts.acknowledge(scope, row.number))
    return Gone(f"/deadlines/{row.number}?done=received")


def hand_in(call: Call) -> Gone:
    """Handed in, with what was typed."""
    asked, row = call.asked, _visible(call, call.asked.number)
    what = HandIn(moment_of(call.scope, asked.at), asked.result, asked.evidence, asked.reason)
    _once(call, lambda scope: acts.hand_in(scope, row.number, what))
    return Gone(f"/deadlines/{row.number}?done=handed-in")


def _once(call: Call, act: Any) -> None:
    def answered(scope: Scope) -> str:
        act(scope)
        return "done"

    call.once.once(answered)


def _visible(call: Call, number: int) -> Any:
    """The deadline, where it is theirs to see. Raises Refused."""
    row = find(call.scope.tx, str(number))
    if not signing_in.may_look(call.scope, call.visitor, row):
        raise Refused("no-deadline", deadline=str(number))
    return row
