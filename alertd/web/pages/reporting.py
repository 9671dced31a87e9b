"""Report an event: what it is, what is known of it, and what it would do, read back before it counts.

Every step but the last is an address, so that going back, correcting a word and reading again change nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from alertd.config.shapes import INSTANTS
from alertd.core.gates import RESULTS
from alertd.core.model import Register
from alertd.core.text_error import TextError
from alertd.engine.operations import events, reading_back, signing_in
from alertd.engine.operations.events import Report
from alertd.engine.operations.reading_back import CorrectionReadBack, ReadBack
from alertd.engine.reporting.cases import Kind, free_case, is_known, kinds, open_cases
from alertd.engine.ruling.naming import unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Call, Fields, Gone, Shown
from alertd.web.pages.cases import whose
from alertd.web.pages.moments import day_of, moment_of, written

_BETWEEN_UNITS = re.compile("[,，、;；]")
#: open cases that a form offers
_MOST_CASES = 50


class Told(Fields):
    """What is known of an event so far: each field as its form gives it, instants as browsers write them.

    `others` are further units, each ticked, or several with commas between them. `case` is one that is known,
    `called` what a new one is called; `step` is "back" to have it read back.
    """

    type: str = ""
    case: str = ""
    called: str = ""
    party: str = ""
    others: tuple[str, ...] = ()
    occurred: str = ""
    received: str = ""
    published: str = ""
    assigned: str = ""
    started: str = ""
    ended: str = ""
    issued: str = ""
    submitted: str = ""
    severity: str = ""
    result: str = ""
    urgent: str = ""
    due: str = ""
    title: str = ""
    unconfirmed: Literal["", "yes"] = ""
    planned: Literal["", "yes"] = ""
    step: Literal["", "back"] = ""
    changed: Literal["", "yes"] = ""


class Counts(Told):
    """The button that makes it count: `seen` says what was read back, `once` is drawn anew with each page."""

    once: str = ""
    seen: str = ""


class InLanguage(Told):
    """A language that was chosen meanwhile; `again` says that it was read back."""

    language: Literal["zh-Hant", "zh-Hans", "en"]
    again: Literal["", "yes"] = ""


class Reporting(Shown):
    """The dialogue at one of its steps: the types to choose from, the form of a type, or what is read back.

    `fault` is why what was given cannot be: a Refused or a TextError.
    """

    step: Literal["types", "form", "back"]
    told: dict[str, Any]
    fault: Any = None
    kinds: tuple[Any, ...] = ()
    kind: Any = None
    units: tuple[str, ...] = ()
    cases: tuple[Any, ...] = ()
    results: tuple[str, ...] = RESULTS
    back: Any = None
    known_case: bool = False
    changed: bool = False
    doubts: tuple[Any, ...] = ()
    address: str = ""
    once: str = ""
    seen: str = ""


def ask(call: Call) -> Reporting:
    """The step that what is known leads to."""
    asked = call.asked
    kind = next((each for each in kinds(call.scope.world) if each.type.id == asked.type), None)
    if kind is None:
        return Reporting(step="types", told=_told(asked), kinds=kinds(call.scope.world))
    if not asked.step:
        return _form(call, kind, _told(asked))
    try:
        what = report_of(call.scope, asked)
        back = reading_back.report_read_back(call.scope, what)
        doubts = reading_back.doubts(call.scope.world, call.scope.now, what)
    except (Refused, TextError) as fault:
        return _form(call, kind, _told(asked), fault)
    fixed = _fixed(call.scope, asked, back)
    return Reporting(
        step="back",
        told=fixed,
        kind=kind,
        back=back,
        known_case=is_known(call.scope, back.event.case),
        doubts=doubts,
        changed=bool(asked.changed),
        address=_address({**fixed, "step": ""}),
        once=secrets.token_urlsafe(12),
        seen=_seen(call.scope, back),
    )


def report(call: Call) -> Gone:
    """Let it count, if it still does what was read back; else read it back again."""
    asked = call.asked
    again = Gone(_address({**_told(asked), "step": "back", "changed": "yes"}))

    def done(scope: Scope) -> str:
        try:
            what = report_of(scope, asked)
            back = reading_back.report_read_back(scope, what)
        except (Refused, TextError):  # said where it is read back
            return ""
        if _seen(scope, back) != asked.seen:
            return ""
        events.report(scope, what)
        return back.event.case

    case = call.once.once(done)
    return Gone(f"/cases/{case}?done=reported") if case else again


def in_language(call: Call) -> Gone:
    """Go on in another language, with what was typed so far."""
    asked = call.asked
    told = {name: value for name, value in _told(asked).items() if value}
    more = {"step": "back"} if asked.again else {}
    return Gone(_address({**told, **more}), language=asked.language)


def _address(told: dict[str, Any]) -> str:
    return f"/report?{urlencode(told, doseq=True)}"


def _form(
    call: Call, kind: Kind, told: dict[str, Any], fault: Refused | TextError | None = None
) -> Reporting:
    world, today = call.scope.world, call.scope.today
    found, _, _ = open_cases(call.scope, whose(call), _MOST_CASES)
    if not told["party"]:
        of_case = next((each.parties for each in found if each.id == told["case"]), ())
        own = signing_in.unit_of(world, call.visitor, call.scope.now)
        told = {**told, "party": of_case[0] if of_case else own, "others": told["others"] or of_case[1:]}
    return Reporting(
        step="form",
        told={**told, "others": _named(world.register, told["others"])},
        fault=fault,
        kind=kind,
        units=tuple(
            unit.id for unit in world.register.units.values() if unit.until is None or unit.until >= today
        ),
        cases=tuple(found),
    )


def _named(register: Register, others: Iterable[str]) -> tuple[str, ...]:
    """Units by their ids, where they are known by what was given; the others as they were typed."""
    found = []
    for name in (name.strip() for text in others for name in _BETWEEN_UNITS.split(text)):
        try:
            found += [unit_named(register, name)] if name else []
        except Refused:
            found.append(name)
    return tuple(dict.fromkeys(found))


def _told(asked: Told) -> dict[str, Any]:
    """What was told, without what is only about the dialogue."""
    return {name: getattr(asked, name) for name in Told.model_fields if name not in ("step", "changed")}


def _fixed(scope: Scope, asked: Told, back: ReadBack) -> dict[str, Any]:
    """What was told, with what follows: "now" is an instant from here on, and the case has its name."""
    given = {name: getattr(asked, name) for name in INSTANTS}
    if not any(given.values()):
        given = {name: written(at, scope.world.zone) for name, at in back.event.instants.items()}
    called = "" if asked.case else back.event.case
    return {**_told(asked), **given, "others": back.event.parties[1:], "called": called}


def report_of(scope: Scope, asked: Told) -> Report:
    """What was told, in the engine's values; without an instant it happened this minute. Raises Refused."""
    register, kind = scope.world.register, events.known_type(scope.world, asked.type)
    others = [name for text in asked.others for name in _BETWEEN_UNITS.split(text)]
    names = [name for name in (asked.party, *others) if name.strip()]
    given = {name: moment_of(scope, getattr(asked, name)) for name in INSTANTS}
    instants = {name: at for name, at in given.items() if at is not None}
    instants = instants or {kind.instants[0]: scope.now.replace(second=0, microsecond=0)}
    first = min((at for at in instants.values() if isinstance(at, datetime)), default=scope.now)
    return Report(
        type=asked.type,
        case=asked.case or asked.called or free_case(scope, asked.type, first),
        parties=tuple(dict.fromkeys(unit_named(register, name) for name in names)),
        instants=instants,
        due=day_of(asked.due),
        title=asked.title,
        severity=asked.severity,
        result=asked.result,
        unconfirmed=asked.unconfirmed == "yes",
        planned=asked.planned == "yes",
        urgent=asked.urgent,
    )


def _seen(scope: Scope, back: ReadBack) -> str:
    """What tells one answer of a read-back from another: what would start, close and be gone past."""
    known = is_known(scope, back.event.case)
    return digest_of(
        [known, *clocks_seen(back.clocks), *(row.number for row in back.closing), *gates_seen(back)]
    )


def clocks_seen(clocks: Iterable[Any]) -> list[object]:
    """What of starting clocks is looked at again when they are to count."""
    return [(each.obligation.id, each.party, each.limits.due, each.limits.earliest) for each in clocks]


def gates_seen(back: ReadBack | CorrectionReadBack) -> list[object]:
    """The gates that would be gone past."""
    return [(verdict.gate.id, verdict.version) for verdict in back.shut]


def digest_of(seen: object) -> str:
    """A short name of what was shown."""
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
