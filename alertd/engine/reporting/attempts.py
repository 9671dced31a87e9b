"""What came of attempts since somebody began to count, and how late messages left. Read from the receipts.

Every receipt is counted once, so that the numbers only grow; a process that starts begins at nought, as those
who collect such figures expect. Receipts count when they have settled: they are numbered by the clock of the
machine that wrote them, and one may be committed after another that was made later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.pacing import leave_at
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import overrides, vitals
from alertd.store.bulk import in_parts
from alertd.store.ids import ids_before

#: seconds after which a receipt has settled
SETTLED = 10.0
#: receipts counted at one look; what is more is counted at the next
_AT_ONCE = 5000
#: upper bounds of the lateness that is counted, in seconds: from a message nobody waited for to a lost day
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
#: what is so late may have been held by a silence
_LONG = timedelta(hours=1)
_GONE = ("accepted", "handed-over")
_AGAIN = ("retry", "unknown")
#: what the codes that transports give are about (transports.email.outcome, transports.telegram_outcome)
_CLASSES = {
    "connection": ("connect", "connection-lost", "unreachable", "lost", "timeout"),
    "encryption": ("tls", "tls-certificate", "ca-file", "no-starttls"),
    "login": ("auth", "token", "401", "403", "530", "534", "535", "538"),
    "busy": ("421", "429", "450", "451", "452"),
    "answer": ("server", "answer", "protocol", "409"),
    "ours": ("internal", "words"),
}
_CLASS_OF = {code: name for name, codes in _CLASSES.items() for code in codes}
CLASSES = (*_CLASSES, "other")


def class_of(code: str) -> str:
    """What a code of a failed attempt is about: one of a few words, whatever a provider says."""
    return _CLASS_OF.get(code, "other")


@dataclass(slots=True)
class Lateness:
    """Messages by how late they left, in seconds: `counts` by bound and one more for those beyond all."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        place = next((at for at, bound in enumerate(BOUNDS) if seconds <= bound), len(BOUNDS))
        self.counts[place] += 1
        self.total += seconds


class Attempts:
    """Counts from where it first looks. One thread at a time.

    `results` are attempts by channel and result, `again` those to be repeated by class, `late` how long
    messages took from when they were to leave until they were accepted, by the clock of what they speak of.
    """

    def __init__(self, settled: float = SETTLED) -> None:
        self._settled = settled
        self._after: int | None = None
        self.results: Counter[tuple[str, str]] = Counter()
        self.again: Counter[str] = Counter()
        self.late: dict[str, Lateness] = {"hours": Lateness(), "days": Lateness()}

    def look(self, scope: Scope) -> None:
        """Count what has settled since."""
        before = ids_before(self._settled)
        if self._after is None:
            self._after = vitals.newest_attempt(scope.tx, before)
            return
        found = vitals.attempts(scope.tx, self._after, before, _AT_ONCE)
        rows = found.rows
        known = frozenset(scope.world.channels)
        for row in rows:
            channel = row.channel if row.channel in known else "other"
            self.results[channel, row.result] += 1
            if row.result in _AGAIN:
                self.again[class_of(row.code)] += 1
        self._count_late(scope, [row for row in rows if row.result in _GONE and row.template == "message"])
        self._after = max((row.id for row in found.all), default=self._after)

    def _count_late(self, scope: Scope, gone: Sequence[Any]) -> None:
        for clock, seconds in lateness(scope.tx, scope.world, gone):
            self.late[clock].add(seconds)


def lateness(tx: Connection, world: World, gone: Sequence[Any]) -> Iterable[tuple[str, float]]:
    """For each accepted message the clock it follows, and the seconds from when it was to leave till then.

    A message is to leave when the first step in it is reached, or the deadline was stored, if that was later;
    where it follows a day clock, in office hours, outside its reader's rest, and when no silence holds it.
    One that says something again, or goes another way, is to leave from when that was decided.
    """
    by_delivery: dict[int, tuple[datetime, bool]] = {}
    made = {row.delivery: row.created_at for row in gone}
    about = {row.delivery: row for row in gone}
    for some in in_parts(made):
        for row in vitals.reached(tx, some):
            first = max(row.reached_at, row.since)
            decided = made[row.delivery]
            due = first if row.decided_at >= decided else decided
            message, hours = about[row.delivery], (world.calendar, world.office)
            rest = world.rest_of(message.person)
            leaves = leave_at(due, row.by_the_hour, row.due, *hours, rest)
            if message.at - leaves > _LONG and not row.by_the_hour:  # a silence may have held it
                silent = overrides.silent_until(tx, row.delivery)
                leaves = leave_at(due, False, row.due, *hours, rest, silent)
            known = by_delivery.get(row.delivery)
            if known is None or leaves < known[0]:
                by_delivery[row.delivery] = leaves, row.by_the_hour
    for row in gone:
        if row.delivery in by_delivery:
            leaves, by_the_hour = by_delivery[row.delivery]
            yield "hours" if by_the_hour else "days", max((row.at - leaves).total_seconds(), 0.0)
