"""A deadline as pages show it: the columns of its row that people read, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import ConfigDict

from alertd.core.standing import UNFINISHED, Colour
from alertd.engine.reporting.board import colour_of
from alertd.engine.reporting.queries import Stood
from alertd.web.page import Shown


class Row(Shown):
    """What `alertd.saying.rows` puts into words; instants are aware."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: int
    id: str
    obligation: str
    occurrence: str
    party: str
    unit: str
    case_id: str | None
    turn: int
    state: str
    earliest: datetime | None
    due: datetime | None
    last_day: date | None
    office_due: datetime | None
    by_the_hour: bool
    provisional: bool
    result: str
    breach: str
    carried_from: str
    next_action_at: datetime | None


class Line(Shown):
    """One deadline of a list; `colour` is "" for what is closed."""

    row: Row
    standing: str | None
    colour: str


def line_of(stood: Stood) -> Line:
    """A deadline with how it stands: of a long list only for what is shown, since it takes its time."""
    return Line(
        row=Row.model_validate(stood.row),
        standing=str(stood.standing) if stood.standing else None,
        colour=colour_shown(stood),
    )


def lines_of(stood: Iterable[Stood]) -> tuple[Line, ...]:
    """Each as a line, in the same order."""
    return tuple(map(line_of, stood))


def colour_shown(stood: Stood) -> str:
    """The colour of a deadline on pages, "" for what is closed."""
    return str(colour_of(stood.row, stood.standing)) if stood.row.state in UNFINISHED else ""


#: what presses most stands first
_ORDER = {str(Colour.RED): 0, str(Colour.YELLOW): 1, str(Colour.GREY): 2, str(Colour.GREEN): 3}


def pressing_first(stood: Iterable[Stood]) -> list[Stood]:
    """By colour, and the order they had within each."""
    return sorted(stood, key=lambda each: _ORDER.get(colour_shown(each), len(_ORDER)))
