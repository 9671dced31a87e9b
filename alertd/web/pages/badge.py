"""How a unit stands, as a small picture at an address of its own: another site shows it without a token."""

from __future__ import annotations

from alertd.engine.operations.calendars import badge_at
from alertd.engine.reporting.board import board
from alertd.saying.voice import Reader
from alertd.web.badge import KIND, badge_of
from alertd.web.page import Call, File, Missing
from alertd.web.pages.calendar import Secret as Secret


def read(call: Call) -> File:
    """The picture, for whoever holds its address. Raises Missing for everybody else, whatever is wrong."""
    scope = call.scope
    subject = badge_at(scope, call.asked.secret)
    if subject is None:
        raise Missing
    holder = scope.world.register.people.get(subject.holder)
    reader = Reader(scope.world, (holder.language if holder else "") or scope.world.language, scope.now)
    lights = call.counted("board unit", lambda: board(scope, "unit")).found
    return File(badge_of(subject.name, lights, reader).encode(), KIND, tagged=True, embedded=True)
