"""What becomes of a reported event: corrected, cancelled, confirmed, raised; each read back first."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import quote, urlencode

from alertd.config.shapes import INSTANTS
from alertd.core.text_error import TextError
from alertd.engine.operations import events, reading_back
from alertd.engine.operations.events import Cancel, Confirm, Correct, Upgrade
from alertd.engine.reporting.cases import Case, Kind, Known, case_of, kinds
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.saying.refusing import Refusal
from alertd.web.page import Call, Fields, Gone, Shown
from alertd.web.pages.cases import acts_on, visible_case
from alertd.web.pages.moments import day_of, moment_of, written
from alertd.web.pages.reporting import clocks_seen, digest_of, gates_seen


class Changed(Fields):
    """What is asked of an event; `step` is "back" to have it read back."""

    event: str
    act: Literal["correct", "cancel", "confirm", "upgrade"]
    occurred: str = ""
    received: str = ""
    published: str = ""
    assigned: str = ""
    started: str = ""
    ended: str = ""
    issued: str = ""
    submitted: str = ""
    due: str = ""
    severity: str = ""
    urgent: str = ""
    not_urgent: Literal["", "yes"] = ""
    planned: Literal["", "yes"] = ""
    at: str = ""
    reason: str = ""
    approver: str = ""
    step: Literal["", "back"] = ""
    changed: Literal["", "yes"] = ""


class Counts(Changed):
    """The button: `seen` says what was read back, `once` is drawn anew with each page."""

    once: str = ""
    seen: str = ""


class Change(Shown):
    """The form of a change, or what it would do. `approver` says that it takes somebody who approves it.

    `fault` is why what was given cannot be. `back` is what the act would do, by its kind.
    """

    act: str
    case: str
    step: Literal["form", "back"]
    event: Any
    kind: Any
    told: dict[str, str]
    fault: Any = None
    back: Any = None
    severities: tuple[str, ...] = ()
    approver: bool = False
    changed: bool = False
    address: str = ""
    once: str = ""
    seen: str = ""


def ask(call: Call) -> Change:
    """The form, or what is read back. Raises Refused for an event that is none of the reader's business."""
    asked, scope = call.asked, call.scope
    event = _visible(call)
    step = asked.step or ("back" if asked.act == "confirm" else "")
    if not step:
        return _form(call, event)
    try:
        back = _read_back(scope, asked, event)
    except (Refused, TextError) as fault:
        return _form(call, event, fault)
    fixed = _fixed(scope, asked)
    return Change(
        act=asked.act,
        case=case_of(scope.tx, event.id),
        step="back",
        event=event,
        kind=_kind(scope, event),
        told=fixed,
        back=back,
        changed=bool(asked.changed),
        address=f"{_page(asked)}?{urlencode(fixed)}",
        once=secrets.token_urlsafe(12),
        seen=_seen(asked, back),
    )


def change(call: Call) -> Gone:
    """Let it count, if it still does what was read back; else read it back again."""
    asked, event = call.asked, _visible(call, standing=False)

    def done(scope: Scope) -> str:
        try:
            back = _read_back(scope, asked, event)
        except (Refused, TextError):  # said where it is read back
            return ""
        if _seen(asked, back) != asked.seen:
            return ""
        _do(scope, asked, event)
        return case_of(scope.tx, event.id)

    case = call.once.once(done)
    if case:
        return Gone(f"/cases/{case}?done={asked.act}")
    return Gone(f"{_page(asked)}?{urlencode({**_told(asked), 'step': 'back', 'changed': 'yes'})}")


def _visible(call: Call, standing: bool = True) -> Known:
    """The event, of a case that concerns whoever looks. With `standing` one to which this may be done.

    Raises Refused: "no-event", "event-cancelled", "event-confirmed", "no-severity".
    """
    name = call.asked.event
    try:
        found: Case = visible_case(call, case_of(call.scope.tx, name))
    except Refused:
        raise Refused("no-event", event=name) from None
    event = next((each for each in found.events if each.id == name), None)
    if event is None:
        raise Refused("no-event", event=name)
    if standing and call.asked.act not in acts_on(call, event):
        _refuse(event, call.asked.act)
    return event


def _refuse(event: Known, act: str) -> None:
    if event.cancelled:
        raise Refused("event-cancelled", event=event.id)
    if act == "confirm":
        raise Refused("event-confirmed", event=event.id)
    raise Refused(
        "severity-not-higher", event=event.id, type=event.type, found="–", severity=event.severity or "–"
    )


def _form(call: Call, event: Known, fault: Refusal | None = None) -> Change:
    asked, scope = call.asked, call.scope
    told = _told(asked)
    if asked.act == "correct" and not asked.step and not any(told.values()):
        told |= _as_known(scope, event)
    known = scope.world.register.event_types.get(event.type)
    levels = known.severities if known else ()
    if asked.act == "upgrade" and event.severity in levels:
        levels = levels[levels.index(event.severity) + 1 :]
    return Change(
        act=asked.act,
        case=case_of(scope.tx, event.id),
        step="form",
        event=event,
        kind=_kind(scope, event),
        told=told,
        fault=fault,
        severities=levels,
        approver=(isinstance(fault, Refused) and fault.code == "approver-needed") or bool(asked.approver),
    )


def _as_known(scope: Scope, event: Known) -> dict[str, str]:
    """What the event says already, so that a correction begins with it."""
    zone = scope.world.zone
    return {
        **{name: written(at, zone) for name, at in event.instants.items()},
        "due": event.stated_due.isoformat() if event.stated_due else "",
        "severity": event.severity,
    }


def _kind(scope: Scope, event: Known) -> Kind | None:
    return next((each for each in kinds(scope.world) if each.type.id == event.type), None)


def _told(asked: Changed) -> dict[str, str]:
    ours = ("event", "act", "step", "changed")
    return {name: getattr(asked, name) for name in Changed.model_fields if name not in ours}


def _fixed(scope: Scope, asked: Changed) -> dict[str, str]:
    """What was told; a severity known "now" is known since this minute from here on."""
    now = written(scope.now, scope.world.zone) if asked.act == "upgrade" and not asked.at else asked.at
    return {**_told(asked), "at": now}


def _page(asked: Changed) -> str:
    return f"/events/{quote(asked.event)}/{asked.act}"


# ---------------------------------------------------------------- what is asked


def _read_back(scope: Scope, asked: Changed, event: Known) -> Any:
    if asked.act == "correct":
        return reading_back.correct_read_back(scope, _correction(scope, asked, event))
    if asked.act == "cancel":
        return reading_back.cancel_read_back(scope, Cancel(event.id, asked.reason))
    if asked.act == "confirm":
        return reading_back.confirm_read_back(scope, Confirm(event.id))
    return reading_back.upgrade_read_back(
        scope, Upgrade(event.id, asked.severity, moment_of(scope, asked.at))
    )


def _do(scope: Scope, asked: Changed, event: Known) -> None:
    if asked.act == "correct":
        events.correct(scope, _correction(scope, asked, event))
    elif asked.act == "cancel":
        events.cancel(scope, Cancel(event.id, asked.reason))
    elif asked.act == "confirm":
        events.confirm(scope, Confirm(event.id))
    else:
        events.upgrade(scope, _raised(scope, asked, event))


def _raised(scope: Scope, asked: Changed, event: Known) -> Upgrade:
    return Upgrade(event.id, asked.severity, moment_of(scope, asked.at))


def _correction(scope: Scope, asked: Changed, event: Known) -> Correct:
    """Only what differs from what is known: a field left as it was corrects nothing. Raises Refused."""
    zone, instants = scope.world.zone, {}
    for name in INSTANTS:
        text, known = getattr(asked, name), event.instants.get(name)
        if text and (known is None or text != written(known, zone)):
            at = moment_of(scope, text)
            assert at is not None
            instants[name] = at
    due = day_of(asked.due)
    what = Correct(
        event=event.id,
        instants=instants,
        due=None if due == event.stated_due else due,
        reason=asked.reason,
        approver=asked.approver,
        planned=asked.planned == "yes",
        urgent=asked.urgent,
        not_urgent=asked.not_urgent == "yes",
    )
    return replace(what, severity="" if asked.severity == event.severity else asked.severity)


def _seen(asked: Changed, back: Any) -> str:
    """What tells one answer of a read-back from another."""
    if asked.act == "cancel":
        return digest_of([row.number for row in back])
    if asked.act == "confirm":
        return digest_of([(verdict.gate.id, verdict.version) for verdict in back])
    moves = [(move.row.number, move.limits.due, move.breach) for move in back.moves]
    dropped = [row.number for row in back.dropped]
    return digest_of([moves, dropped, clocks_seen(back.starting), gates_seen(back)])
