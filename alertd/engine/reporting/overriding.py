"""What rules over the files for a time, as it stands: a silence, and whatever else is entered so."""

from __future__ import annotations

from dataclasses import dataclass

from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines, overrides, waiting
from alertd.store.rows import DeadlineRow, OverrideRow


@dataclass(frozen=True, slots=True)
class Overriding:
    """One that rules, or will. `deadline` is what it is about, None where it is about something else.

    `held` are the messages about it that nobody has begun to send.
    """

    row: OverrideRow
    deadline: DeadlineRow | None
    held: int


def not_over(scope: Scope) -> tuple[Overriding, ...]:
    """All that rule or will, oldest first. Raises Unreadable."""
    return tuple(_overriding(scope, row) for row in overrides.not_over(scope.tx, scope.now))


def _overriding(scope: Scope, row: OverrideRow) -> Overriding:
    if row.about != overrides.DEADLINE:
        return Overriding(row, None, 0)
    return Overriding(row, deadlines.find(scope.tx, row.name), waiting.count_about(scope.tx, int(row.name)))
