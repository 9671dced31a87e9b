"""One deadline: its limit and how it was counted, who was told, what happened, and what may be done."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any

from alertd.core.gates import RESULTS
from alertd.core.model import State
from alertd.core.rights import Act
from alertd.engine.operations import paging
from alertd.engine.operations.acts import approved, may
from alertd.engine.operations.handing_over import colleagues
from alertd.engine.reporting.evidence import content_of
from alertd.engine.reporting.whole import Whole, explained, whole
from alertd.engine.ruling.scope import Scope, name_in
from alertd.web.page import Call, File, Shown
from alertd.web.pages.counted import Hour, Month, hours, marks_in, months
from alertd.web.pages.doing import FORMS, Form
from alertd.web.pages.lines import Line, line_of
from alertd.web.pages.pressing import Which, seen, visible


class WhichFile(Which):
    """A file of a deadline."""

    file: int


class Drawn(Shown):
    """A form as it is drawn: `main` where it is what most come for; fields that may and must be filled."""

    path: str
    main: bool
    uploads: bool
    may: tuple[str, ...]
    must: tuple[str, ...]


class Deadline(Shown):
    """`whole` and `explained` are what `alertd show` and `alertd explain` say; `forms` what may be done.

    `colleagues` and `whom` are ids of people, `units` those it could be given to. What is `reviewed` takes no
    files any more.
    """

    line: Line
    whole: Any
    explained: Any
    forms: tuple[Drawn, ...]
    results: tuple[str, ...]
    colleagues: tuple[str, ...]
    units: tuple[str, ...]
    once: str
    seen: str
    done: str
    latest: str
    whom: tuple[str, ...]
    reviewed: bool
    months: tuple[Month, ...]
    marks: tuple[str, ...]
    hours: tuple[Hour, ...]
    asked: tuple[Any, ...]


#: what is drawn with a large button, the others open at a touch
_MAIN = frozenset({"received", "handed-in", "verified", "granted", "given-away", "resumed"})


def show(call: Call) -> Deadline:
    """All that is known. Raises Refused, also for what is not to be seen by whoever looks."""
    scope = call.scope
    row = visible(call, call.asked.number)
    found = whole(scope, row.id)
    why = explained(scope, row.id)
    allowed = may(scope, row)
    people = _people(scope, row, allowed)
    drawn, forms = months(scope, why), _forms(scope, row, found, allowed, people)
    names = {name for form in forms for name in (*form.may, *form.must)}
    return Deadline(
        line=line_of(found.stood),
        whole=found,
        explained=why,
        months=drawn,
        marks=marks_in(drawn),
        hours=hours(scope, why),
        forms=forms,
        results=RESULTS,
        colleagues=people.get(Act.HAND_OVER, ()),
        units=tuple(unit for unit in scope.world.register.units if unit != row.unit)
        if "unit" in names
        else (),
        once=secrets.token_urlsafe(12),
        seen=seen(row),
        done=call.asked.done if call.asked.done in _SAID else "",
        latest=scope.now.astimezone(scope.world.zone).strftime("%Y-%m-%dT%H:%M"),
        whom=people.get(Act.PAGE, ()),
        reviewed=row.state == State.VERIFIED,
        asked=tuple(each for each in found.requests if not each.decision) if found.unfinished else (),
    )


#: what is said after a button
_SAID = frozenset(form.path for form in FORMS)


#: acts that need somebody, and who there is
_WHOM = {Act.PAGE: paging.whom, Act.HAND_OVER: colleagues}


def _people(scope: Scope, row: Any, allowed: Collection[Act]) -> Mapping[Act, tuple[str, ...]]:
    """For each act that needs somebody, who there is; ids."""
    return {
        act: tuple(person.id for person in find(scope, row)) for act, find in _WHOM.items() if act in allowed
    }


def _forms(
    scope: Scope,
    row: Any,
    found: Whole,
    allowed: Collection[Act],
    people: Mapping[Act, tuple[str, ...]],
) -> tuple[Drawn, ...]:
    """What whoever looks may do to a deadline as it stands."""
    named = approved(scope, row)
    known = scope.actor.name in scope.world.register.people
    waiting = {
        each.kind
        for each in found.requests
        if not each.decision and not (known and name_in(each.asked_by) == scope.actor.name)
    }
    rests = row.acknowledged_until is not None and row.acknowledged_until > scope.now
    drawn = []
    for form in FORMS:
        if form.act not in allowed or (form.request and form.request not in waiting):
            continue
        if form.act is Act.TAKE_BACK and not (rests and _received(scope, found)):
            continue
        if form.act in _WHOM and not people[form.act]:
            continue
        if not _of_use(form.act, row, found):
            continue
        approver = ("approver",) if form.act in named else ()
        drawn.append(_drawn(form, approver))
    return tuple(drawn)


def _of_use(act: Act, row: Any, found: Whole) -> bool:
    """Whether there is anything that a silence would hold, or one that could be ended."""
    if act is Act.SILENCE:
        return not row.by_the_hour
    return act is not Act.END_SILENCE or found.silence is not None


def _drawn(form: Form, approver: tuple[str, ...]) -> Drawn:
    return Drawn(
        path=form.path,
        main=form.path in _MAIN,
        uploads=form.uploads,
        may=form.may,
        must=(*form.must, *approver),
    )


def _received(scope: Scope, found: Whole) -> bool:
    """Whether the last of what whoever looks did about receiving it was to receive it."""
    mine = [each for each in found.history if name_in(each.by) == scope.actor.name]
    about = [each.action for each in mine if each.action in ("acknowledged", "received-taken-back")]
    return about[-1:] == ["acknowledged"]


def download(call: Call) -> File:
    """A file that proves it, to be kept: never shown by the browser. Raises Refused."""
    row = visible(call, call.asked.number)
    kept, content = content_of(call.scope, row.number, call.asked.file)
    return File(content, kept.kind, kept.name)
