"""Lists of deadlines: what concerns oneself, and what a supervisor looks for, as addresses one can send."""

from __future__ import annotations

from typing import Literal

from alertd.core.model import State
from alertd.core.standing import UNFINISHED
from alertd.engine.operations import signing_in
from alertd.engine.reporting.queries import Filter, listed
from alertd.engine.reporting.queries import asked_of as asked_of_person
from alertd.engine.ruling.naming import obligation_named, party_named
from alertd.web.page import Call, Fields, Shown
from alertd.web.pages.lines import Line, line_of, pressing_first

#: deadlines on one page; a list that is longer says so, and is narrowed by its form
_MOST = 200
_OPEN = tuple(str(state) for state in State if state in UNFINISHED and state is not State.SCHEDULED)
_UNFINISHED = tuple(str(state) for state in State if state in UNFINISHED)


class Wanted(Fields):
    """Which deadlines; empty means all that run. A unit and a duty by whatever people call them."""

    colour: Literal["", "red", "yellow", "green", "grey"] = ""
    party: str = ""
    item: str = ""
    case: str = ""
    finished: Literal["", "yes"] = ""


class Listed(Shown):
    """Of `count` deadlines the first; `lost` are those that cannot be read."""

    wanted: dict[str, str]
    lines: tuple[Line, ...]
    count: int
    lost: tuple[str, ...]


class Mine(Shown):
    """What concerns a person; `unit` is theirs, "" for the office, which is asked about everything.

    `lost` are those that cannot be read.
    """

    unit: str
    lines: tuple[Line, ...]
    count: int
    ahead: tuple[Line, ...]
    lost: tuple[str, ...]


def find(call: Call) -> Listed:
    """What the form asks for. Raises Refused for a unit or a duty nobody knows."""
    asked, register = call.asked, call.scope.world.register
    wanted = Filter(
        states=() if asked.finished or asked.case else _OPEN,
        parties=(party_named(register, asked.party),) if asked.party.strip() else (),
        obligation=obligation_named(register, asked.item) if asked.item.strip() else "",
        case=asked.case.strip().lower(),
    )
    found, lost = listed(call.scope, wanted)
    lines = [line for line in map(line_of, found) if asked.colour in ("", line.colour)]
    ordered = lines if asked.case else pressing_first(lines)
    return Listed(
        wanted=asked.model_dump(),
        lines=tuple(ordered[:_MOST]),
        count=len(ordered),
        lost=tuple(each.name for each in lost),
    )


def mine(call: Call) -> Mine:
    """What a person's unit owes, and what they were asked about besides: by colour, and what comes next."""
    scope, visitor = call.scope, call.visitor
    unit = signing_in.unit_of(scope.world, visitor, scope.now)
    if visitor.office:
        found, lost = listed(scope, Filter(states=_UNFINISHED))
    else:
        people = scope.world.register.people
        before = visitor.desk or people[visitor.person].unit
        found, lost = listed(scope, Filter(states=_UNFINISHED, parties=tuple({before, unit})))
        for person in signing_in.speaks_for(scope.world, visitor, scope.now):
            there = {stood.row.number for stood in found}
            asked, unread = asked_of_person(scope, person)
            found += [each for each in asked if each.row.number not in there]
            lost += unread
    lines = [line_of(stood) for stood in found]
    begun = [line for line in lines if line.row.state != State.SCHEDULED]
    ahead = [line for line in lines if line.row.state == State.SCHEDULED]
    ordered = pressing_first(begun)
    return Mine(
        unit=unit,
        lines=tuple(ordered[:_MOST]),
        count=len(ordered),
        ahead=tuple(ahead[:20]),
        lost=tuple(dict.fromkeys(each.name for each in lost)),
    )
