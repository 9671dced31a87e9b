"""A sample of stored limits, counted anew and compared: what is stored is a cache, which may be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import func, select

from alertd.engine.deadlines.recount import count, differing, histories_of
from alertd.engine.notify import guard
from alertd.engine.ruling.scope import Scope
from alertd.store import deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines as table

#: deadlines counted anew by the hourly auditor and by doctor
SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Differing:
    """A deadline whose stored limits are not what its history gives, and the columns that differ."""

    row: DeadlineRow
    columns: tuple[str, ...]


def differing_limits(scope: Scope, seed: int, most: int = SAMPLE) -> tuple[list[Differing], list[guard.Slip]]:
    """Count up to `most` unfinished deadlines that events started anew, from a place that `seed` picks.

    Returns those that differ, and those that could not be counted; nothing is written.
    """
    last = scope.tx.execute(select(func.max(table.c.number))).scalar_one() or 0
    after = Random(seed).randint(0, last)  # noqa: S311 - a sample, no secret
    found = [deadlines.started(scope.tx, after, most)]
    if len(found[0]) < most:  # round to the beginning
        found.append(deadlines.started(scope.tx, 0, most - len(found[0]), last=after))
    differ: dict[int, Differing] = {}

    def compare(rows: Sequence[DeadlineRow]) -> None:
        for row, history in zip(rows, histories_of(scope, rows), strict=True):
            if columns := tuple(differing(row, count(scope.world, history).limits)):
                differ[row.number] = Differing(row, columns)

    slips = [slip for some in found for slip in guard.slips_of(scope, "compare", some, compare)]
    return list(differ.values()), slips
