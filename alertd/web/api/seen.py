"""What a token sees of the deadlines: those of its units, what its person was told of, or all."""

from __future__ import annotations

from typing import Any

from alertd.core.sights import Sight as What
from alertd.core.sights import sees
from alertd.engine.operations import acts, tokens
from alertd.engine.reporting.queries import Sight
from alertd.engine.ruling.refusal import Refused
from alertd.web.api.endpoint import Ask


def sight_of(ask: Ask) -> Sight:
    """Of which deadlines whoever asks may know. A token that names units is not for what others owe."""
    bearer, scope = ask.bearer, ask.scope
    return Sight(
        tokens.units_of(scope.world, bearer, scope.now),
        "" if bearer.parties else bearer.person,
    )


def visible(ask: Ask, number: int) -> Any:
    """The deadline with this number. Raises Refused where there is none, or none for whoever asks."""
    scope, bearer = ask.scope, ask.bearer
    row = acts.find(scope.tx, str(number))
    eyes = tokens.eyes_of(scope.world, bearer, scope.now, row.unit)
    told = not bearer.parties and acts.was_told(scope.tx, row.number, {bearer.person})
    if not sees(What.UNITS, eyes) and not told:
        raise Refused("no-deadline", deadline=str(number))
    return row


def owed_in_sight(ask: Ask) -> frozenset[str] | None:
    """The units whose matters are seen by whoever asks, None for all."""
    return tokens.units_of(ask.scope.world, ask.bearer, ask.scope.now)
