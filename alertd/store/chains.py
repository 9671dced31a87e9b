"""Every deadline with its chain of the audit, a part of the store at a time; for whoever looks at all of it.

Bounded memory however large the store is: both are read by ranges of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from alertd.store import reading, seals
from alertd.store.audit import REGISTER, Broken, broken, links, remembered_head
from alertd.store.rows import DeadlineRow
from alertd.store.seals import BrokenSeal
from alertd.store.tables import audit, deadlines

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A deadline as it is stored, and its chain, oldest first.

    `row` is None for the register, for a deadline that is gone, and for one that cannot be read; `broken` is
    what is wrong with the chain itself.
    """

    number: int
    row: DeadlineRow | None
    chain: Sequence[Any]
    broken: Broken | None


def every(tx: Connection) -> Iterator[Sequence[Kept]]:
    """All deadlines with their chains, some at a time, by number; the register (0) first."""
    last = -1
    while numbers := _numbers_after(tx, last):
        yield _kept(tx, numbers[0], numbers[-1])
        last = numbers[-1]


def _numbers_after(tx: Connection, last: int) -> list[int]:
    found: set[int] = {REGISTER} if last < REGISTER else set()
    for column in (deadlines.c.number, audit.c.deadline):
        query: Select[Any] = select(column).where(column > last).distinct().order_by(column).limit(_AT_ONCE)
        found.update(tx.execute(query).scalars())
    return sorted(found)[:_AT_ONCE]


def _kept(tx: Connection, first: int, last: int) -> list[Kept]:
    rows = reading.found(tx, select(deadlines).where(deadlines.c.number.between(first, last)))
    acts = select(audit).where(audit.c.deadline.between(first, last)).order_by(audit.c.deadline, audit.c.seq)
    chains = links(reading.found(tx, acts))
    known = {row.number: row for row in rows.all}
    unread = {each.row.number for each in rows.unread}
    ends = {number: (row.audit_seq, row.audit_head) for number, row in known.items()}
    if first == REGISTER:
        ends[REGISTER] = remembered_head(tx) or (0, "")
    found = []
    for number in sorted(ends.keys() | chains.keys()):
        chain = chains.get(number, [])
        row = None if number in unread else known.get(number)
        found.append(Kept(number, row, chain, _fault(number, chain, ends.get(number))))
    return found


def _fault(number: int, chain: Sequence[Any], end: tuple[int | None, str | None] | None) -> Broken | None:
    if end is None:
        return Broken(number, chain[-1].seq, "gone")
    seq, head = end
    if seq is None or head is None:  # its deadline cannot be read
        seq, head = (chain[-1].seq, chain[-1].hash) if chain else (0, "")
    return broken(number, chain, seq, head)


def verify(tx: Connection) -> list[Broken | BrokenSeal]:
    """Every broken chain, and every broken seal; empty when all hold. Reads the whole audit."""
    chains = [kept.broken for some in every(tx) for kept in some if kept.broken is not None]
    return [*chains, *seals.broken(tx)]
