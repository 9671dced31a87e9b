"""How a unit stands, as a small picture, for whoever holds a token."""

from __future__ import annotations

from alertd.core.sights import Sight, sees
from alertd.engine.operations import tokens
from alertd.engine.reporting.board import board
from alertd.engine.ruling.naming import unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.web.api.deadlines import reader_of
from alertd.web.api.endpoint import Ask, Replied
from alertd.web.badge import badge_of


def of_unit(ask: Ask) -> Replied:
    """Raises Refused for a unit not to be seen."""
    scope = ask.scope
    unit = unit_named(scope.world.register, ask.placed["unit"])
    if not sees(Sight.UNITS, tokens.eyes_of(scope.world, ask.bearer, scope.now, unit)):
        raise Refused("token-not-for", name=ask.bearer.name, units=unit)
    return Replied(badge_of(unit, board(scope, "unit"), reader_of(ask)))
