"""The board: open deadlines by unit or by item, as `alertd board` counts them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from alertd.engine.reporting.board import Light, total_of
from alertd.engine.reporting.board import board as lights_of
from alertd.web.page import Call, Fields, Shown


class By(Fields):
    """How the board is grouped."""

    by: Literal["unit", "item"] = "unit"


class Line(Shown):
    """One unit, or one item; `name` is its id, "" for the line of all."""

    name: str
    green: int
    yellow: int
    red: int
    grey: int
    carried: int
    next_due: datetime | None
    next_by_the_hour: bool


class Board(Shown):
    """The reddest first; `as_of` is the instant it was counted."""

    by: str
    as_of: datetime
    lines: tuple[Line, ...]
    total: Line


def board(call: Call) -> Board:
    """What a supervisor sees at a glance."""
    by = call.asked.by
    counted = call.counted(f"board {by}", lambda: lights_of(call.scope, by))
    lights = counted.found
    return Board(by=by, as_of=counted.at, lines=tuple(map(line_of, lights)), total=line_of(total_of(lights)))


def line_of(light: Light) -> Line:
    """One line of the board, or all of them together."""
    return Line(
        name=light.name,
        green=light.green,
        yellow=light.yellow,
        red=light.red,
        grey=light.grey,
        carried=light.carried,
        next_due=light.next_due,
        next_by_the_hour=light.next_by_the_hour,
    )
