"""What is looked at besides deadlines: the board and the calculator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from alertd.core.text_error import TextError
from alertd.core.timing import Limits as Counted
from alertd.engine.reporting.board import Light, total_of
from alertd.engine.reporting.board import board as lights_of
from alertd.engine.reporting.reckoning import reckon_in
from alertd.messages.trace import trace_text
from alertd.saying.typed import text_line
from alertd.web.api.deadlines import Counted as TraceLine
from alertd.web.api.deadlines import at_text
from alertd.web.api.endpoint import Ask, Reply
from alertd.web.api.given import Day, Given, Moment, Unread


class By(Given):
    """How the board is grouped."""

    by: Literal["unit", "item"] = "unit"


class Line(Reply):
    """One unit, or one item; `name` is its id, "" for all. `carried` were left by an earlier plan."""

    name: str
    title: str
    red: int
    yellow: int
    grey: int
    green: int
    carried: int
    next_due: datetime | None


class Board(Reply):
    """Open deadlines by colour, the reddest first, as of an instant."""

    by: str
    as_of: datetime
    lines: tuple[Line, ...]
    total: Line


class Rule(Given):
    """A rule as files write it, such as `5 working days`; what it counts from, now without that.

    `due` is the date that a rule "as stated" takes from its event.
    """

    rule: Annotated[str, Field(min_length=1, max_length=300)]
    after: Moment | None = None
    due: Day | None = None


class Limits(Reply):
    """Bounds that are absent are null. `due` at 24:00 of a day is the next day's midnight."""

    start: datetime
    earliest: datetime | None
    due: datetime | None
    last_day: date | None
    office_due: datetime | None
    provisional: bool
    trace: tuple[TraceLine, ...]


class When(Limits):
    """`turns` are the first ones of a recurring rule, `urgent` the limits where an urgent case has others."""

    turns: tuple[Limits, ...]
    urgent: Limits | None


def board(ask: Ask) -> Board:
    by, register = ask.asked.by, ask.scope.world.register
    lights = lights_of(ask.scope, by)

    def line(light: Light) -> Line:
        words = ask.words
        title = words.text(ask.scope.world.party_name(light.name)) if light.name else ""
        if by == "item" and light.name in register.obligations:
            title = words.text(register.obligations[light.name].title)
        named = {name: getattr(light, name) for name in Line.model_fields if name != "title"}
        return Line(title=title, **named)

    return Board(by=by, as_of=ask.scope.now, lines=tuple(map(line, lights)), total=line(total_of(lights)))


def when(ask: Ask) -> When:
    """Raises Refused, and Unread for what is no rule."""
    asked, scope = ask.asked, ask.scope
    try:
        found = reckon_in(scope.world, scope.now, asked.rule, asked.after, asked.due)
    except TextError as error:
        said = text_line(error, asked.rule, ask.language)
        raise Unread(422, "rule", said=said) from None
    urgent = _limits(found.urgent, ask) if found.urgent else None
    return When(
        **dict(_limits(found.limits, ask)),
        turns=tuple(_limits(each, ask) for each in found.turns),
        urgent=urgent,
    )


def _limits(limits: Counted, ask: Ask) -> Limits:
    trace = []
    for line in limits.trace:
        _, what, why = trace_text(line, ask.scope.world.zone, ask.language)
        trace.append(TraceLine(at=at_text(line.at, ask.scope), what=what, why=why))
    rest = {name: getattr(limits, name) for name in Limits.model_fields if name != "trace"}
    return Limits(trace=tuple(trace), **rest)
