"""The roll of a duty: which unit has handed in, as `alertd roll` says it."""

from __future__ import annotations

from typing import Any

from alertd.engine.reporting.board import board
from alertd.engine.reporting.board import roll as roll_of
from alertd.engine.ruling.naming import obligation_named
from alertd.engine.ruling.refusal import Refused
from alertd.web.page import Call, Fields, Shown


class Which(Fields):
    """A duty by whatever it is called, and one of its occurrences; without a duty all that are open."""

    item: str = ""
    occurrence: str = ""


class Roll(Shown):
    """`roll` is what the command says, None where no duty was named; then `items` may be chosen."""

    wanted: dict[str, str]
    roll: Any
    items: tuple[str, ...]


def roll(call: Call) -> Roll:
    """One duty by unit. Raises Refused: "no-obligation" ("no-obligation-near"), "no-occurrence"."""
    asked, scope = call.asked, call.scope
    if not asked.item.strip():
        items = tuple(sorted(light.name for light in board(scope, "item")))
        return Roll(wanted=asked.model_dump(), roll=None, items=items)
    name = obligation_named(scope.world.register, asked.item)
    found = roll_of(scope, name, asked.occurrence.strip())
    if found is None:
        raise Refused("no-occurrence", obligation=name, found=asked.occurrence.strip())
    return Roll(wanted=asked.model_dump(), roll=found, items=())
