"""Lists of deadlines: what concerns oneself, and what a supervisor looks for, as addresses one can send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from alertd.core.model import Register, State
from alertd.core.standing import UNFINISHED
from alertd.engine.operations import signing_in
from alertd.engine.reporting.ahead import GONE
from alertd.engine.reporting.queries import Filter, listed
from alertd.engine.reporting.queries import asked_of as asked_of_person
from alertd.engine.ruling.naming import obligation_named, party_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.page import Call, Shown
from alertd.web.pages.days import Days
from alertd.web.pages.lines import Line, colour_shown, lines_of, pressing_first

#: deadlines on one page; a list that is longer says so, and is narrowed by its form
_MOST = 200
_UNFINISHED = tuple(str(state) for state in State if state in UNFINISHED)
_STATES: Mapping[str, tuple[str, ...]] = {
    "": _UNFINISHED,
    "ahead": _UNFINISHED,
    "owed": tuple(str(state) for state in State if state not in GONE),
    "all": (),
}


class Wanted(Days):
    """Which deadlines; empty means all that run, and of a case all. Units and duties by any of their names.

    `party` owes it or owed it at first, `unit` owes it now. `which`: "ahead" those that have not begun too,
    "owed" those that are closed as well, "all" whatever there is.
    """

    colour: Literal["", "red", "yellow", "green", "grey"] = ""
    party: str = ""
    unit: str = ""
    item: str = ""
    case: str = ""
    which: Literal["", "ahead", "owed", "all"] = ""


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
    """What the form asks for. Raises Refused for a unit or a duty that neither files nor deadlines know."""
    asked, scope = call.asked, call.scope
    wanted, unknown = wanted_of(asked, scope)
    found, lost = listed(scope, wanted)
    if unknown and not found:
        raise unknown
    found = [each for each in found if asked.colour in ("", colour_shown(each))]
    ordered = pressing_first(found) if not wanted.case and wanted.begins is wanted.ends is None else found
    return Listed(
        wanted=asked.model_dump(by_alias=True),
        lines=lines_of(ordered[:_MOST]),
        count=len(ordered),
        lost=tuple(each.name for each in lost),
    )


def wanted_of(asked: Wanted, scope: Scope) -> tuple[Filter, Refused | None]:
    """What a list is narrowed to; and what is wrong with a name that no file has, if no deadline has it."""
    register, span, unknown = scope.world.register, asked.span(scope), []

    def named(text: str, known: Callable[[Register, str], str]) -> str:
        try:
            return known(register, text) if text.strip() else ""
        except Refused as refused:
            unknown.append(refused)
            return text.strip()

    which = "all" if asked.case.strip() and not asked.which else asked.which
    party, unit = named(asked.party, party_named), named(asked.unit, party_named)
    wanted = Filter(
        states=_STATES[which],
        parties=(party,) if party else (),
        units=(unit,) if unit else (),
        obligation=named(asked.item, obligation_named),
        case=asked.case.strip().lower(),
        opened_by=scope.now if which == "" else None,
        begins=span.begins(scope.world),
        ends=span.ends(scope.world),
    )
    return wanted, next(iter(unknown), None)


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
    begun = [each for each in found if each.row.state != State.SCHEDULED]
    ahead = [each for each in found if each.row.state == State.SCHEDULED]
    ordered = pressing_first(begun)
    return Mine(
        unit=unit,
        lines=lines_of(ordered[:_MOST]),
        count=len(ordered),
        ahead=lines_of(ahead[:20]),
        lost=tuple(dict.fromkeys(each.name for each in lost)),
    )
