"""What holds messages of day clocks: office hours, their reader's rest, a silence over what they are about.

Only the delivery waits; what is decided is decided, stored and on record. Hour clocks are never held. A
silence holds reminders: news of what somebody did, questions that wait for a decision, and who is paged, are
no reminders. core.pacing says until when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alertd.core.pacing import leave_at
from alertd.core.resting import NO_REST
from alertd.core.reviews import PREFIX
from alertd.engine.ruling.scope import Scope
from alertd.store import overrides
from alertd.store.rows import DeadlineRow, OverrideRow

#: the kind of an override
SILENCE = "silence"


def is_reminder(kind: str, step: str) -> bool:
    """Whether an alert is what a silence holds: a step of the policy of what is owed, or its repeat."""
    return kind == "step" and not step.startswith(PREFIX)


class Holds:
    """What holds now, for one transaction; thousands of deadlines share few answers."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[tuple[object, ...], datetime] = {}
        self._read: Sequence[OverrideRow] | None = None
        self._ends: dict[tuple[str, str], OverrideRow] = {}

    @property
    def silences(self) -> Sequence[OverrideRow]:
        """The silences that rule now."""
        if self._read is None:
            self._read = overrides.standing(self._scope.tx, SILENCE, self._scope.now)
            for each in sorted(self._read, key=_end):
                self._ends[each.about, each.name] = each
        return self._read

    def silence_over(self, row: DeadlineRow) -> OverrideRow | None:
        """The silence over a deadline, its obligation or its unit that ends last; None over an hour clock."""
        if row.by_the_hour or not self.silences:
            return None
        about = (
            (overrides.DEADLINE, str(row.number)),
            (overrides.OBLIGATION, row.obligation),
            (overrides.UNIT, row.unit),
        )
        return max((self._ends[each] for each in about if each in self._ends), key=_end, default=None)

    def leave(self, row: DeadlineRow, person: str, reminder: bool) -> datetime:
        """When a message to somebody about a deadline may leave that is decided, or looked at again, now."""
        silence = self.silence_over(row) if reminder else None
        until = _end(silence) if silence is not None else None
        world, rest = self._scope.world, NO_REST if row.by_the_hour else self._scope.world.rest_of(person)
        key = (row.by_the_hour, row.due, until, rest)
        found = self._known.get(key)
        if found is None:
            found = leave_at(
                self._scope.now, row.by_the_hour, row.due, world.calendar, world.office, rest, until
            )
            self._known[key] = found
        return found


def _end(silence: OverrideRow) -> datetime:
    """A silence always has an end; without one it would hold nothing."""
    return silence.ends_at or silence.begins_at
