"""Figures: entries towards quotas, and fractions given by hand. Never changed; corrected by further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from alertd.store import reading
from alertd.store.ids import new_id_after
from alertd.store.reading import Found
from alertd.store.tables import deadlines, fractions, progress

#: deadlines nobody owes
_DROPPED = ("waived", "cancelled", "withdrawn")


def totals(tx: Connection, obligation: str, first: date, last: date) -> dict[str, float]:
    """The sum of each party's entries of an obligation from `first` to `last`, both included."""
    rows = tx.execute(
        select(progress.c.party, func.sum(progress.c.amount))
        .where(progress.c.obligation == obligation, progress.c.on_day >= first, progress.c.on_day <= last)
        .group_by(progress.c.party)
    )
    return {row[0]: row[1] for row in rows}


def totals_of_case(tx: Connection, obligation: str, case: str) -> dict[str, float]:
    """The sum of each party's entries for one case."""
    rows = tx.execute(
        select(progress.c.party, func.sum(progress.c.amount))
        .where(progress.c.obligation == obligation, progress.c.case_id == case)
        .group_by(progress.c.party)
    )
    return {row[0]: row[1] for row in rows}


def add(tx: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    if entries:
        tx.execute(insert(progress), list(entries))


#: what marks the entries that take an import back; its hash follows, shortened to fit
_UNDO = "undo-"


def undo_batch(batch: str) -> str:
    """The batch of the entries that take back the import `batch`."""
    return (_UNDO + batch)[:64]


def batch_known(tx: Connection, batch: str) -> bool:
    """Whether a file of this content was imported before and still counts."""
    return bool(standing_entries(tx, batch))


def batches_named(tx: Connection, beginning: str) -> list[str]:
    """The imports whose content hash begins so."""
    found = tx.execute(
        select(progress.c.batch).where(progress.c.batch.startswith(beginning, autoescape=True)).distinct()
    ).scalars()
    return sorted(batch for batch in found if batch and not batch.startswith(_UNDO))


def standing_entries(tx: Connection, batch: str) -> dict[tuple[str, str, date, str | None], float]:
    """What an import still counts for, by obligation, party, day and case: nothing once it is taken back."""
    key = (progress.c.obligation, progress.c.party, progress.c.on_day, progress.c.case_id)
    rows = tx.execute(
        select(*key, func.sum(progress.c.amount))
        .where(progress.c.batch.in_((batch, undo_batch(batch))))
        .group_by(*key)
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in rows if row[4]}


def entries_of(tx: Connection, obligation: str, party: str) -> Sequence[Any]:
    return tx.execute(
        select(progress)
        .where(progress.c.obligation == obligation, progress.c.party == party)
        .order_by(progress.c.on_day, progress.c.id)
    ).fetchall()


def add_fraction(tx: Connection, row: Mapping[str, Any]) -> None:
    """Put figures on record, which rule instead of those given before for the same day."""
    same = (fractions.c[name] == row[name] for name in ("obligation", "party", "on_day"))
    last = tx.execute(select(func.max(fractions.c.id)).where(*same)).scalar_one()
    tx.execute(insert(fractions), [{**row, "id": new_id_after(last)}])


# Built once: they are asked every day for every ratio.
_FRACTIONS = (
    select(fractions)
    .where(
        fractions.c.obligation == bindparam("of"),
        fractions.c.on_day >= bindparam("first"),
        fractions.c.on_day <= bindparam("last"),
    )
    .order_by(fractions.c.on_day, fractions.c.id)
)
_COUNTED = (
    "number", "party", "unit", "occurrence", "case_id", "state", "breach", "result", "due", "last_day",
)  # fmt: skip
_OWED = select(*(deadlines.c[name] for name in _COUNTED)).where(
    deadlines.c.obligation == bindparam("of"), deadlines.c.state.not_in(_DROPPED)
)


def fractions_of(
    tx: Connection, obligation: str, first: date, last: date
) -> dict[str, dict[date, tuple[float, float]]]:
    """By party and day: the figures given for days of a period. Of several for one day the newest rules.

    Raises Unreadable.
    """
    about = {"of": obligation, "first": first, "last": last}
    rows = reading.whole(tx, _FRACTIONS, about)
    found: dict[str, dict[date, tuple[float, float]]] = {}
    for row in rows:
        found.setdefault(row.party, {})[row.on_day] = (row.numerator, row.denominator)
    return found


def counted(tx: Connection, obligation: str) -> Found[Any]:
    """The deadlines of an obligation that a ratio counts: all but those nobody owes."""
    return reading.found(tx, _OWED, {"of": obligation})
