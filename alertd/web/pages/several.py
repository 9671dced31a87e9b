"""Several deadlines at once: what waits for whoever looks to be decided, reviewed, or handed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from alertd.core.model import State
from alertd.core.rights import Act
from alertd.engine.operations import acts
from alertd.engine.operations.acts import may
from alertd.engine.reporting.deciding import WaitingRequest
from alertd.engine.reporting.deciding import waiting as waiting_requests
from alertd.engine.reporting.queries import Filter, listed
from alertd.engine.ruling.naming import obligation_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope, name_in
from alertd.web.page import Call, Fields, Gone, Shown
from alertd.web.pages.lines import Line, Row, lines_of, pressing_first
from alertd.web.pages.moments import moment_of
from alertd.web.pages.pressing import visible

#: deadlines of one page, and of one button
_MOST = 200
_OWED = (str(State.OPEN), str(State.RETURNED))


class Wanted(Fields):
    """Of which duty, "" for all; how many were just done."""

    item: str = ""
    count: int = 0


class Chosen(Fields):
    """Those that were ticked; `once` is drawn anew with each page."""

    numbers: tuple[int, ...] = ()
    item: str = ""
    reason: str = ""
    once: str = ""


class HandedIn(Chosen):
    """The same with when and what proves it, alike for all."""

    at: str = ""
    time: str = ""
    evidence: str = ""


class Several(Shown):
    """Lines to be ticked, of `count` the first; `items` are the duties there are among them."""

    lines: tuple[Line, ...]
    count: int
    items: tuple[str, ...]
    item: str
    done: int
    once: str
    lost: tuple[str, ...]


class Asked(Shown):
    """One request: what waits, and whether whoever looks may decide it or asked for it."""

    row: Row
    kind: str
    wanted: str | None
    reason: str
    asked_by: str
    asked_at: datetime
    days: int
    in_time: bool
    who: tuple[str, ...]
    mine: bool


class Requests(Shown):
    """Those to decide, the oldest first, and those that whoever looks waits for."""

    to_decide: tuple[Asked, ...]
    waiting: tuple[Asked, ...]


def requests(call: Call) -> Requests:
    """What `alertd requests` lists, as far as it concerns whoever looks."""
    scope, person = call.scope, call.visitor.person
    found = waiting_requests(scope)
    deciding = [
        each
        for each in found
        if _kind(each) in may(scope, each.row)
        and (not person or any(decider.id == person for decider in each.deciders))
    ]
    own = [each for each in found if person and name_in(each.request.asked_by) == person]
    return Requests(
        to_decide=tuple(_asked(each, False) for each in deciding),
        waiting=tuple(_asked(each, True) for each in own if each not in deciding),
    )


def _kind(each: WaitingRequest) -> Act:
    return Act.DECIDE_EXTEND if each.request.kind == "extend" else Act.DECIDE_DECLINE


def _asked(each: WaitingRequest, mine: bool) -> Asked:
    request = each.request
    return Asked(
        row=Row.model_validate(each.row),
        kind=request.kind,
        wanted=request.wanted,
        reason=request.reason,
        asked_by=request.asked_by,
        asked_at=request.asked_at,
        days=each.days,
        in_time=each.in_time,
        who=tuple(person.id for person in each.deciders),
        mine=mine,
    )


def reviews(call: Call) -> Several:
    """What was handed in and waits for whoever looks to strike it off."""
    return _several(call, (str(State.DONE),), Act.VERIFY)


def together(call: Call) -> Several:
    """What whoever looks may hand in."""
    return _several(call, _OWED, Act.HAND_IN)


def _several(call: Call, states: tuple[str, ...], act: Act) -> Several:
    """Deadlines in these states to which whoever looks may do this. Raises Refused for an unknown duty."""
    scope, asked = call.scope, call.asked
    item = obligation_named(scope.world.register, asked.item) if asked.item.strip() else ""
    found, lost = listed(scope, Filter(states=states, obligation=item, parties=_parties(scope, call, act)))
    able = [each for each in found if act in may(scope, each.row) and _reviewed(scope, each.row, act)]
    return Several(
        lines=lines_of(pressing_first(able)[:_MOST]),
        count=len(able),
        items=tuple(dict.fromkeys(each.row.obligation for each in able)),
        item=item,
        done=asked.count,
        once=secrets.token_urlsafe(12),
        lost=tuple(each.name for each in lost),
    )


def _parties(scope: Scope, call: Call, act: Act) -> tuple[str, ...]:
    """Whose deadlines are looked through: one's own unit's where one hands in, else all."""
    person = scope.world.register.people.get(call.visitor.person)
    if person is None or act is not Act.HAND_IN:
        return ()
    return tuple({person.unit, scope.world.directory.current_unit(person.unit, scope.today)})


def _reviewed(scope: Scope, row: Any, act: Act) -> bool:
    """Whether a hand-in is of a duty that somebody reviews; the others are closed by being handed in."""
    duty = scope.world.register.obligations.get(row.obligation)
    return act is not Act.VERIFY or duty is None or duty.closes == "verify"


def verify(call: Call) -> Gone:
    """Strike off all that were ticked, or none."""
    numbers = _ticked(call)
    names = [str(number) for number in numbers]
    _once(call, lambda scope: acts.verify_all(scope, names, call.asked.reason))
    return _back(call, "/reviews", len(numbers))


def hand_in(call: Call) -> Gone:
    """Hand in all that were ticked, or none; each is handed in at the same time, proved by the same."""
    asked, numbers = call.asked, _ticked(call)
    what = acts.HandIn(moment_of(call.scope, asked.at, asked.time), "", asked.evidence, asked.reason)

    def each(scope: Scope) -> None:
        for number in numbers:
            acts.hand_in(scope, number, what)

    _once(call, each)
    return _back(call, "/together", len(numbers))


def _ticked(call: Call) -> tuple[int, ...]:
    """Those that were ticked, each once, all of them theirs to see. Raises Refused where none was."""
    numbers = tuple(dict.fromkeys(call.asked.numbers))
    if not numbers:
        raise Refused("none-ticked")
    if len(numbers) > _MOST:
        raise Refused("many-ticked", most=_MOST)
    return tuple(visible(call, number).number for number in numbers)


def _once(call: Call, act: Callable[[Scope], object]) -> None:
    def answered(scope: Scope) -> str:
        act(scope)
        return "done"

    call.once.once(answered)


def _back(call: Call, path: str, count: int) -> Gone:
    item = call.asked.item.strip()
    known = item in call.scope.world.register.obligations
    return Gone(f"{path}?count={count}" + (f"&item={item}" if known else ""))
