"""The board for a screen on the wall: large, few words, drawn anew by itself, and loud when it is old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from alertd.core.standing import UNFINISHED
from alertd.engine.reporting.board import board, total_of
from alertd.engine.reporting.nodes import last_sign
from alertd.engine.reporting.queries import Filter, listed
from alertd.web.page import Call, Fields, Shown
from alertd.web.pages.board import Line as Light
from alertd.web.pages.board import line_of as light_of
from alertd.web.pages.coming import DAYS, Bar, bars_of
from alertd.web.pages.lines import Line, lines_of

#: lines that a screen holds
_LIGHTS, _LIMITS = 14, 8
#: a daemon that gave no sign for so long does not send
SILENT = timedelta(minutes=3)


class Every(Fields):
    """How it is grouped, and after how many seconds it is drawn anew; 0 stands still."""

    by: Literal["unit", "item"] = "unit"
    every: Literal["0", "30", "60", "300"] = "60"


class Wall(Shown):
    """`as_of` is the instant it was counted, `signed` when a daemon last gave a sign, None for never."""

    by: str
    every: int
    as_of: datetime
    signed: datetime | None
    silent: bool
    lights: tuple[Light, ...]
    more: int
    total: Light
    late: int
    next: tuple[Line, ...]
    bars: tuple[Bar, ...]


def wall(call: Call) -> Wall:
    """What the board says, and what comes next; counted once for all screens."""
    asked = call.asked
    found: Wall = call.counted(f"wall {asked.by} {asked.every}", lambda: _wall(call)).found
    return found


def _wall(call: Call) -> Wall:
    scope, asked = call.scope, call.asked
    lights = board(scope, asked.by)
    last = scope.today + timedelta(days=DAYS - 1)
    ends = scope.world.calendar.midnight_after(last)
    begins = scope.world.calendar.midnight_after(scope.today - timedelta(days=1))
    found, _ = listed(scope, Filter(states=tuple(map(str, UNFINISHED)), begins=begins, ends=ends))
    ahead = [each for each in found if each.row.due and each.row.due >= scope.now]
    signed = last_sign(scope.tx)
    total = total_of(lights)
    return Wall(
        by=asked.by,
        every=int(asked.every),
        as_of=scope.now,
        signed=signed,
        silent=signed is None or abs(scope.now - signed) >= SILENT,
        lights=tuple(map(light_of, lights[:_LIGHTS])),
        more=max(len(lights) - _LIGHTS, 0),
        total=light_of(total),
        late=total.red,
        next=lines_of(ahead[:_LIMITS]),
        bars=tuple(bars_of(scope, found, scope.today, last)),
    )
