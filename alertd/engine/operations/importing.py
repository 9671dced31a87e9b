"""Sheets of figures, one row for each person: as increments of a month or as totals up to it; and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alertd.engine.operations.progress import Added, Entry, add, totals_up_to
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import figures

#: rounding of decimals that were added up is no difference
_NOTHING = 1e-6


def add_sheet(scope: Scope, name: str, entries: Sequence[Entry], as_total: bool, batch: str) -> Added:
    """Import the rows of one sheet, all of them or none; the same batch again changes nothing.

    With `as_total` an amount is what there should be from the beginning of the period up to the entry's day,
    that day included; only the difference is recorded.
    """
    if figures.batch_known(scope.tx, batch):
        return Added({}, (), (), known=True)
    if as_total:
        known = {on: totals_up_to(scope.tx, scope.world, name, on) for on in {entry.on for entry in entries}}
        entries = [
            replace(entry, amount=entry.amount - known[entry.on].get(entry.party, 0.0)) for entry in entries
        ]
    entries = [entry for entry in entries if abs(entry.amount) > _NOTHING]
    return add(scope, name, entries, batch)


def undo(scope: Scope, beginning: str) -> dict[str, Added]:
    """Take back the import whose content hash begins so, by entries that take away; by obligation.

    Raises Refused where there is none, where several begin so, and where it was taken back before.
    """
    batches = figures.batches_named(scope.tx, beginning) if beginning else []
    if len(batches) != 1:
        raise Refused("batch-several" if batches else "no-batch", batch=beginning)
    rows = figures.standing_entries(scope.tx, batches[0])
    if not rows:
        raise Refused("batch-undone", batch=beginning)
    by_obligation: dict[str, list[Entry]] = {}
    for (name, party, on, case), amount in rows.items():
        by_obligation.setdefault(name, []).append(Entry(party, -amount, on, case=case))
    mark = figures.undo_batch(batches[0])
    return {name: add(scope, name, entries, mark, again=True) for name, entries in by_obligation.items()}
